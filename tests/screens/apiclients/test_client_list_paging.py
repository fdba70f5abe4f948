"""Paging the list by keys: forwards, backwards, and while it changes."""

import random

import pytest
from django.test import Client
from django.utils import timezone

from apiclients.models import IndexedClient
from tests.pages import as_htmx, read_part, text_of
from tests.screens.apiclients.listing import (
    LIST,
    ids,
    link_url,
    numbers,
    open_list,
)

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")

HOW_MANY = 120
NAMES = [f"svc-{number:03}" for number in range(HOW_MANY)]
NEXT, PREVIOUS = "#page-next", "#page-previous"


@pytest.fixture(autouse=True)
def clients(db: None) -> None:
    """120 clients, added in no order; their owners and lifespans repeat."""
    dice = random.Random(7)
    shuffled = dice.sample(NAMES, k=HOW_MANY)
    IndexedClient.objects.bulk_create(
        IndexedClient(
            uuid=f"{dice.getrandbits(128):032x}",
            client_id=name,
            owner=f"team-{number % 3}",
            enabled=number % 4 > 0,
            access_token_lifespan=None if number % 5 else 60 * (number % 2 + 1),
            synced_at=timezone.now(),
        )
        for number, name in enumerate(shuffled)
    )


def test_client_list_shows_fifty_rows_and_counts_all(admin: Client) -> None:
    page = open_list(admin)

    assert ids(page) == NAMES[:50]
    assert numbers(page) == "1\u201350 of 120"
    assert not page.select(PREVIOUS)


def test_client_list_turns_to_the_end_and_back(admin: Client) -> None:
    first = open_list(admin)
    second = open_list(admin, link_url(first, NEXT))
    third = open_list(admin, link_url(second, NEXT))

    assert ids(second) == NAMES[50:100]
    assert numbers(second) == "51\u2013100 of 120"
    assert ids(third) == NAMES[100:]
    assert numbers(third) == "101\u2013120 of 120"
    assert not third.select(NEXT)
    back = open_list(admin, link_url(third, PREVIOUS))
    assert ids(back) == NAMES[50:100]
    assert numbers(back) == "51\u2013100 of 120"
    start = open_list(admin, link_url(back, PREVIOUS))
    assert ids(start) == NAMES[:50]
    assert numbers(start) == "1\u201350 of 120"
    assert not start.select(PREVIOUS)


@pytest.mark.parametrize("sort", ["-id", "owner", "-owner", "lifespan", "-lifespan"])
def test_client_list_turns_through_every_row_once_whatever_the_order(
    admin: Client, sort: str
) -> None:
    page = open_list(admin, sort=sort, size=50)
    seen = ids(page)
    while page.select(NEXT):
        page = open_list(admin, link_url(page, NEXT))
        seen += ids(page)

    assert sorted(seen) == NAMES
    while page.select(PREVIOUS):
        page = open_list(admin, link_url(page, PREVIOUS))
    assert ids(page) == seen[:50]


@pytest.mark.parametrize(("size", "rows"), [("25", 25), ("50", 50), ("100", 100)])
def test_client_list_shows_as_many_rows_as_asked(
    admin: Client, size: str, rows: int
) -> None:
    page = open_list(admin, size=size)

    assert ids(page) == NAMES[:rows]
    following = open_list(admin, link_url(page, NEXT))
    assert ids(following) == NAMES[rows : 2 * rows]


@pytest.mark.parametrize("size", ["0", "-1", "26", "1000000", "x", "50.0", ""])
def test_client_list_shows_fifty_rows_for_a_size_that_there_is_not(
    admin: Client, size: str
) -> None:
    assert len(ids(open_list(admin, size=size))) == 50


def test_client_list_pages_keep_filters_and_order(admin: Client) -> None:
    page = open_list(admin, status="enabled", sort="-id", size="25")

    following = open_list(admin, link_url(page, NEXT))

    assert numbers(following) == "26\u201350 of 90"
    assert text_of(following.select_one(".chip")) == "Status: Enabled"
    assert max(ids(following)) < min(ids(page))


def test_client_list_filters_start_on_the_first_page(admin: Client) -> None:
    second = open_list(admin, link_url(open_list(admin), NEXT))

    page = open_list(admin, link_url(second, "#sort-owner"))

    assert numbers(page) == "1\u201350 of 120"


def test_client_list_page_goes_on_where_its_last_row_is_gone(admin: Client) -> None:
    first = open_list(admin)
    IndexedClient.objects.filter(client_id__in=NAMES[40:60]).delete()

    second = open_list(admin, link_url(first, NEXT))

    assert ids(second) == NAMES[60:110]


def test_client_list_page_shows_no_row_twice_where_rows_came(admin: Client) -> None:
    first = open_list(admin)
    IndexedClient.objects.create(
        uuid="0", client_id="svc-000-new", enabled=True, synced_at=timezone.now()
    )

    second = open_list(admin, link_url(first, NEXT))

    assert ids(second) == NAMES[50:100]


def test_client_list_page_beyond_the_end_is_the_first(admin: Client) -> None:
    second = link_url(open_list(admin), NEXT)
    IndexedClient.objects.filter(client_id__gt=NAMES[30]).delete()

    page = open_list(admin, second)

    assert ids(page) == NAMES[:31]


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "bnVsbA", "AAAA", "%00", "../..", "é", "e30", "9" * 5000]
)
def test_client_list_cursor_that_is_none_leads_to_the_first_page(
    admin: Client, cursor: str
) -> None:
    for way in ("after", "before"):
        assert ids(open_list(admin, **{way: cursor})) == NAMES[:50]


def test_client_list_turns_pages_for_htmx(admin: Client) -> None:
    link = open_list(admin).select(NEXT)[0]

    response = admin.get(str(link["hx-get"]), headers=as_htmx("clients"))

    part = read_part(response, "clients")
    assert ids(part.parent) == NAMES[50:100]  # type: ignore[arg-type]
    assert link["hx-get"] == link["href"]
    assert str(link["href"]).startswith("?") or str(link["href"]).startswith(LIST)
