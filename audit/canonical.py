"""A record as the bytes that its hash is over (docs/audit-log.md).

What this makes of a record never changes, or no old hash could be checked any more.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

# All there is to a record but its hash.
FIELDS = (
    *("id", "schema_version", "at", "phase", "intent", "action", "outcome"),
    *("explanation", "actor_issuer", "actor_subject", "actor_username", "actor_name"),
    *("address", "request_id", "operation", "object_type", "object_id", "object_name"),
    *("changes", "reason", "previous_hash"),
)
# The `previous_hash` of the first record.
NO_HASH = "0" * 64
# Beyond it JSON's numbers are not exact in every language.
LARGEST = 2**53


def canonical(values: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8: names in the order of their code points, nothing between."""
    text = json.dumps(
        values,
        default=_as_text,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return text.encode()


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of a record; `values` has a value for each of FIELDS and no other."""
    return hashlib.sha256(canonical(values)).hexdigest()


def require_exact(value: Any) -> None:
    """Raises TypeError for what databases and languages do not write all alike."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError(f"a record's names are text, not {name!r}")
            require_exact(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            require_exact(inner)
    elif isinstance(value, int):
        if abs(value) >= LARGEST:
            raise TypeError(f"a record holds no number as large as {value}")
    elif value is not None and not isinstance(value, str):
        raise TypeError(f"a record holds no {type(value).__name__}")


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).replace(tzinfo=None)
        return instant.isoformat(timespec="microseconds") + "Z"
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a record holds no {type(value).__name__}")
