"""Keyset paging: the next page costs the same, however far down it is.

A cursor carries the sort value and key of a row and its position, so that a page can
say "51 to 100 of 10,009" without counting the rows before it.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
    TupleLookupMixin,
)

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
        return f"{self.total:,}{'' if self.counted else '+'}"


@dataclass(frozen=True, slots=True)
class Order:
    """By `column`, then by `key`, which is unique. Where `nullable`, empty ones last.

    The filled rows and the empty ones are two stretches of an index, and each is read
    on its own: NULLS LAST and a cursor with OR would both make a database sort or walk
    the whole table.
    """

    column: str
    key: str
    descending: bool = False
    nullable: bool = False

    def stretches(self, cursor: Cursor | None, *, reverse: bool) -> "list[Stretch]":
        """What follows the cursor, or leads to it; one after the other."""
        filled = Stretch(self, reverse, empty=False)
        if not self.nullable:
            return [replace(filled, cursor=cursor)]
        both = [filled, Stretch(self, reverse, empty=True)]
        if reverse:
            both.reverse()
        if cursor is None:
            return both
        here = [part.empty for part in both].index(cursor.value is None)
        return [replace(both[here], cursor=cursor), *both[here + 1 :]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that lie side by side in the order's index."""

    order: Order
    reverse: bool
    empty: bool
    cursor: Cursor | None = None

    def of(self, rows: QuerySet[M]) -> QuerySet[M]:
        column, key = self.order.column, self.order.key
        by_key_alone = self.empty or column == key
        sign = "-" if self.order.descending is not self.reverse else ""
        names = [key] if by_key_alone else [column, key]
        if self.order.nullable:
            rows = rows.filter(**{f"{column}__isnull": self.empty})
        if self.cursor:
            rows = rows.filter(self._beyond(self.cursor, by_key_alone=by_key_alone))
        return rows.order_by(*(f"{sign}{name}" for name in names))

    def _beyond(self, cursor: Cursor, *, by_key_alone: bool) -> Any:
        falling = self.order.descending is not self.reverse
        if by_key_alone:
            return Q(**{f"{self.order.key}__{'lt' if falling else 'gt'}": cursor.key})
        columns = Tuple(F(self.order.column), F(self.order.key))
        lookup = _RowLessThan if falling else _RowGreaterThan
        return lookup(columns, (cursor.value, cursor.key))


class _RowLookup(TupleLookupMixin):
    """SQLite compares rows since 3.15, and by an index; Django 5.2 writes OR for it."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return super(TupleLookupMixin, self).as_sql(compiler, connection)  # type: ignore[misc]


class _RowGreaterThan(_RowLookup, TupleGreaterThan):
    pass


class _RowLessThan(_RowLookup, TupleLessThan):
    pass


def get_page(
    rows: QuerySet[M],
    order: Order,
    *,
    after: str = "",
    before: str = "",
    size: int = DEFAULT_SIZE,
    total: "Total | None" = None,
) -> Page[M]:
    """The page after or before a cursor; two queries, one if `total` is known.

    At the end of an order's filled rows one more. An unreadable cursor: the first page.
    """
    cursor = Cursor.decode(before or after)
    reverse = bool(before and cursor)
    found = _find(rows, order, cursor, reverse, size + 1)
    if cursor and not found:
        return get_page(rows, order, size=size, total=total)
    more, found = len(found) > size, found[:size]
    if reverse:
        found.reverse()
    first = _first_position(cursor, len(found), reverse=reverse, more=more)
    total = total or count(rows)
    return Page(
        rows=found,
        total=total.number,
        counted=total.exact,
        first=first,
        previous=_cursor(order, found[:1], first)
        if (more if reverse else cursor)
        else None,
        next=_cursor(order, found[-1:], first + len(found) - 1)
        if (reverse or more)
        else None,
    )


@dataclass(frozen=True, slots=True)
class Total:
    """How many there are; not `exact`: at least so many."""

    number: int
    exact: bool = True


def count(rows: QuerySet[Any, Any], up_to: int = COUNT_UP_TO) -> Total:
    """Counting the rest would cost more than the page."""
    number = rows.order_by()[: up_to + 1].count()
    return Total(min(number, up_to), exact=number <= up_to)


def _find(
    rows: QuerySet[M], order: Order, cursor: Cursor | None, reverse: bool, wanted: int
) -> list[M]:
    """The next rows from the cursor on; none from one that no row could have."""
    found: list[M] = []
    try:
        for stretch in order.stretches(cursor, reverse=reverse):
            found += stretch.of(rows)[: wanted - len(found)]
            if len(found) == wanted:
                break
    except (ValueError, TypeError, OverflowError, ValidationError, DataError):
        return []
    return found


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
