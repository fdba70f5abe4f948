"""Finding the list's rows at a cost that hardly grows with the number of clients.

Few matches are collected by the filter's own index, and then sorted. Many are met on
the way along the order's index, and a page is full soon. Which it is, the total tells:
no statistics of a database do as surely.
"""

from collections.abc import Mapping, Set
from dataclasses import replace
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, QuerySet, Sum, Value, When

from apiclients.filters import COLUMNS, VISIBLE, alternatives, conditions
from apiclients.models import ClientCount, IndexedClient
from apiclients.words import (
    TEXTS,
    Words,
    find_candidates,
    find_owners,
    get_keys,
    get_words,
    is_precise,
)
from console.paging import COUNT_UP_TO, Order, Total

Rows = QuerySet[IndexedClient]
Conditions = Mapping[str, Q]

FEW = 1000
# VISIBLE for SQLite, where it would take to an index that begins with that column what
# has a better way to go: keys, or simply all rows.
UNINDEXED = Q(protected=False)


def find_rows(filters: Mapping[str, Any], order: Order) -> tuple[Rows, Order, Total]:
    """What matches, the order to put it in, and how many there are."""
    visible = IndexedClient.objects.filter(VISIBLE)
    wanted, words = conditions(filters), get_words(filters)
    if not wanted:
        return visible, order, get_kept_total()
    if "owner" in words and (owners := find_owners(filters["owner"])) is not None:
        wanted["owner"] = Q(owner__in=owners)
        del words["owner"]
    total, few = _count(wanted, words)
    if few is not None:
        return _with_keys(few), order, total
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


def _count(wanted: Conditions, words: Words) -> tuple[Total, list[str] | None]:
    """How many match; and their keys, if they are few."""
    has_text = bool(TEXTS.keys() & wanted)
    # One index soon counts one filter; for anything else, to look twice costs more
    # than to fetch what is found.
    if len(wanted) == 1 and not has_text:
        total = _total(wanted)
        if total.number > FEW:
            return total, None
    keys = _keys_of_few(wanted, words)
    if keys is not None:
        return Total(len(keys)), keys
    return Total(FEW, exact=False) if has_text else _total(wanted), None


def _total(wanted: Conditions) -> Total:
    if wanted.keys() == {"status"}:
        return get_kept_total(wanted["status"])
    found = _matches(wanted, {}, Value(1))[: COUNT_UP_TO + 1]
    sql, params = found.query.sql_with_params()
    with connection.cursor() as cursor:
        # Django would have a column of each fetched, to count them.
        cursor.execute(f"SELECT COUNT(*) FROM ({sql}) AS found", params)  # noqa: S608
        number = cursor.fetchone()[0]
    return Total(min(number, COUNT_UP_TO), exact=number <= COUNT_UP_TO)


def get_kept_total(*which: Q) -> Total:
    kept = ClientCount.objects.filter(*which).aggregate(clients=Sum("clients"))
    return Total(kept["clients"] or 0)


def _keys_of_few(wanted: Conditions, words: Words) -> list[str] | None:
    """The keys of what matches; None if it is more than a few."""
    candidates = find_candidates(words, FEW + 1)
    if candidates is not None and len(candidates) <= FEW:
        found = _with_keys(get_keys(candidates)).filter(*wanted.values())
        return list(found.values_list("pk", flat=True))
    if candidates and wanted.keys() == words.keys() and is_precise(words):
        return None
    keys = list(_matches(wanted, words, "pk")[: FEW + 1])
    return keys if len(keys) <= FEW else None


def _matches(
    wanted: Conditions, words: Words, column: str | Value
) -> QuerySet[IndexedClient, Any]:
    """A column of what matches, by the filters' indexes.

    Of one filter each alternative is a range of its index.
    """
    columns = wanted.keys() - words.keys()
    several = len(columns) > 1
    ranges = _leading(columns) if several else columns
    rest = [
        _hidden(wanted[name]) if several else wanted[name]
        for name in wanted.keys() - ranges
    ]
    first, *others = (
        IndexedClient.objects.filter(
            VISIBLE if columns else UNINDEXED, *way, *rest
        ).values_list(column, flat=True)
        for way in product(*(alternatives(wanted[name]) for name in ranges))
    )
    return first.union(*others, all=True) if others else first


def _leading(names: Set[str]) -> Set[str]:
    """Of several filters those that an index begins with which has the others, too."""
    if "owner" in names:
        return {"owner"}
    return names & {"status", "lifespan"} if "status" in names else set()


def _with_keys(keys: list[str]) -> Rows:
    return IndexedClient.objects.filter(UNINDEXED, pk__in=keys)


def _hidden(condition: Q) -> Case:
    """A condition that tempts no database to collect all matches and sort them."""
    return Case(
        When(condition, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
