"""What another service answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `body` stays out of repr because it may hold a secret."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def explanation(answer: Answer) -> str:
    """Keycloak explains itself in four shapes; the first text found, cut short."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    for key in ("errorMessage", "error_description", "error"):
        if isinstance(document.get(key), str):
            return str(document[key])[:200]
    return ""
