"""The audit log: sentences with the right person, page or part, and who may read it."""

from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from apiclients import services
from audit.models import Action, Outcome, Phase, Record
from audit.recorder import record_event
from console.access import Actor
from gateways.errors import NotFoundError
from gateways.keycloak.models import ClientChange
from tests.factories import append_all, make_entry, make_event, make_record
from tests.pages import as_htmx, read_part, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.audit.reading import LIST, Row, open_list, rows

HOSTILE = "<script>alert(1)</script>"


def test_audit_list_that_is_empty_says_what_will_be_here(admin: Client) -> None:
    page = open_list(admin)

    assert text_of(page.select_one("#entries h2")) == "No entries yet"
    assert not page.select("table")
    assert text_of(page.title).startswith("Audit log")


def test_audit_list_tells_each_entry_as_a_sentence_with_its_person(
    admin: Client,
) -> None:
    make_event(actor_name="Alice Moreau", address="192.0.2.1")
    make_entry(action=Action.CLIENT_CREATE, object_name="etl-prod")
    make_entry(Outcome.FAILED, action=Action.SECRET_REGENERATE)
    make_entry(Outcome.UNKNOWN, address="2001:db8::7")
    make_entry(None)

    bob, reports = "Bob Tanaka", "svc-reports"
    assert [row.__dict__ | {"link": ""} for row in rows(open_list(admin))] == [
        row.__dict__
        for row in (
            Row(
                bob, f"Tried to delete {reports}", "Admin", "192.0.2.7", "Under way", ""
            ),
            Row(
                bob, f"Tried to delete {reports}", "Admin", "2001:db8::7", "Unknown", ""
            ),
            Row(
                *(bob, f"Tried to regenerate the secret of {reports}"),
                *("Secret", "192.0.2.7", "Failed", ""),
            ),
            Row(bob, "Created etl-prod", "Admin", "192.0.2.7", "Succeeded", ""),
            Row("Alice Moreau", "Signed in", "Auth", "192.0.2.1", "Succeeded", ""),
        )
    ]


def test_audit_list_links_each_entry_to_its_page(admin: Client) -> None:
    intent = make_entry()

    (row,) = rows(open_list(admin))

    assert row.link == reverse("audit:entry", args=[intent.id])


@pytest.mark.django_db(transaction=True)
def test_audit_list_tells_of_what_services_really_did(
    durable_db: None,
    admin: Client,
    people: dict[str, Actor],
    keycloak: SandboxControl,
) -> None:
    alice, bob = people["account-admin"], people["client-admin"]
    uuid = services.create_client(
        "etl-prod", ClientChange("", "", True, None), actor=bob, operation=uuid4()
    )
    services.show_secret(uuid, actor=alice)
    details: dict[str, Any] = {"actor": bob, "reason": "", "operation": uuid4()}
    services.delete_client(uuid, typed="etl-prod", **details)
    with pytest.raises(NotFoundError):
        services.copy_secret(uuid, actor=bob)

    assert [(row.actor, row.summary) for row in rows(open_list(admin))] == [
        ("Bob Tanaka", "Deleted etl-prod"),
        ("Alice Moreau", "Showed the secret of etl-prod"),
        ("Bob Tanaka", "Created etl-prod"),
    ]


def test_audit_list_names_a_person_without_a_name_by_username(admin: Client) -> None:
    make_event(actor_name="", actor_username="robot")

    assert rows(open_list(admin))[0].actor == "robot"


def test_audit_list_shows_hostile_names_as_text(admin: Client) -> None:
    make_entry(
        action=Action.CLIENT_UPDATE,
        object_name=HOSTILE,
        actor_name=HOSTILE,
        address=HOSTILE,
        changes={"owner": {"before": HOSTILE, "after": "{{ 7|add:7 }}"}},
    )

    page = open_list(admin)

    (row,) = rows(page)
    assert (row.actor, row.address) == (HOSTILE, HOSTILE)
    assert HOSTILE in row.summary
    assert "{{ 7|add:7 }}" in row.summary
    assert not page.select("main script")


def test_audit_list_shows_entries_of_another_version(admin: Client) -> None:
    make_entry(action="client.frobnicate", changes={"owner": 7})
    make_record(action="", phase=Phase.EVENT, outcome=Outcome.SUCCEEDED)

    assert [row.summary for row in rows(open_list(admin))] == [
        "svc-reports",
        "client.frobnicate svc-reports",
    ]


def test_audit_list_asks_no_other_service(
    admin: Client, keycloak: SandboxControl
) -> None:
    make_entry()

    open_list(admin, person="bob", outcome="succeeded")

    assert keycloak.calls() == []


def test_audit_list_as_htmx_is_the_part_alone(admin: Client) -> None:
    make_entry()

    response = admin.get(LIST, headers=as_htmx("entries"))

    assert len(rows(read_part(response, "entries"))) == 1
    assert {"HX-Request", "HX-Target"} <= set(response["Vary"].split(", "))


@pytest.mark.parametrize("target", ["", "main", "alerts"])
def test_audit_list_for_another_target_is_a_page(admin: Client, target: str) -> None:
    response = admin.get(LIST, headers=as_htmx(target))

    assert BeautifulSoup(response.content, "html.parser").select("html main h1")


def test_audit_list_is_in_the_menu(admin: Client) -> None:
    page = open_list(admin)

    current = page.select('nav.side [aria-current="page"]')
    assert [text_of(link) for link in current] == ["Audit log"]


@pytest.mark.parametrize(
    "filters", [{}, {"object": "svc-reports", "outcome": "unknown"}]
)
def test_audit_list_costs_the_same_for_10_and_for_10_000_entries(
    admin: Client, django_assert_max_num_queries: Any, filters: dict[str, str]
) -> None:
    counts = []
    for entries in (10, 10_000):
        fill(entries)
        with django_assert_max_num_queries(8) as queries:
            page = open_list(admin, **filters)
        assert rows(page)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert "10,000+" in text_of(page.select_one(".pager")) or filters


def fill(entries: int) -> None:
    """So many more, half of them with an outcome."""
    like = make_entry(Outcome.UNKNOWN)
    values = {
        f.name: getattr(like, f.name) for f in Record._meta.fields if f.name != "id"
    }
    made = append_all(Record(**values) for _ in range(entries))
    settled = {**values, "phase": Phase.OUTCOME, "outcome": Outcome.UNKNOWN}
    append_all(Record(**{**settled, "intent": intent}) for intent in made[::2])


def test_audit_list_refusing_somebody_twice_records_it_twice(
    admin: Client, people: dict[str, Actor]
) -> None:
    for _ in range(2):
        record_event(
            Action.ACCESS_REFUSE, actor=people["visitor"], outcome=Outcome.FAILED
        )

    found = {(row.actor, row.summary) for row in rows(open_list(admin))}
    assert found == {("Carol Lindqvist", "Was refused: no role for this console")}


def test_audit_list_links_back_to_everything_when_a_filter_matches_nothing(
    admin: Client,
) -> None:
    make_entry()

    page = open_list(admin, person="nobody")

    assert text_of(page.select_one("#entries h2")) == "No entry matches these filters"
    assert {str(a["href"]) for a in page.select("#entries a.btn")} == {LIST}
