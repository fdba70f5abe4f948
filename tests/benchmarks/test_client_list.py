"""The list of API clients: what 10,000 of them cost against as many as fit a page.

A page of 50 rows is compared with a page of 50 rows, and 10 rows are shown beside it:
the length of the page itself is not what the number of clients costs.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apiclients.models import IndexedClient
from tests.benchmarks.measuring import Cost, measure, report
from tests.pages import read_page

LIST = reverse("apiclients:list")
FEW, MANY = 10, 10_000
VIEWS = {
    "first page": {},
    "newest secret first": {"sort": "secret-age"},
    "longest lifespan first": {"sort": "-lifespan"},
    "search, few match": {"q": "0000"},
    "search, none match": {"q": "nothing like it"},
    "disabled only": {"status": "disabled"},
}


def iter_clients() -> Iterator[IndexedClient]:
    now = timezone.now()
    for number in range(10**6):
        yield IndexedClient(
            uuid=f"5e0fd8ea-0000-4000-8000-{number:012}",
            client_id=f"svc-{number * 7919 % 100_000:05}-{number:06}",
            description=f"Reads the reports of team {number % 97}",
            owner=f"team-{number % 31}@northwind.example",
            enabled=number % 10 > 0,
            access_token_lifespan=(None, 300, 900, 3600)[number % 4],
            secret_created_at=datetime(2026, 1, 1, tzinfo=UTC)
            + timedelta(hours=number),
            synced_at=now,
        )


def _measure_with(count: int, admin: Client) -> dict[str, Cost]:
    IndexedClient.objects.all().delete()
    IndexedClient.objects.bulk_create(islice(iter_clients(), count), batch_size=1000)
    costs = {
        name: measure(lambda asked=asked: admin.get(LIST, asked))  # type: ignore[misc]
        for name, asked in VIEWS.items()
    }
    costs["page 100 (of few: the last)"] = _deep(admin, min(100, count // 50))
    return costs


def _deep(admin: Client, pages: int) -> Cost:
    """After turning that many pages."""
    address = LIST
    for _ in range(pages):
        following = read_page(admin.get(address)).select("a#page-next")
        if not following:
            break
        address = str(following[0]["href"])
    return measure(lambda: admin.get(address))


@pytest.mark.parametrize("few", [FEW, 60])
def test_ten_thousand_clients_against_few(admin: Client, few: int) -> None:
    small = _measure_with(few, admin)
    large = _measure_with(MANY, admin)

    rows = {name: (small[name], large[name]) for name in small}
    report(f"Client list with {MANY:,} against {few}", rows, (str(few), f"{MANY:,}"))

    for name, (cheap, dear) in rows.items():
        assert cheap.queries <= 8, name
        assert dear.queries <= 8, name
