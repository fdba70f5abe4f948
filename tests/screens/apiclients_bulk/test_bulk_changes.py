"""Several clients at once: each its own write, on record, and sent once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apiclients.models import IndexedClient
from audit.models import Action, Outcome
from console.access import Actor
from gateways import configured
from gateways.errors import NotFoundError
from tests.pages import read_page
from tests.people import sign_in
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_bulk.steps import (
    CLIENTS,
    NAMES,
    confirm,
    confirmation,
    do,
    fill_in,
    lines,
    resume_address,
    run_of,
    work,
)
from tests.screens.browser import banners, heading
from tests.screens.records import assert_recorded, entries

METHODS = {"disable": "PUT", "enable": "PUT", "lifespan": "PUT", "delete": "DELETE"}
ACTIONS = {
    "disable": Action.CLIENT_DISABLE,
    "enable": Action.CLIENT_ENABLE,
    "lifespan": Action.CLIENT_UPDATE,
    "delete": Action.CLIENT_DELETE,
}
WORDS = {
    "disable": "Disabled",
    "enable": "Enabled",
    "lifespan": "Lifespan set",
    "delete": "Deleted",
}
every_action = pytest.mark.parametrize("action", METHODS)
PERHAPS = "It may or may not have happened: check before you repeat it."


@pytest.fixture
def chosen(keycloak: SandboxControl, uuids: list[str], action: str) -> list[str]:
    """The three clients, so that the action makes a difference to each."""
    if action == "enable":
        for uuid in uuids:
            keycloak.change_client(uuid, enabled=False)
        IndexedClient.objects.update(enabled=False)
    keycloak.forget_calls()
    return uuids


@every_action
def test_each_client_is_changed_by_one_call_and_recorded(
    admin: Client, keycloak: SandboxControl, chosen: list[str], action: str
) -> None:
    page = do(admin, chosen, action)

    method = METHODS[action]
    assert keycloak.writes() == [f"{method} {CLIENTS}/{uuid}" for uuid in chosen]
    assert lines(page) == [(name, WORDS[action], "") for name in NAMES]
    found = entries()[::-1]
    for name, entry in zip(NAMES, found, strict=True):
        assert_recorded(entry, ACTIONS[action], Outcome.SUCCEEDED, name=name)
    assert len({entry.record.operation for entry in found}) == 3
    assert len({entry.record.request_id for entry in found}) == 1, "one group"
    links = [str(link["href"]) for link in page.select(".results .c-actions a")]
    assert links == [f"/audit/{entry.record.id}/" for entry in found]


def test_disabling_says_what_it_did(admin: Client, uuids: list[str]) -> None:
    page = do(admin, uuids, "disable")

    assert heading(page) == "Disabled 3 of 3 API clients"
    assert banners(page) == ["3 succeeded."]
    clients = [configured.clients().get_client(uuid) for uuid in uuids]
    assert [client.enabled for client in clients] == [False] * 3
    assert not IndexedClient.objects.filter(enabled=True).exists()
    assert {entry.record.reason for entry in entries()} == {"Not used any more"}


def test_setting_a_lifespan_changes_nothing_else(
    admin: Client, uuids: list[str]
) -> None:
    before = [configured.clients().get_client(uuid) for uuid in uuids]

    do(admin, uuids, "lifespan")

    for old in before:
        new = configured.clients().get_client(old.uuid)
        assert new.access_token_lifespan == 900
        assert (new.enabled, new.description) == (old.enabled, old.description)


def test_deleting_leaves_nothing_but_the_log(admin: Client, uuids: list[str]) -> None:
    do(admin, uuids, "delete")

    for uuid in uuids:
        with pytest.raises(NotFoundError):
            configured.clients().get_client(uuid)
    assert not IndexedClient.objects.exists()


@every_action
def test_a_refusal_concerns_one_client_and_is_recorded(
    admin: Client, keycloak: SandboxControl, chosen: list[str], action: str
) -> None:
    form = confirm(admin, chosen, action)
    keycloak.fail(METHODS[action], f"{chosen[1]}$", "status", status=400)
    work()

    page = read_page(admin.get(form.action))

    assert [line[1] for line in lines(page)] == [
        WORDS[action],
        "Refused",
        WORDS[action],
    ]
    outcomes = [entry.outcome.value for entry in entries()[::-1]]
    assert outcomes == ["succeeded", "failed", "succeeded"]
    assert not page.select(f'form[action="{resume_address(form)}"]')


@every_action
def test_when_no_answer_comes_the_rest_is_not_sent(
    admin: Client,
    keycloak: SandboxControl,
    hasty: None,
    chosen: list[str],
    action: str,
) -> None:
    form = confirm(admin, chosen, action)
    keycloak.fail(METHODS[action], f"{chosen[1]}$", "drop_after")
    work()

    page = read_page(admin.get(form.action))

    assert lines(page) == [
        ("svc-a", WORDS[action], ""),
        ("svc-b", "Unknown", PERHAPS),
        ("svc-c", "Not sent", "The run stopped before it."),
    ]
    [told] = banners(page)
    assert told.startswith("It stopped early: Keycloak did not answer clearly.")
    assert told.endswith("1 succeeded, 1 unknown, 1 not sent.")
    assert len(keycloak.writes()) == 2
    outcomes = [entry.outcome.value for entry in entries()[::-1]]
    assert outcomes == ["succeeded", "unknown"]


@every_action
def test_a_form_that_is_sent_twice_does_each_write_once(
    admin: Client, keycloak: SandboxControl, chosen: list[str], action: str
) -> None:
    form = confirm(admin, chosen, action)
    work()
    first = lines(read_page(admin.get(form.action)))

    second = admin.post(form.action, form.values)
    work()

    page = read_page(admin.get(second["Location"]))
    assert "This form was sent twice. It was done once." in banners(page)
    assert lines(page) == first
    assert len(keycloak.writes()) == len(entries()) == 3


@every_action
def test_a_role_taken_away_stops_the_run(
    admin: Client, keycloak: SandboxControl, chosen: list[str], action: str
) -> None:
    form = confirm(admin, chosen, action)
    keycloak.give_roles("client-admin", realm=["administer-clients"], remove=True)
    work()

    assert keycloak.writes() == []
    assert run_of(form).stopped == "You have no role for this console any more."
    found = entries()
    assert [entry.record.action for entry in found] == [Action.ACCESS_REFUSE]
    keycloak.give_roles("client-admin", realm=["administer-clients"])
    page = read_page(admin.get(form.action))
    assert {line[1] for line in lines(page)} == {"Not sent"}


def test_without_keycloaks_word_on_the_roles_nothing_is_sent(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    keycloak.fail("GET", "generate-example-access-token$", "status", status=500)
    work()

    page = read_page(admin.get(form.action))

    assert keycloak.writes() == []
    assert entries() == []
    assert {line[1] for line in lines(page)} == {"Not sent"}


def test_somebody_else_neither_sees_nor_resumes_a_run(
    admin: Client,
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    uuids: list[str],
) -> None:
    form = fill_in(confirmation(admin, uuids, "disable"), "disable")
    other = as_person("account-admin")

    answers: list[Any] = [
        other.get(form.action),
        other.post(form.action, form.values),
        other.post(resume_address(form)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert work() == 0
    assert keycloak.writes() == []


def test_the_same_subject_of_another_issuer_is_somebody_else(
    people: dict[str, Actor], uuids: list[str], admin: Client
) -> None:
    form = confirm(admin, uuids, "disable")
    run = run_of(form)
    run.actor_issuer = "https://elsewhere.example"
    run.save()

    browser = sign_in(Client(), people["client-admin"])

    assert browser.get(form.action).status_code == 404
