"""The audit log as tests ask it."""

from typing import Any

from bs4 import BeautifulSoup
from django.urls import reverse

from audit.models import Action, Outcome
from audit.selectors import Entry, list_entries
from tests.pages import text_of


def entries() -> list[Entry]:
    """All entries, newest first, each with its outcome."""
    return list(list_entries({}, {}).rows)


def only_entry() -> Entry:
    found = entries()
    assert len(found) == 1, [str(entry.record) for entry in found]
    return found[0]


def assert_recorded(
    entry: Entry,
    action: Action,
    outcome: Outcome,
    *,
    name: str,
    username: str = "client-admin",
) -> None:
    """That this person did this to the client of that name, or tried to."""
    assert entry.record.action == action
    assert entry.outcome.value == outcome.value
    assert entry.record.object_name == name
    assert entry.record.actor_username == username
    assert entry.record.address == "127.0.0.1"


def assert_names_the_entry(page: BeautifulSoup, entry: Entry, response: Any) -> None:
    """That the number on the page finds the entry, and that there is a link to it."""
    number = response["X-Request-ID"]
    assert text_of(page.select_one(".banner code")) == number
    assert entry.record.request_id == number
    assert entry.settled is not None
    assert entry.settled.request_id == number
    assert page.find("a", href=reverse("audit:entry", args=[entry.record.id]))
