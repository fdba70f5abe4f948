"""Every change: it works, it is refused, no answer comes; each is recorded."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.fingerprints import fingerprint
from audit.models import Outcome
from console.access import Actor
from gateways.keycloak.models import ClientSecret
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    CHANGES,
    CREATE,
    DELETE,
    DISABLE,
    ENABLE,
    REGENERATE,
    UPDATE,
    Change,
)
from tests.screens.browser import follow, heading
from tests.screens.records import (
    assert_names_the_entry,
    assert_recorded,
    only_entry,
)

PERHAPS = "It may or may not have happened: check before you repeat it"
every_change = pytest.mark.parametrize("change", CHANGES, ids=str)


@pytest.fixture
def uuid(reports: str, change: Change, keycloak: SandboxControl) -> str:
    if change is ENABLE:
        keycloak.change_client(reports, enabled=False)
    return reports


@every_change
def test_a_change_is_made_by_one_call_and_recorded(
    admin: Client,
    people: dict[str, Actor],
    keycloak: SandboxControl,
    change: Change,
    uuid: str,
) -> None:
    response = change.make(admin, uuid)

    assert response.status_code == (200 if change is REGENERATE else 302)
    assert keycloak.writes() == change.calls(uuid)
    entry = only_entry()
    assert_recorded(entry, change.action, Outcome.SUCCEEDED, name=change.name)
    assert entry.summary == change.done
    assert entry.record.actor_name == "Bob Tanaka"
    assert entry.record.actor_subject == people["client-admin"].subject
    assert entry.record.reason == change.values.get("reason", "")
    assert entry.record.request_id == response["X-Request-ID"]
    assert entry.settled is not None
    assert entry.settled.request_id == response["X-Request-ID"]
    if not change.creates:
        assert entry.object_id == uuid


@pytest.mark.parametrize("change", [CREATE, UPDATE, DISABLE, ENABLE, DELETE], ids=str)
def test_a_change_is_recorded_with_the_values_before_and_after(
    admin: Client, change: Change, uuid: str
) -> None:
    change.make(admin, uuid)

    assert only_entry().changes == change.changes


@pytest.mark.parametrize("change", [REGENERATE], ids=str)
def test_a_regeneration_is_recorded_with_the_fingerprints_before_and_after(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    before = fingerprint(ClientSecret(keycloak.secret(uuid)))

    change.make(admin, uuid)

    after = fingerprint(ClientSecret(keycloak.secret(uuid)))
    assert before != after
    assert only_entry().changes == [
        {"field": "Secret fingerprint", "before": before, "after": after}
    ]


REFUSALS = {400: 422, 403: 502, 409: 409}


@pytest.mark.parametrize(
    ("change", "answer", "status"),
    [
        *(
            pytest.param(change, *pair, id=f"{change}-{pair[0]}")
            for change in CHANGES
            for pair in REFUSALS.items()
            # A taken id has a message of its own.
            if (change, pair[0]) != (CREATE, 409)
        ),
        pytest.param(REGENERATE, 401, 502, id="console not known"),
        pytest.param(REGENERATE, 429, 503, id="too many requests"),
    ],
)
def test_a_refusal_is_recorded_and_said_to_have_changed_nothing(
    admin: Client,
    keycloak: SandboxControl,
    change: Change,
    uuid: str,
    answer: int,
    status: int,
) -> None:
    keycloak.fail(change.method, change.path, "status", status=answer)

    response = change.make(admin, uuid)

    page = read_page(response)
    assert response.status_code == status
    assert heading(page) == "Nothing was changed"
    entry = only_entry()
    assert_recorded(entry, change.action, Outcome.FAILED, name=change.name)
    assert entry.summary == change.tried
    assert_names_the_entry(page, entry, response)


def no_answer(change: Change) -> dict[str, dict[str, Any]]:
    """The faults after which nobody can tell whether the change was made."""
    faults: dict[str, dict[str, Any]] = {
        "drop_after": {"action": "drop_after"},
        "drop_before": {"action": "drop_before"},
        "500": {"action": "status", "status": 500},
        "502": {"action": "status", "status": 502, "body": "<h1>Bad gateway</h1>"},
        "garbage": {"action": "garbage"},
        "late": {"action": "delay", "seconds": 1},
    }
    if change is REGENERATE:
        # The other answers have no body that could be cut.
        faults["503"] = {"action": "status", "status": 503}
        faults["504"] = {"action": "status", "status": 504}
        faults["cut"] = {"action": "cut"}
        faults["nonsense"] = {"action": "status", "status": 200, "body": "[1]"}
        faults["no value"] = {"action": "status", "status": 200, "body": "{}"}
    return faults


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(change, fault, id=f"{change}-{name}")
        for change in CHANGES
        for name, fault in no_answer(change).items()
    ],
)
def test_a_lost_answer_is_recorded_as_unknown_and_the_call_not_repeated(
    admin: Client,
    keycloak: SandboxControl,
    hasty: None,
    change: Change,
    uuid: str,
    fault: dict[str, Any],
) -> None:
    address, values = change.open(admin, uuid)
    keycloak.fail(change.method, change.path, **fault)

    response = admin.post(address, values)

    page = read_page(response)
    assert response.status_code == 502
    assert heading(page) == PERHAPS
    assert keycloak.writes() == change.calls(uuid)
    entry = only_entry()
    assert_recorded(entry, change.action, Outcome.UNKNOWN, name=change.name)
    assert entry.summary == change.tried
    assert_names_the_entry(page, entry, response)


@every_change
def test_a_form_that_is_sent_twice_does_its_work_once_and_ends_where_it_first_did(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    address, values = change.open(admin, uuid)
    first = admin.post(address, values)
    created = first.headers.get("Location", "").partition("?")[0]
    read_page(admin.get(reverse("apiclients:list")))  # the first one's message

    second = admin.post(address, values)

    landing = created if change.creates else change.landing_address(uuid)
    assert second["Location"] == landing
    assert "This form was sent twice. It was done once." in text_of(
        follow(admin, second).main
    )
    assert len(keycloak.writes()) == 1
    assert_recorded(only_entry(), change.action, Outcome.SUCCEEDED, name=change.name)


@every_change
@pytest.mark.parametrize("status", [400, 500])
def test_a_form_that_did_not_work_leads_to_its_entry_when_it_is_sent_again(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str, status: int
) -> None:
    address, values = change.open(admin, uuid)
    keycloak.fail(change.method, change.path, "status", status=status, times=1)
    admin.post(address, values)

    second = admin.post(address, values)

    entry = only_entry()
    assert second["Location"] == reverse("audit:entry", args=[entry.record.id])
    assert change.tried.replace("<b>", "").replace("</b>", "") in text_of(
        follow(admin, second).main
    )
    assert len(keycloak.writes()) == 1
