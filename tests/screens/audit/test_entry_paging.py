"""Turning the pages of 120 entries, forwards and back."""

import pytest
from bs4.element import Tag
from django.test import Client

from audit.models import Record
from tests.factories import make_entry, make_event
from tests.pages import as_htmx, read_page, read_part, text_of
from tests.screens.audit.reading import link_of, numbers, open_list


@pytest.fixture
def entries(db: None) -> list[int]:
    """120 of them, newest first."""
    return [make_event(object_name=f"svc-{n}").id for n in range(120)][::-1]


def shown(page: Tag) -> str:
    return text_of(page.select_one(".pager .numbers"))


def turn(browser: Client, page: Tag, label: str) -> Tag:
    return read_page(browser.get(link_of(page, label)))


def test_pages_forwards_and_back(admin: Client, entries: list[int]) -> None:
    first = open_list(admin)
    second = turn(admin, first, "Next")
    third = turn(admin, second, "Next")

    pages = [first, second, third]
    assert [numbers(page) for page in pages] == [
        *(entries[:50], entries[50:100], entries[100:]),
    ]
    assert [shown(page) for page in pages] == [
        *("1–50 of 120", "51–100 of 120", "101–120 of 120"),  # noqa: RUF001
    ]
    assert not third.select("a#page-next")

    again = turn(admin, third, "Previous")
    assert (numbers(again), shown(again)) == (numbers(second), shown(second))
    start = turn(admin, again, "Previous")
    assert (numbers(start), shown(start)) == (numbers(first), shown(first))
    assert not start.select("a#page-previous")


def test_pages_keep_their_filters(admin: Client, entries: list[int]) -> None:
    make_entry(actor_name="Alice Moreau", actor_username="account-admin")

    second = turn(admin, open_list(admin, person="bob tanaka"), "Next")

    assert numbers(second) == entries[50:100]
    assert shown(second).endswith("of 120")


def test_pages_stand_still_while_entries_come(
    admin: Client, entries: list[int]
) -> None:
    first = open_list(admin)
    for _ in range(3):
        make_event()

    assert numbers(turn(admin, first, "Next")) == entries[50:100]


def test_a_page_as_htmx_is_the_part_and_says_where_it_is(
    admin: Client, entries: list[int]
) -> None:
    link = open_list(admin).select("a#page-next")[0]
    assert link["hx-push-url"] == "true"

    response = admin.get(str(link["href"]), headers=as_htmx("entries"))

    assert numbers(read_part(response, "entries")) == entries[50:100]
    assert "120 entries, 51 to 100 shown" in response.text


def test_outcomes_take_no_place_on_a_page(admin: Client) -> None:
    intents = [make_entry().id for _ in range(60)]
    assert Record.objects.count() == 120

    page = open_list(admin)

    assert numbers(page) == intents[:9:-1]
    assert shown(page) == "1–50 of 60"  # noqa: RUF001
