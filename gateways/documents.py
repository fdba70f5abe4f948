"""JSON from elsewhere, as something that can be shown and stored."""

import json
import re
from typing import Any

# By an escape JSON can name half of a surrogate pair, which no encoding has, and NUL,
# which PostgreSQL has no place for.
_SUSPICIOUS = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)


def read_json(data: bytes) -> Any:
    """The document, with U+FFFD for what is no character or cannot be kept.

    Raises ValueError for what is no JSON in UTF-8, and RecursionError.
    """
    text = data.decode("utf-8-sig")
    document = json.loads(text)
    return _cleaned(document) if _SUSPICIOUS.search(text) else document


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(item) for name, item in value.items()}
    return value
