"""What the screens say about the chain: verified, broken, and each entry's place."""

from typing import Any

import pytest
from bs4.element import Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit import monitor
from audit.append_only import append_only_lifted
from audit.checkpoints import make_checkpoint
from audit.models import Record, Verification
from tests.factories import make_event
from tests.pages import read_page, text_of
from tests.screens.audit.reading import LIST


def banner(browser: Client) -> Tag:
    (found,) = read_page(browser.get(LIST)).select("#verification")
    return found


def place(browser: Client, record: Record) -> dict[str, str]:
    page = read_page(browser.get(reverse("audit:entry", args=[record.id])))
    facts: Any = page.select_one("#entry-place dl")
    return {text_of(dt): text_of(dt.find_next("dd")) for dt in facts.select("dt")}


def test_audit_list_says_up_to_where_the_chain_is_verified(admin: Client) -> None:
    assert text_of(banner(admin)) == "The chain was not verified yet."
    make_event()
    found = monitor.verify_new()

    said = banner(admin)

    assert text_of(said) == (
        f"Chain verified up to entry {found.sequence:,} at {found.at:%H:%M}"
    )
    assert not said.select(".banner")


def test_audit_list_names_the_first_broken_entry_in_red(admin: Client) -> None:
    record = make_event()
    make_event()
    with append_only_lifted():
        Record.objects.filter(id=record.id).update(reason="Quite another")
    monitor.verify_new()

    said = banner(admin)

    assert f"broken at entry {record.id}: it was altered" in text_of(said)
    assert said.select(".banner.error[role=alert]")


def test_audit_list_tells_of_its_verification_in_one_query(admin: Client) -> None:
    make_event()
    monitor.verify_new()

    with CaptureQueriesContext(connection) as queries:
        banner(admin)

    table = Verification._meta.db_table
    assert sum(table in query["sql"] for query in queries) == 1
    assert len(queries) <= 8


@pytest.mark.django_db
def test_an_entry_shows_its_place_in_the_chain(admin: Client) -> None:
    first, second = make_event(), make_event()

    before = place(admin, second)
    made = make_checkpoint()
    make_event()
    after = place(admin, second)

    assert made
    assert before["Sequence"] == str(second.id)
    assert (before["Hash"], before["Previous hash"]) == (second.hash, first.hash)
    assert before["Checkpoint"] == "Not covered by a signed checkpoint yet"
    assert f"that of entry {made.sequence}" in after["Checkpoint"]
    assert made.key_id in after["Checkpoint"]
