"""The filters of the audit log: each one, presets, chips, and nonsense."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Action, Outcome
from tests.factories import make_entry, make_event
from tests.pages import read_page, text_of
from tests.screens.audit.reading import LIST, chips, link_of, numbers, open_list

NOW = timezone.now()


def minute(ago: timedelta) -> str:
    """As a browser's field for date and time writes it."""
    return f"{NOW - ago:%Y-%m-%dT%H:%M}"


def test_entries_by_time(admin: Client) -> None:
    old = make_event(at=NOW - timedelta(hours=30))
    new = make_event(at=NOW - timedelta(minutes=30))
    yesterday = minute(timedelta(hours=24))

    assert numbers(open_list(admin, since=yesterday)) == [new.id]
    assert numbers(open_list(admin, until=yesterday)) == [old.id]


def test_entries_by_person(admin: Client) -> None:
    make_event()
    alice = make_event(actor_username="account-admin", actor_name="Alice Moreau")

    assert numbers(open_list(admin, person="alice moreau")) == [alice.id]
    assert numbers(open_list(admin, person="account-admin")) == [alice.id]


def test_entries_by_action(admin: Client) -> None:
    make_event()
    deletion = make_entry()

    assert numbers(open_list(admin, action=Action.CLIENT_DELETE)) == [deletion.id]


def test_entries_by_client(admin: Client) -> None:
    make_event()
    make_entry(object_name="etl-prod")
    reports = make_entry(object_name="svc-reports", object_id="5e0fd8ea")

    assert numbers(open_list(admin, object="SVC-REPORTS")) == [reports.id]
    assert numbers(open_list(admin, object="5e0fd8ea")) == [reports.id]


def test_entries_by_address(admin: Client) -> None:
    make_event(address="192.0.2.70")
    event = make_event(address="192.0.2.7")

    assert numbers(open_list(admin, address=" 192.0.2.7 ")) == [event.id]


def test_fields_say_that_a_whole_value_is_wanted(admin: Client) -> None:
    page = open_list(admin)

    said = {str(f["name"]): f.get("placeholder") for f in page.select("#filters input")}
    assert said["person"] == "Whole username or name"
    assert said["object"] == "Whole ID"
    assert said["address"] == "Whole IP address"


@pytest.mark.parametrize("outcome", Outcome)
def test_entries_by_outcome(admin: Client, outcome: Outcome) -> None:
    made = {outcome: make_entry(outcome) for outcome in Outcome}

    assert numbers(open_list(admin, outcome=outcome)) == [made[outcome].id]


def test_filters_that_are_set_are_chips_and_stay_in_the_form(admin: Client) -> None:
    make_entry(Outcome.FAILED)

    page = open_list(
        admin,
        since="2026-01-02T03:04",
        person="client-admin",
        action=Action.CLIENT_DELETE,
        object="svc-reports",
        outcome="failed",
        address="192.0.2.7",
    )

    assert chips(page) == [
        "From: 2026-01-02 03:04",
        "Person: client-admin",
        "Action: Deleted",
        "API client or cluster: svc-reports",
        "Outcome: Failed",
        "Address: 192.0.2.7",
    ]
    values = {str(f["name"]): f.get("value") for f in page.select("#filters input")}
    assert values["since"] == "2026-01-02T03:04"
    assert (values["person"], values["object"]) == ("client-admin", "svc-reports")
    chosen = [str(o["value"]) for o in page.select("#filters option[selected]")]
    assert chosen == ["client.delete", "failed"]
    assert link_of(page, "Clear filters") == LIST


def test_a_chip_removes_its_filter_and_keeps_the_others(admin: Client) -> None:
    entry = make_entry(Outcome.FAILED)
    page = open_list(admin, person="client-admin", outcome="failed", after="x")

    (link,) = page.select('[aria-label="Remove filter Outcome: Failed"]')
    response = admin.get(str(link["href"]))

    assert parse_qs(urlsplit(str(link["href"])).query) == {"person": ["client-admin"]}
    assert numbers(read_page(response)) == [entry.id]


def test_filters_as_hostile_text_are_text(admin: Client) -> None:
    hostile = '"><script>alert(1)</script>'

    page = open_list(admin, person=hostile, object=hostile)

    assert chips(page) == [
        f"Person: {hostile}",
        f"API client or cluster: {hostile}",
    ]
    assert not page.select("main script")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"since": "yesterday"},
        {"until": "2026-13-45T99:99"},
        {"since": "9999999999999"},
        {"since": "0000-00-00T00:00"},
        {"action": "client.frobnicate"},
        {"outcome": "open"},
        {"person": "x" * 101},
        {"person": "a\x00b"},
        {"object": "\x00"},
        {"address": "\x00"},
        {"address": "1" * 46},
        {"after": "nonsense"},
        {"before": "../../etc/passwd"},
        {"after": "WyJhIiwiYiIsMV0"},
        {"colour": "blue"},
    ],
)
def test_what_cannot_be_understood_filters_nothing(
    admin: Client, nonsense: dict[str, str]
) -> None:
    entry = make_entry()

    page = open_list(admin, **nonsense)

    assert numbers(page) == [entry.id]
    assert chips(page) == []


@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00", "9999-12-31T23:59", "2026-02-28", "2026-01-01 10:00"],
)
def test_instants_at_the_ends_of_time_are_understood(
    admin: Client, instant: str
) -> None:
    make_entry()

    assert len(chips(open_list(admin, since=instant, until=instant))) == 2


@pytest.mark.parametrize(
    ("label", "span"),
    [
        ("1 h", timedelta(hours=1)),
        ("24 h", timedelta(hours=24)),
        ("7 days", timedelta(days=7)),
        ("30 days", timedelta(days=30)),
    ],
)
def test_a_preset_shows_that_span_and_is_marked(
    admin: Client, label: str, span: timedelta
) -> None:
    now = timezone.now()  # not when the tests were collected: spans count from now
    make_entry(at=now - span - timedelta(minutes=2))
    inside = make_entry(at=now - span + timedelta(minutes=2))

    page = read_page(admin.get(link_of(open_list(admin), label)))

    assert numbers(page) == [inside.id]
    current = page.select("#presets [aria-current]")
    assert [text_of(link) for link in current] == [label]


def test_a_preset_keeps_the_other_filters(admin: Client) -> None:
    page = open_list(admin, person="bob", until="2026-01-01T00:00")

    query = parse_qs(urlsplit(link_of(page, "24 h")).query)

    assert set(query) == {"person", "since"}
