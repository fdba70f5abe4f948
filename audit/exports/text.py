"""Text that stays on its line, whatever somebody typed."""

import json
import re
from datetime import UTC, datetime
from typing import Any

# What ends a line somewhere, moves a terminal's cursor, or is no text at all: control
# characters, the separators of lines and paragraphs, half of a surrogate pair.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def visible(text: str) -> str:
    """With such characters written out: "\\u001b" for an escape."""
    return UNSAFE.sub(_written_out, text)


def to_json(value: Any) -> str:
    """One line; read again, it is the same value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # They can only stand inside of a string, where JSON has the same way to write them.
    return visible(text)


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    plain = at.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="microseconds") + "Z"


def _written_out(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
