"""Finding the list's rows: the same rows as a plain condition, by an index's way."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclients import listing, words
from apiclients.filters import matching
from apiclients.models import ClientCount, IndexedClient
from apiclients.selectors import SORTS, list_clients
from tests.factories import make_indexed_client
from tests.plans import explain

pytestmark = pytest.mark.django_db

FILTERS: dict[str, dict[str, str]] = {
    "part of an id": {"q": "0004"},
    "whole id": {"q": "svc-0004-batch"},
    "word": {"q": "nightly"},
    "two words": {"q": "NIGHTLY 0004"},
    "short word": {"q": "04"},
    "short and long word": {"q": "4 batch"},
    "other letters": {"q": "café"},
    "nothing": {"q": "nothing"},
    "quotes": {"q": "\"quoted\" 'it'"},
    "owner": {"owner": "Team-03@north"},
    "two words of an owner": {"owner": "03 north"},
    "all owners": {"owner": "@northwind.example"},
    "no such owner": {"owner": "southwind"},
    "owner of the enabled": {"owner": "team-03", "status": "enabled"},
    "enabled": {"status": "enabled"},
    "disabled": {"status": "disabled"},
    "used": {"last_used": "30"},
    "unused": {"last_used": "not-90"},
    "never used": {"last_used": "never"},
    "old secret": {"secret_age": "90"},
    "default lifespan": {"lifespan": "default"},
    "long lifespan": {"lifespan": "long"},
    "no permissions": {"permissions": "none"},
    "some permissions": {"permissions": "some"},
    "all at once": {
        "q": "svc nightly",
        "status": "enabled",
        "last_used": "not-90",
        "lifespan": "long",
        "permissions": "some",
    },
}


@pytest.fixture(
    params=[(1000, 500), (5, 500), (5, 2)], ids=["few", "many", "many owners"]
)
def clients(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of each kind; `many`: more than a few match nearly everything."""
    few, owners = request.param
    monkeypatch.setattr(listing, "FEW", few)
    monkeypatch.setattr(words, "OWNERS", owners)
    fill(120)


def fill(count: int) -> None:
    now = timezone.now()
    IndexedClient.objects.bulk_create(
        IndexedClient(
            uuid=f"{number * 7919 % 1000:04}-{number}",
            client_id=f"svc-{number:04}-batch",
            description=("Nightly job", 'A "quoted" it\'s', "Café nightly")[number % 3],
            owner=f"team-{number % 7:02}@northwind.example" if number % 5 else "",
            enabled=number % 4 > 0,
            access_token_lifespan=(None, 300, 28800, -1)[number % 4],
            secret_created_at=now - timedelta(days=number * 5) if number % 6 else None,
            last_used_at=now - timedelta(days=number) if number % 3 else None,
            permissions=number % 3 if number % 10 else None,
            protected=number % 11 == 0,
            synced_at=now,
        )
        for number in range(count)
    )


def walk(asked: dict[str, str]) -> Iterator[str]:
    page = list_clients(asked, {})
    while True:
        yield from (client.uuid for client in page.rows)
        if page.next is None:
            return
        page = list_clients(asked, {"after": page.next})


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_each_filter_finds_what_its_condition_says(filters: dict[str, str]) -> None:
    wanted = IndexedClient.objects.filter(matching(filters))

    for sort in ("id", "-last-used", "lifespan"):
        asked = {**filters, "sort": sort, "size": 25}
        found = list(walk(asked))  # type: ignore[arg-type]

        assert sorted(found) == sorted(wanted.values_list("uuid", flat=True)), sort


@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_the_total_is_right_or_says_that_there_are_more(
    filters: dict[str, str],
) -> None:
    number = IndexedClient.objects.filter(matching(filters)).count()

    total = list_clients(filters, {}).total_text

    assert total in {f"{number:,}", f"{listing.FEW}+"}
    assert total == f"{number:,}" or number > listing.FEW


def test_the_whole_list_has_an_exact_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "FEW", 5)
    fill(120)
    visible = IndexedClient.objects.filter(protected=False)

    assert list_clients({}, {}).total == visible.count()
    assert list_clients({"status": "enabled"}, {}).total == (
        visible.filter(enabled=True).count()
    )


def kept() -> dict[bool, int]:
    return dict(ClientCount.objects.values_list("enabled", "clients"))


def test_totals_are_kept_whoever_writes() -> None:
    first, second = make_indexed_client("a"), make_indexed_client("b", enabled=False)
    make_indexed_client("c", protected=True)
    assert kept() == {True: 1, False: 1}

    IndexedClient.objects.filter(pk=first.pk).update(enabled=False)
    assert kept() == {True: 0, False: 2}

    IndexedClient.objects.filter(pk=second.pk).update(protected=True)
    assert kept() == {True: 0, False: 1}

    IndexedClient.objects.update(protected=False, enabled=True)
    assert kept() == {True: 3, False: 0}

    IndexedClient.objects.filter(client_id__in="ab").delete()
    assert kept() == {True: 1, False: 0}

    make_indexed_client("d")
    IndexedClient.objects.all().delete()
    assert kept() == {True: 0, False: 0}


def test_what_exists_already_is_neither_counted_nor_found_twice() -> None:
    row = make_indexed_client("svc-reports")
    again = IndexedClient(
        uuid=row.uuid, client_id="svc-other", enabled=True, synced_at=timezone.now()
    )

    IndexedClient.objects.bulk_create([again], ignore_conflicts=True)

    assert kept()[True] == 1
    assert list(walk({"q": "svc-reports"})) == [row.uuid]
    assert list(walk({"q": "svc-other"})) == []


def test_search_follows_what_is_written() -> None:
    row = make_indexed_client("svc-reports", description="Weekly", owner="data")
    make_indexed_client("svc-other")

    IndexedClient.objects.filter(pk=row.pk).update(description="Monthly", owner="bi-x")
    assert list(walk({"q": "weekly"})) == []
    assert list(walk({"q": "monthly reports"})) == [row.uuid]
    assert list(walk({"owner": "bi-x"})) == [row.uuid]

    row.delete()
    assert list(walk({"q": "monthly"})) == []
    assert list(walk({"owner": "bi-x"})) == []


def test_search_counts_no_protected_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "FEW", 1)
    make_indexed_client("svc-a", owner="data")
    protected = make_indexed_client("svc-b", owner="data", protected=True)
    mine = IndexedClient.objects.filter(pk=protected.pk)

    def totals() -> list[str]:
        asked = ({"q": "svc-"}, {"owner": "data"})
        return [list_clients(each, {}).total_text for each in asked]

    assert totals() == ["1", "1"]
    mine.update(protected=False)
    assert totals() == ["1+", "1+"]
    mine.update(protected=True, description="svc-svc")
    assert totals() == ["1", "1"]
    mine.delete()
    assert totals() == ["1", "1"]


def plans(asked: dict[str, str]) -> Iterator[str]:
    """Of each statement by which the list finds a page, as the database does it."""
    with CaptureQueriesContext(connection) as queries:
        page = list_clients(asked, {})
        if page.next:
            list_clients(asked, {"after": page.next})
    for query in queries:
        if re.match(r"\s*SELECT", query["sql"]):
            yield f"{query['sql']}\n{explain(query['sql'])}"


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize("filters", [{}, *FILTERS.values()], ids=["none", *FILTERS])
def test_no_statement_reads_or_sorts_the_whole_table_on_sqlite(
    filters: dict[str, str],
) -> None:
    # Where many have a word, a walk through the rows has soon found enough; words of
    # one or two letters are looked for in all of them.
    walks = {"q", "owner"} & filters.keys()

    for sort, minus in product(SORTS, ("", "-")):
        for plan in plans({**filters, "sort": f"{minus}{sort}"}):
            if "ORDER BY" in plan and "(uuid=?)" not in plan:
                assert "TEMP B-TREE" not in plan, plan
            if not (walks and "LIMIT" in plan):
                assert "SCAN apiclients_indexedclient" not in plan, plan


def test_the_index_of_words_is_there() -> None:
    """SQLite drops triggers when a migration remakes their table: see 0004_search."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        found = {name for (name,) in cursor.fetchall()}
        tables = connection.introspection.get_constraints(
            cursor, "apiclients_indexedclient"
        )

    of = ("count", "search") if connection.vendor == "sqlite" else ("count",)
    wanted = {f"apiclients_{a}_{b}" for a in of for b in ("insert", "update", "delete")}
    assert wanted <= found
    assert connection.vendor == "sqlite" or "apiclients_search" in tables
