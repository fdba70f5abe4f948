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
from console.paging import Order, Total, count

Rows = QuerySet[IndexedClient]

FEW = 1000
# VISIBLE for SQLite, where it would take to an index that begins with that column what
# has a better way to go: keys, or simply all rows.
UNINDEXED = Q(protected=False)
TEXTS = {"q": "client_id description", "owner": "owner"}
QUOTE = '"'
LETTERS = 3  # that an index of trigrams needs
CANDIDATES = """
    SELECT k.uuid FROM apiclients_search s
    JOIN apiclients_search_key k ON k.id = s.rowid
    JOIN apiclients_indexedclient c ON c.uuid = k.uuid
    WHERE s.apiclients_search MATCH %s AND NOT c.protected LIMIT %s
"""


def find_rows(filters: Mapping[str, Any], order: Order) -> tuple[Rows, Order, Total]:
    """What matches, the order to put it in, and how many there are."""
    visible = IndexedClient.objects.filter(VISIBLE)
    wanted = conditions(filters)
    if not wanted:
        return visible, order, get_kept_total()
    total, few = _count(filters)
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


def _count(filters: Mapping[str, Any]) -> tuple[Total, list[str] | None]:
    """How many match; and their keys, if they are few."""
    wanted = conditions(filters).keys()
    has_words = bool(wanted & TEXTS.keys())
    # One index soon counts one filter; for anything else, to look twice costs more
    # than to fetch what is found.
    if len(wanted) == 1 and not has_words:
        total = _total(filters)
        if total.number > FEW:
            return total, None
    keys = _first_keys(filters)
    if len(keys) <= FEW:
        return Total(len(keys)), keys
    return Total(FEW, exact=False) if has_words else _total(filters), None


def _total(filters: Mapping[str, Any]) -> Total:
    if conditions(filters).keys() == {"status"}:
        return get_kept_total(enabled=filters["status"] == "enabled")
    return count(_matches(filters))


def get_kept_total(**which: bool) -> Total:
    kept = ClientCount.objects.filter(**which).aggregate(clients=Sum("clients"))
    return Total(kept["clients"] or 0)


def _first_keys(filters: Mapping[str, Any]) -> list[str]:
    """Of what matches, up to one more than a few."""
    wanted = conditions(filters)
    candidates = _candidates(filters)
    if candidates is not None and len(candidates) <= FEW:
        found = _with_keys(candidates).filter(*wanted.values())
        return list(found.values_list("pk", flat=True))
    if candidates and wanted.keys() <= TEXTS.keys() and _is_precise(filters):
        return candidates
    return list(_matches(filters)[: FEW + 1])


def _matches(filters: Mapping[str, Any]) -> QuerySet[IndexedClient, str]:
    """Their keys, by the filters' indexes.

    Of one filter each alternative is a range of its index. Several are looked for in
    the index that has all their columns: it begins with the status and the lifespan.
    """
    wanted = conditions(filters)
    columns = wanted.keys() & COLUMNS.keys()
    ranges = set(wanted)
    if len(columns) > 1:
        ranges &= {"status", "lifespan"} if "status" in columns else set()
    base = VISIBLE if columns else UNINDEXED
    rest = [_hidden(wanted[name]) for name in wanted.keys() - ranges]
    first, *others = (
        IndexedClient.objects.filter(base, *way, *rest).values_list("pk", flat=True)
        for way in product(*alternatives({name: filters[name] for name in ranges}))
    )
    return first.union(*others, all=True) if others else first


def _with_keys(keys: list[str]) -> Rows:
    return IndexedClient.objects.filter(UNINDEXED, pk__in=keys)


def _hidden(condition: Q) -> Case:
    """A condition that tempts no database to collect all matches and sort them."""
    return Case(
        When(condition, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def _candidates(filters: Mapping[str, Any]) -> list[str] | None:
    """Which clients may have these words, up to one more than a few.

    None where no word is long enough, or where the columns themselves have an index of
    trigrams: on PostgreSQL.
    """
    if connection.vendor != "sqlite":
        return None
    query = " AND ".join(
        f'{{{columns}}} : "{word.replace(QUOTE, 2 * QUOTE)}"'
        for name, columns in TEXTS.items()
        for word in _words(filters, name)
        if len(word) >= LETTERS
    )
    if not query:
        return None
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [query, FEW + 1])
        return [uuid for (uuid,) in cursor.fetchall()]


def _is_precise(filters: Mapping[str, Any]) -> bool:
    """Whether every candidate matches: other letters are folded more than by LIKE."""
    words = [word for name in TEXTS for word in _words(filters, name)]
    return all(word.isascii() and len(word) >= LETTERS for word in words)


def _words(filters: Mapping[str, Any], name: str) -> list[str]:
    """What a text has to hold; an owner is one piece with its spaces."""
    text = filters.get(name) or ""
    return text.split() if name == "q" else [text] if text else []
