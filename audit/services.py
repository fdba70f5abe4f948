"""What people do with the log itself: it is on record like anything else."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from audit.exports.formats import FORMATS
from audit.exports.reading import iter_entries, latest_id
from audit.filters import matching
from audit.models import Action
from audit.recorder import record_event
from console.access import Actor

COUNT_UP_TO = 10_000


def export_entries(
    filters: Mapping[str, Any], format_name: str, *, actor: Actor
) -> Iterator[bytes]:
    """The entries that match, as a file in that format; on record before it begins.

    Raises NotRecordedError.
    """
    wanted = {name: value for name, value in filters.items() if value}
    told = {
        "format": FORMATS[format_name].label,
        "filters": ", ".join(f"{name} {_told(wanted[name])}" for name in wanted),
        "entries": _count(wanted),
    }
    up_to = latest_id()
    record_event(
        Action.AUDIT_EXPORT,
        actor=actor,
        changes={name: {"before": None, "after": text} for name, text in told.items()},
    )
    return FORMATS[format_name].write(iter_entries(wanted, up_to=up_to))


def _count(filters: Mapping[str, Any]) -> str:
    """Counting further would cost as much as the export itself."""
    count = matching(filters)[: COUNT_UP_TO + 1].count()
    return f"{count:,}" if count <= COUNT_UP_TO else f"more than {COUNT_UP_TO:,}"


def _told(value: Any) -> str:
    return f"{value:%Y-%m-%dT%H:%MZ}" if isinstance(value, datetime) else str(value)
