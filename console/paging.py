"""Keyset paging: the next page costs the same, however far down it is.

A cursor carries the sort value and key of a row and its position, so that a page can
say "51 to 100 of 10,009" without counting the rows before it.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")
Other = TypeVar("Other")

SIZES = (25, 50, 100)
DEFAULT_SIZE = 50
COUNT_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between rows: the row it was made from, and that row's position."""

    value: Any
    key: Any
    position: int

    def encode(self) -> str:
        value = (
            self.value.isoformat() if isinstance(self.value, datetime) else self.value
        )
        text = json.dumps([value, str(self.key), self.position], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """None for what is not a cursor: the first page is then the answer."""
        try:
            padded = text + "=" * (-len(text) % 4)
            value, key, position = json.loads(base64.urlsafe_b64decode(padded))
        except (ValueError, TypeError, RecursionError):
            return None
        of_a_row = isinstance(value, str | int | None) and isinstance(key, str)
        if not of_a_row or not isinstance(position, int) or "\0" in f"{value}{key}":
            return None
        return cls(value, key, max(position, 1))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page. `previous` and `next` are cursors, None at the ends."""

    rows: Sequence[Row]
    total: int
    first: int
    previous: str | None
    next: str | None
    counted: bool = True

    def with_rows(self, rows: Sequence[Other]) -> "Page[Other]":
        """The same page, its rows shown as something else."""
        return Page(
            rows, self.total, self.first, self.previous, self.next, self.counted
        )

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def total_text(self) -> str:
        """ "10,009", or "10,000+" where counting further would cost too much."""
        return f"{self.total:,}" if self.counted else f"{COUNT_UP_TO:,}+"


@dataclass(frozen=True, slots=True)
class Order:
    """By `column`, then by `key`, which is unique. Where `nullable`, empty ones last.

    For a column that cannot be empty nothing is said of it, so that an index serves
    both directions.
    """

    column: str
    key: str
    descending: bool = False
    nullable: bool = False

    def by(self, *, reverse: bool) -> list[OrderBy]:
        nulls = {"nulls_first" if reverse else "nulls_last": True}
        column = self._sorted(self.column, reverse, nulls if self.nullable else {})
        if self.column == self.key:
            return [column]
        return [column, self._sorted(self.key, reverse, {})]

    def beyond(self, cursor: Cursor, *, reverse: bool) -> Q:
        """The rows after the cursor, or before it."""
        way = "lt" if self.descending is not reverse else "gt"
        same = Q(**{f"{self.key}__{way}": cursor.key})
        if self.column == self.key:
            return same
        if cursor.value is None:
            among_empty = Q(**{f"{self.column}__isnull": True}) & same
            rest = Q(**{f"{self.column}__isnull": False})
            return among_empty | rest if reverse else among_empty
        beyond = Q(**{f"{self.column}__{way}": cursor.value})
        beyond |= Q(**{self.column: cursor.value}) & same
        if self.nullable:
            return beyond if reverse else beyond | Q(**{f"{self.column}__isnull": True})
        # Says nothing new, but from it a database sees where in the index to begin.
        return Q(**{f"{self.column}__{way}e": cursor.value}) & beyond

    def _sorted(self, name: str, reverse: bool, nulls: dict[str, bool]) -> OrderBy:
        descending = self.descending is not reverse
        return F(name).desc(**nulls) if descending else F(name).asc(**nulls)


def get_page(
    rows: QuerySet[M],
    order: Order,
    *,
    after: str = "",
    before: str = "",
    size: int = DEFAULT_SIZE,
    count_all: bool = True,
) -> Page[M]:
    """The page after or before a cursor; two queries. An unreadable cursor: the first.

    Without `count_all` the total is only counted up to COUNT_UP_TO.
    """
    cursor = Cursor.decode(before or after)
    reverse = bool(before and cursor)
    found = _find(rows, order, cursor, reverse, size + 1)
    if cursor and not found:
        return get_page(rows, order, size=size, count_all=count_all)
    more, found = len(found) > size, found[:size]
    if reverse:
        found.reverse()
    first = _first_position(cursor, len(found), reverse=reverse, more=more)
    total = rows.count() if count_all else rows[: COUNT_UP_TO + 1].count()
    return Page(
        rows=found,
        total=total,
        counted=count_all or total <= COUNT_UP_TO,
        first=first,
        previous=_cursor(order, found[:1], first)
        if (more if reverse else cursor)
        else None,
        next=_cursor(order, found[-1:], first + len(found) - 1)
        if (reverse or more)
        else None,
    )


def _find(
    rows: QuerySet[M], order: Order, cursor: Cursor | None, reverse: bool, count: int
) -> list[M]:
    """The next rows from the cursor on; none from one that no row could have."""
    wanted = rows.order_by(*order.by(reverse=reverse))
    if cursor is None:
        return list(wanted[:count])
    try:
        return list(wanted.filter(order.beyond(cursor, reverse=reverse))[:count])
    except (ValueError, TypeError, OverflowError, ValidationError, DataError):
        return []


def _first_position(
    cursor: Cursor | None, count: int, *, reverse: bool, more: bool
) -> int:
    if cursor is None or (reverse and not more):
        return 1
    return max(cursor.position - count, 1) if reverse else cursor.position + 1


def _cursor(order: Order, rows: Sequence[M], position: int) -> str | None:
    if not rows:
        return None
    row = rows[0]
    return Cursor(
        getattr(row, order.column), getattr(row, order.key), position
    ).encode()
