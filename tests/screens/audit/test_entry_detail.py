"""One entry: everything that was recorded, and what to do when nobody knows."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from bs4.element import Tag
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome, Record
from tests.factories import make_entry, make_event, settle
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.audit.reading import facts, numbers

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"


def open_entry(browser: Client, number: int) -> Tag:
    response = browser.get(reverse("audit:entry", args=[number]))
    assert response.status_code == 200
    return read_page(response)


def changes(page: Tag) -> list[list[str]]:
    rows = page.select("#changes tbody tr")
    return [[text_of(cell) for cell in row.select("th, td")] for row in rows]


def test_audit_entry_shows_everything_that_was_recorded(admin: Client) -> None:
    operation = uuid4()
    intent = make_entry(
        None,
        action=Action.CLIENT_UPDATE,
        at=AT,
        object_id="5e0fd8ea",
        operation=operation,
        reason="Moved to another team",
        changes={
            "owner": {"before": "", "after": "data"},
            "enabled": {"before": True, "after": False},
        },
    )
    settle(intent, Outcome.SUCCEEDED, at=AT.replace(second=6), changes=intent.changes)

    page = open_entry(admin, intent.id)

    assert text_of(page.select_one("h1")) == "Changed svc-reports"
    assert text_of(page.select_one(".head .state")) == "Succeeded"
    assert facts(page) == {
        "Time": "2 Jan 2026, 03:04:05 UTC",
        "Settled": "2 Jan 2026, 03:04:06 UTC",
        "Actor": "Bob Tanaka client-admin",
        "Subject": "b0b",
        "Client": "svc-reports 5e0fd8ea",
        "Reason": "Moved to another team",
        "IP address": "192.0.2.7",
        "Reference": "req-0123456789ab",
        "Operation": str(operation),
    }
    assert changes(page) == [["Owner", "–", "data"], ["Enabled", "yes", "no"]]  # noqa: RUF001


def test_audit_entry_of_an_event_stands_alone(admin: Client) -> None:
    page = open_entry(admin, make_event(actor_name="Alice Moreau").id)

    assert text_of(page.select_one("h1")) == "Signed in"
    assert set(facts(page)) == {"Time", "Actor", "Subject", "IP address", "Reference"}
    assert not page.select("#changes")
    assert not page.select(".banner")


def test_audit_entry_that_failed_says_why(admin: Client) -> None:
    intent = make_entry(None)
    settle(intent, Outcome.FAILED, explanation="Client already exists")

    page = open_entry(admin, intent.id)

    assert text_of(page.select_one("h1")) == "Tried to delete svc-reports"
    assert text_of(page.select_one(".head .state")) == "Failed"
    assert text_of(page.select_one(".banner")) == "Client already exists"


@pytest.mark.parametrize(
    ("action", "advice"),
    [
        (Action.CLIENT_CREATE, "if it is there, it was created"),
        (Action.CLIENT_DELETE, "if it is gone, it was deleted"),
        (Action.SECRET_REGENERATE, "Compare the fingerprint"),
        (Action.CLIENT_UPDATE, "compare it with the values below"),
    ],
)
def test_audit_entry_that_nobody_knows_says_what_to_check(
    admin: Client, action: Action, advice: str
) -> None:
    page = open_entry(admin, make_entry(Outcome.UNKNOWN, action=action).id)

    banner = text_of(page.select_one(".banner"))
    assert banner.startswith("It may or may not have happened.")
    assert advice in banner


def test_audit_entry_without_an_outcome_is_unknown_after_a_while(admin: Client) -> None:
    page = open_entry(admin, make_entry(None, at=AT).id)

    assert text_of(page.select_one(".head .state")) == "Unknown"
    assert "may or may not" in text_of(page.select_one(".banner"))
    assert "Settled" not in facts(page)


def test_audit_entry_under_way_does_not_alarm(admin: Client) -> None:
    page = open_entry(admin, make_entry(None).id)

    assert text_of(page.select_one(".head .state")) == "Under way"
    assert not page.select(".banner")


def test_audit_entry_shows_hostile_values_as_text(admin: Client) -> None:
    intent = make_entry(
        None,
        action=Action.CLIENT_UPDATE,
        object_name=HOSTILE,
        actor_name=HOSTILE,
        reason=HOSTILE,
        changes={HOSTILE: {"before": HOSTILE, "after": [HOSTILE]}},
    )
    settle(intent, Outcome.FAILED, explanation=HOSTILE, changes=intent.changes)

    page = open_entry(admin, intent.id)

    assert not page.select("img, main script")
    assert facts(page)["Reason"] == HOSTILE
    assert changes(page)[0][:2] == [HOSTILE, HOSTILE]


@pytest.mark.parametrize("old", [None, [], {}, {"owner": "x"}, {"owner": {"after": 1}}])
def test_audit_entry_of_another_shape_renders(admin: Client, old: Any) -> None:
    for action in (Action.CLIENT_UPDATE, "client.frobnicate"):
        intent = make_entry(None, action=action, changes={}, object_type="")
        # What an older console may have written, whatever the column says today.
        settle(intent, Outcome.SUCCEEDED, changes={} if old is None else old)
        open_entry(admin, intent.id)


def test_audit_entry_that_is_none_is_not_found(admin: Client) -> None:
    intent = make_entry()
    outcome = Record.objects.get(intent=intent)

    for number in (outcome.id, outcome.id + 1, 0, 10**30):
        response = admin.get(reverse("audit:entry", args=[number]))
        assert response.status_code == 404
        assert text_of(read_page(response).select_one("h1")) == "There is nothing here"


@pytest.mark.parametrize("path", ["-1", "1.5", "abc", "1'", "%00", "../1"])
def test_audit_entry_by_no_number_is_not_found(admin: Client, path: str) -> None:
    assert admin.get(f"/audit/{path}/").status_code == 404


def test_audit_entry_asks_no_other_service(
    admin: Client, keycloak: SandboxControl, django_assert_max_num_queries: Any
) -> None:
    intent = make_entry()

    with django_assert_max_num_queries(8):
        open_entry(admin, intent.id)

    assert keycloak.calls() == []


def test_audit_entry_leads_to_others_like_it(admin: Client) -> None:
    make_event(actor_username="account-admin", address="192.0.2.8")
    entry = make_entry(object_name="etl & co", address="2001:db8::7")

    links = open_entry(admin, entry.id).select("#entry-facts a")

    assert [text_of(link) for link in links] == [
        *("client-admin", "etl & co", "2001:db8::7"),
    ]
    for link in links:
        assert numbers(read_page(admin.get(str(link["href"])))) == [entry.id]
