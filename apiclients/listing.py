"""Finding the list's rows at a cost that hardly grows with the number of clients.

Few matches are collected by the filter's own index, and then sorted. Many are met on
the way along the order's index, and a page is full soon. Which it is, the total tells:
no statistics of a database do as surely.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, QuerySet, Sum, Value, When

from apiclients.filters import COLUMNS, VISIBLE, alternatives, conditions
from apiclients.models import ClientCount, IndexedClient
from console.paging import COUNT_UP_TO, Order, Total, count

Rows = QuerySet[IndexedClient]

FEW = 1000
# VISIBLE for SQLite, where it would take to an index that begins with that column what
# has a better way to go: keys, or simply all rows.
UNINDEXED = Q(protected=False)
TEXTS = {"q": "client_id description", "owner": "owner"}
LETTERS = 3  # that an index of trigrams needs
CANDIDATES = """
    SELECT k.uuid FROM apiclients_search s
    JOIN apiclients_search_key k ON k.id = s.rowid
    WHERE s.apiclients_search MATCH %s LIMIT %s
"""


def find_rows(filters: Mapping[str, Any], order: Order) -> tuple[Rows, Order, Total]:
    """What matches, the order to put it in, and how many there are."""
    visible = IndexedClient.objects.filter(VISIBLE)
    wanted = conditions(filters)
    if not wanted:
        return visible, order, get_kept_total()
    candidates = _candidates(filters)
    if candidates is not None:
        rows = _with_keys(candidates).filter(*wanted.values())
        return rows, order, count(rows)
    total = _count(filters)
    if total.exact and total.number <= FEW:
        return _with_keys(_matches(filters)[:FEW]), order, total
    for name in [name for name in wanted if COLUMNS.get(name) == order.column]:
        if len(wanted[name].children) == 1:
            narrow = wanted.pop(name)
            visible, order = visible.filter(narrow), _narrowed(order, narrow)
    found = visible.filter(*map(_hidden, wanted.values()))
    return found, order, total


def _narrowed(order: Order, condition: Q) -> Order:
    """The order among rows that meet a condition on the column that it is by.

    SQLite would still sort by a column that has one value, and read a whole range to
    find none of it empty.
    """
    if condition.children[0][0] == order.column:  # type: ignore[index]  # no lookup
        return replace(order, column=order.key, nullable=False)
    return replace(order, nullable=False)


def _count(filters: Mapping[str, Any]) -> Total:
    wanted = conditions(filters).keys()
    if wanted == {"status"}:
        return get_kept_total(enabled=filters["status"] == "enabled")
    return count(_matches(filters), FEW if wanted & TEXTS.keys() else COUNT_UP_TO)


def get_kept_total(**which: bool) -> Total:
    kept = ClientCount.objects.filter(**which).aggregate(clients=Sum("clients"))
    return Total(kept["clients"] or 0)


def _matches(filters: Mapping[str, Any]) -> QuerySet[IndexedClient, str]:
    """Their keys, by the filters' indexes: of each alternative a range of one."""
    base = VISIBLE if conditions(filters).keys() & COLUMNS.keys() else UNINDEXED
    first, *others = (
        IndexedClient.objects.filter(base, *way).values_list("pk", flat=True)
        for way in product(*alternatives(filters))
    )
    return first.union(*others, all=True) if others else first


def _with_keys(keys: list[str] | QuerySet[IndexedClient, str]) -> Rows:
    return IndexedClient.objects.filter(UNINDEXED, pk__in=keys)


def _hidden(condition: Q) -> Case:
    """A condition that tempts no database to collect all matches and sort them."""
    return Case(
        When(condition, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def _candidates(filters: Mapping[str, Any]) -> list[str] | None:
    """Which clients may have these words, where it takes another table to tell.

    None: too many, or no word is long enough. PostgreSQL has an index on the columns.
    """
    if connection.vendor != "sqlite":
        return None
    query = " AND ".join(
        f'{{{columns}}} : "{piece}"'
        for name, columns in TEXTS.items()
        for word in (filters.get(name) or "").split()
        for piece in _pieces(word)
    )
    if not query:
        return None
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [query, FEW + 1])
        found = [uuid for (uuid,) in cursor.fetchall()]
    return found if len(found) <= FEW else None


def _pieces(word: str) -> list[str]:
    """Enough trigrams to cover the word; the fewer, the faster."""
    last = len(word) - LETTERS
    starts = sorted({*range(0, last, LETTERS), last} if last >= 0 else ())
    pieces = (word[start : start + LETTERS] for start in starts)
    return [piece.replace('"', '""') for piece in pieces]
