"""What another service answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from gateways.documents import read_json


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `body` stays out of repr because it may hold a secret."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def retry_after(answer: Answer) -> float | None:
    """Seconds after which the service wants to be asked again (RFC 9110, 10.2.3)."""
    value = answer.headers.get("Retry-After")
    try:
        return Retry().parse_retry_after(value) if value else None
    except InvalidHeader:
        return None


def explanation(answer: Answer) -> str:
    """The first text found, cut short: Keycloak has four shapes, Imply Manager one."""
    try:
        document = read_json(answer.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    for key in ("errorMessage", "error_description", "error"):
        if isinstance(document.get(key), str):
            return str(document[key])[:200]
    return _managers_explanation(document.get("error"))[:200]


def _managers_explanation(error: object) -> str:
    """The message, then those of its details."""
    if not isinstance(error, dict):
        return ""
    details = error.get("details")
    rows = [error, *(details if isinstance(details, list) else [])]
    texts = [row.get("message") for row in rows if isinstance(row, dict)]
    return ". ".join(text for text in texts if isinstance(text, str) and text)
