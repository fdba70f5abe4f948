"""The list of API clients: what 100,000 of them cost against 1,000.

Every order and every filter, and pages far from the first, on the database of
DATABASE_URL. Both show a full page, or both an empty one: what differs is the number
of clients alone.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apiclients.models import IndexedClient
from apiclients.selectors import SORTS
from console.paging import DEFAULT_SIZE, Cursor
from tests.benchmarks.measuring import measure_in_turn, report
from tests.benchmarks.second_database import as_default, second_database
from tests.databases import durable_db, flushable_log, shared_db

__all__ = ["durable_db", "flushable_log", "shared_db"]

LIST = reverse("apiclients:list")
FEW, MANY = 1_000, 100_000
VIEWS: dict[str, dict[str, str]] = {
    "first page": {},
    **{f"by {name}": {"sort": name} for name in SORTS},
    **{f"by {name}, descending": {"sort": f"-{name}"} for name in SORTS},
    "part of the id": {"q": "0000"},
    "part of one id": {"q": "svc-07919-000001"},
    "words of the description": {"q": "reports team"},
    "a word and a part": {"q": "weekly svc-"},
    "nothing like it": {"q": "nothing like it"},
    "enabled": {"status": "enabled"},
    "disabled": {"status": "disabled"},
    "used in 7 days": {"last_used": "7"},
    "not used in 90 days": {"last_used": "not-90"},
    "never used": {"last_used": "never"},
    "secret older than 90 days": {"secret_age": "90"},
    "default lifespan": {"lifespan": "default"},
    "long lifespan": {"lifespan": "long"},
    "no permissions": {"permissions": "none"},
    "some permissions": {"permissions": "some"},
    "owner": {"owner": "7@northwind"},
    "three filters": {"status": "disabled", "secret_age": "90", "lifespan": "long"},
    "disabled, newest secret": {"status": "disabled", "sort": "-secret-age"},
}


def iter_clients() -> Iterator[IndexedClient]:
    """The same mixture in a thousand as in a hundred thousand."""
    now = timezone.now()
    for number in range(10**6):
        yield IndexedClient(
            uuid=f"5e0fd8ea-0000-4000-8000-{number:012}",
            client_id=f"svc-{number * 7919 % 100_000:05}-{number:06}",
            description=f"Reads the reports of team {number % 97}"
            + (", weekly" if number % 7 == 0 else ""),
            owner=f"team-{number % 31}@northwind.example",
            enabled=number % 10 > 0,
            access_token_lifespan=(None, 300, 900, 3600, 28_800)[number % 5],
            secret_created_at=now - timedelta(days=number * 37 % 730),
            last_used_at=None
            if number % 9 == 0
            else now - timedelta(hours=number * 53 % 2600),
            permissions=number % 6,
            synced_at=now,
        )


def fill(count: int) -> None:
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgresql:  # VACUUM passes over what is not on the disk yet
            cursor.execute("SET synchronous_commit = on")
        IndexedClient.objects.all().delete()
        clients = islice(iter_clients(), count)
        IndexedClient.objects.bulk_create(clients, batch_size=1000)
        # As autovacuum does after so many rows.
        tidy = "VACUUM ANALYZE" if postgresql else "ANALYZE"
        cursor.execute(f"{tidy} apiclients_indexedclient")


def _pages(count: int, admin: Client) -> dict[str, partial[Any]]:
    """What is asked for with so many clients."""
    asked = {
        **VIEWS,
        "the page in the middle": {"after": _cursor(count // 2)},
        "the last page": {"after": _cursor(count - DEFAULT_SIZE)},
    }
    return {name: partial(admin.get, LIST, query) for name, query in asked.items()}


def _cursor(position: int) -> str:
    """As of a person who has turned the pages so far."""
    row = IndexedClient.objects.order_by("client_id", "uuid")[position - 1]
    return Cursor(row.client_id, row.uuid, position).encode()


def test_a_hundred_thousand_clients_against_a_thousand(
    shared_db: None, admin: Client
) -> None:
    """At most twice the time, of a page and of its SQL."""
    with second_database() as second:
        databases = {FEW: connections["default"], MANY: second}
        pages = {}
        for count, database in databases.items():
            with as_default(database):
                fill(count)
                for name, page in _pages(count, admin).items():
                    pages[name, count] = (database, page)
        costs = measure_in_turn(pages)

    rows = {name: (costs[name, FEW], costs[name, MANY]) for name, _ in costs}
    report(
        f"Client list with {MANY:,} against {FEW:,}", rows, (f"{FEW:,}", f"{MANY:,}")
    )

    missed = [
        name
        for name, (cheap, dear) in rows.items()
        if dear.page > 2 * cheap.page or dear.sql > 2 * cheap.sql
    ]
    assert not missed
    assert max(cost.queries for cost in costs.values()) <= 8
