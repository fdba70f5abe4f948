"""Entries for an export, oldest first: a few at a time, each chunk one query."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Max, QuerySet

from audit.exports.items import Item
from audit.filters import matching
from audit.models import IndexedEntry, Record
from audit.selectors import entry_of
from console.paging import Cursor, Order

CHUNK = 1000
OLDEST_FIRST = Order("at", "record_id")


def iter_entries(filters: Mapping[str, Any], *, up_to: int) -> Iterator[Item]:
    """What was on record with or before record `up_to`, so that there is an end.

    No cursor of the database is held meanwhile: who reads slowly holds up nobody.
    """
    rows = matching(filters).filter(record_id__lte=up_to)
    chunk = _chunk(rows, None)
    while chunk:
        yield from (Item.of_entry(entry_of(row)) for row in chunk)
        last = chunk[-1]
        chunk = _chunk(rows, Cursor(last.at, last.record_id, 0))


def _chunk(rows: QuerySet[IndexedEntry], cursor: Cursor | None) -> list[IndexedEntry]:
    [stretch] = OLDEST_FIRST.stretches(cursor, reverse=False)
    return list(stretch.of(rows)[:CHUNK])


def latest_id() -> int:
    return Record.objects.aggregate(latest=Max("id"))["latest"] or 0
