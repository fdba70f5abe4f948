"""Keyset paging: every row once, in order, in both directions, whatever is asked."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apiclients.models import IndexedClient
from console.paging import Cursor, Order, Page, Total, count, get_page

pytestmark = pytest.mark.django_db

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
NULLABLE = ("access_token_lifespan", "secret_created_at")
COLUMNS = ("client_id", "enabled", "owner", *NULLABLE)

# Few different values, so that many rows have the same.
rows = st.lists(
    st.fixed_dictionaries(
        {
            "client_id": st.sampled_from(["a", "b", "B", "é", "z-9", ""]),
            "enabled": st.booleans(),
            "access_token_lifespan": st.sampled_from([None, -1, 0, 300, 2**31 - 1]),
            "secret_created_at": st.sampled_from(
                [None, EPOCH, EPOCH + timedelta(microseconds=1), EPOCH.replace(year=1)]
            ),
            "owner": st.sampled_from(["", "data@northwind.example"]),
        }
    ),
    max_size=25,
)
slowly = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@slowly
@given(
    rows=rows,
    column=st.sampled_from(COLUMNS),
    descending=st.booleans(),
    size=st.integers(1, 9),
)
def test_walking_visits_every_row_once_in_order_and_back_again(
    rows: list[dict[str, Any]], column: str, descending: bool, size: int
) -> None:
    fill(rows)
    order = Order(column, "uuid", descending, nullable=column in NULLABLE)

    pages = walk(order, size)

    visited = [row for page in pages for row in page.rows]
    assert [row.pk for row in visited] == [row.pk for row in in_order(order)]
    assert [page.rows for page in pages] == [page.rows for page in back(order, size)]


@slowly
@given(rows=rows, column=st.sampled_from(COLUMNS), size=st.integers(1, 9))
def test_each_page_knows_where_it_is(
    rows: list[dict[str, Any]], column: str, size: int
) -> None:
    fill(rows)
    order = Order(column, "uuid", nullable=column in NULLABLE)

    for page in (*walk(order, size), *back(order, size)):
        everything = in_order(order)
        assert page.total == len(rows)
        assert list(page.rows) == everything[page.first - 1 : page.last]
        assert (page.previous is None) == (page.first == 1)
        assert (page.next is None) == (page.last == len(rows))


hostile_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.just("\x00"),
    st.just("\ud800"),
    st.just("0001-01-01T00:00:00+23:59"),
    st.just("9999-12-31T23:59:59-23:59"),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def encode(document: Any) -> str:
    text = json.dumps(document).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.filterwarnings("ignore:.*received a naive datetime")
@slowly
@given(
    column=st.sampled_from((*COLUMNS, "uuid")),
    document=st.one_of(
        hostile_values,
        st.tuples(hostile_values, hostile_values, hostile_values),
        st.tuples(hostile_values, st.text(max_size=36), st.integers()),
    ),
    way=st.sampled_from(["after", "before"]),
)
@example("access_token_lifespan", (float("inf"), "x", 1), "after")
@example("access_token_lifespan", (10**400, "x", 1), "before")
@example("client_id", ("\x00", "x", 1), "after")
@example("client_id", ("a", "\x00", 1), "before")
@example("secret_created_at", ("0001-01-01T00:00:00+23:59", "x", 1), "after")
@example("secret_created_at", ("2026-01-01T00:00:00", "x", 1), "after")
@example("client_id", ("a", "x", 10**30), "after")
@example("client_id", ("a", "x", True), "after")
def test_a_hostile_cursor_is_never_an_error(
    durable_db: None, column: str, document: Any, way: str
) -> None:
    fill([{"client_id": "a", "enabled": True}] * 3)

    page = get(Order(column, "uuid"), **{way: encode(document)})

    assert 1 <= page.first <= page.last
    assert len(page.rows) <= 3


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!",
        "=" * 9,
        "é",
        "\x00",
        "bnVsbA",
        encode([]),
        encode({}),
        encode(["a", "b"]),
        encode(["a", "b", "1"]),
        encode(["a", "b", 1, 2]),
        encode([["a"], "b", 1]),
        encode(["a", ["b"], 1]),
        base64.urlsafe_b64encode(b"[" * 60_000).decode(),
        base64.urlsafe_b64encode(b"9" * 60_000).decode(),
        base64.urlsafe_b64encode(b"[NaN,NaN,NaN]").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_what_is_no_cursor_gives_the_first_page(cursor: str, way: str) -> None:
    fill([{"client_id": name, "enabled": True} for name in "cab"])

    page = get(Order("client_id", "uuid"), size=2, **{way: cursor})

    assert [row.client_id for row in page.rows] == ["a", "b"]
    assert (page.first, page.previous) == (1, None)
    assert page.next


@pytest.mark.parametrize("way", ["after", "before"])
def test_a_cursor_with_nothing_beyond_it_gives_the_first_page(way: str) -> None:
    fill([{"client_id": name, "enabled": True} for name in "bc"])
    end = Cursor("z" if way == "after" else "a", "zzz" if way == "after" else "", 7)

    page = get(Order("client_id", "uuid"), **{way: end.encode()})

    assert [row.client_id for row in page.rows] == ["b", "c"]
    assert (page.first, page.previous, page.next) == (1, None, None)


def test_an_empty_table_has_one_empty_page() -> None:
    page = get(Order("client_id", "uuid"))

    assert (list(page.rows), page.total, page.first, page.last) == ([], 0, 1, 0)
    assert (page.previous, page.next) == (None, None)


def test_a_row_that_came_or_went_meanwhile_shifts_nothing() -> None:
    fill([{"client_id": name, "enabled": True} for name in "bdfh"])
    order = Order("client_id", "uuid")
    first = get(order, size=2)
    IndexedClient.objects.filter(client_id="d").delete()
    fill([{"client_id": "a", "enabled": True}], start=10)

    second = get(order, size=2, after=first.next)

    assert [row.client_id for row in second.rows] == ["f", "h"]


def test_a_page_costs_two_queries(django_assert_num_queries: Any) -> None:
    fill([{"client_id": name, "enabled": True} for name in "abcdef"])
    order = Order("client_id", "uuid")
    with django_assert_num_queries(2):
        first = get(order, size=2)
    with django_assert_num_queries(2):
        get(order, size=2, after=first.next)


def test_the_total_is_counted_up_to_a_limit() -> None:
    fill([{"client_id": str(n), "enabled": True} for n in range(4)])
    rows = IndexedClient.objects.all()

    assert count(rows, up_to=4) == Total(4)
    assert count(rows, up_to=3) == Total(3, exact=False)
    page = get(Order("client_id", "uuid"), total=Total(3, exact=False))
    assert page.total_text == "3+"


def test_a_total_that_is_known_is_not_counted(django_assert_num_queries: Any) -> None:
    fill([{"client_id": "a", "enabled": True}])

    with django_assert_num_queries(1):
        page = get(Order("client_id", "uuid"), total=Total(7))

    assert page.total_text == "7"


def test_totals_have_separators() -> None:
    page: Page[Any] = Page([], 10_009, 1, None, None)

    assert page.total_text == "10,009"


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("reverse", [False, True])
def test_neither_nulls_nor_a_cursor_keep_an_index_from_being_used(
    column: str, reverse: bool
) -> None:
    """NULLS LAST, or OR, would make a database sort or walk the whole table."""
    order = Order(column, "uuid", nullable=column in NULLABLE)
    some = EPOCH.isoformat() if column == "secret_created_at" else 1
    for value in (some, None) if order.nullable else (some,):
        cursor = Cursor(value, "x", 1)
        for stretch in order.stretches(cursor, reverse=reverse):
            sql = str(stretch.of(IndexedClient.objects.all()).query)

            assert not re.search("NULLS (FIRST|LAST)| OR ", sql), sql


def fill(rows: list[dict[str, Any]], start: int = 0) -> None:
    if not start:
        IndexedClient.objects.all().delete()
    IndexedClient.objects.bulk_create(
        # Not in the order of their keys.
        IndexedClient(uuid=f"{n * 7919 % 1000:04}-{n}", synced_at=timezone.now(), **row)
        for n, row in enumerate(rows, start)
    )


def get(order: Order, **asked: Any) -> Page[IndexedClient]:
    return get_page(IndexedClient.objects.all(), order, **asked)


def in_order(order: Order) -> list[IndexedClient]:
    """All rows by one query, as a database sorts them."""
    way = "desc" if order.descending else "asc"
    column = getattr(F(order.column), way)(nulls_last=order.nullable or None)
    return list(IndexedClient.objects.order_by(column, getattr(F(order.key), way)()))


def walk(order: Order, size: int) -> list[Page[IndexedClient]]:
    pages = [get(order, size=size)]
    while cursor := pages[-1].next:
        assert len(pages) < 100
        pages.append(get(order, size=size, after=cursor))
    return pages


def back(order: Order, size: int) -> list[Page[IndexedClient]]:
    """The same pages, from the last to the first, in their order."""
    pages = [walk(order, size)[-1]]
    while cursor := pages[0].previous:
        assert len(pages) < 100
        pages.insert(0, get(order, size=size, before=cursor))
    return pages
