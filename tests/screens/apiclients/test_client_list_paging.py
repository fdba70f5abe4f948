"""Paging the list by keys: forwards, backwards, and while it changes."""

import random

import pytest
from django.test import Client
from django.utils import timezone

from apiclients.models import IndexedClient
from tests.pages import as_htmx, read_part, text_of
from tests.screens.apiclients.listing import (
    LIST,
    glance,
    ids,
    link_url,
    numbers,
    open_list,
)

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")

HOW_MANY = 120
NAMES = [f"svc-{number:03}" for number in range(HOW_MANY)]


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
    assert not page.select("#page-previous")
    assert text_of(page.select_one("#page-next")) == "Next"


def test_client_list_turns_to_the_end_and_back(admin: Client) -> None:
    first = glance(admin)
    second = glance(admin, first.next)
    third = glance(admin, second.next)

    assert second.ids == NAMES[50:100]
    assert second.numbers == "51\u2013100 of 120"
    assert third.ids == NAMES[100:]
    assert third.numbers == "101\u2013120 of 120"
    assert not third.next
    back = glance(admin, third.previous)
    assert back.ids == NAMES[50:100]
    assert back.numbers == "51\u2013100 of 120"
    start = glance(admin, back.previous)
    assert start == first


@pytest.mark.parametrize("sort", ["-id", "owner", "-owner", "lifespan", "-lifespan"])
def test_client_list_turns_through_every_row_once_whatever_the_order(
    admin: Client, sort: str
) -> None:
    page = glance(admin, sort=sort)
    seen = list(page.ids)
    while page.next:
        page = glance(admin, page.next)
        seen += page.ids

    assert sorted(seen) == NAMES
    while page.previous:
        page = glance(admin, page.previous)
    assert page.ids == seen[:50]


@pytest.mark.parametrize(("size", "rows"), [("25", 25), ("50", 50), ("100", 100)])
def test_client_list_shows_as_many_rows_as_asked(
    admin: Client, size: str, rows: int
) -> None:
    page = glance(admin, size=size)

    assert page.ids == NAMES[:rows]
    assert glance(admin, page.next).ids == NAMES[rows : 2 * rows]


@pytest.mark.parametrize("size", ["0", "-1", "26", "1000000", "x", "50.0", ""])
def test_client_list_shows_fifty_rows_for_a_size_that_there_is_not(
    admin: Client, size: str
) -> None:
    assert len(glance(admin, size=size).ids) == 50


def test_client_list_pages_keep_filters_and_order(admin: Client) -> None:
    page = glance(admin, status="enabled", sort="-id", size="25")

    following = open_list(admin, page.next)

    assert numbers(following) == "26\u201350 of 90"
    assert text_of(following.select_one(".chip")) == "Status: Enabled"
    assert max(ids(following)) < min(page.ids)


def test_client_list_filters_start_on_the_first_page(admin: Client) -> None:
    second = open_list(admin, glance(admin).next)

    page = glance(admin, link_url(second, "#sort-owner"))

    assert page.numbers == "1\u201350 of 120"


def test_client_list_page_goes_on_where_its_last_row_is_gone(admin: Client) -> None:
    first = glance(admin)
    IndexedClient.objects.filter(client_id__in=NAMES[40:60]).delete()

    assert glance(admin, first.next).ids == NAMES[60:110]


def test_client_list_page_shows_no_row_twice_where_rows_came(admin: Client) -> None:
    first = glance(admin)
    IndexedClient.objects.create(
        uuid="0", client_id="svc-000-new", enabled=True, synced_at=timezone.now()
    )

    assert glance(admin, first.next).ids == NAMES[50:100]


def test_client_list_page_beyond_the_end_is_the_first(admin: Client) -> None:
    second = glance(admin).next
    IndexedClient.objects.filter(client_id__gt=NAMES[30]).delete()

    assert glance(admin, second).ids == NAMES[:31]


@pytest.mark.parametrize("way", ["after", "before"])
def test_client_list_cursor_that_is_none_leads_to_the_first_page(
    admin: Client, way: str
) -> None:
    cursors = ("x", "W10", "bnVsbA", "AAAA", "%00", "../..", "é", "e30", "9" * 5000)
    for cursor in cursors:
        assert glance(admin, **{way: cursor}).ids == NAMES[:50], cursor


def test_client_list_turns_pages_for_htmx(admin: Client) -> None:
    link = open_list(admin).select("#page-next")[0]

    response = admin.get(str(link["hx-get"]), headers=as_htmx("clients"))

    part = read_part(response, "clients")
    assert ids(part.parent) == NAMES[50:100]  # type: ignore[arg-type]
    assert link["hx-get"] == link["href"]
    assert str(link["href"]).startswith("?") or str(link["href"]).startswith(LIST)
