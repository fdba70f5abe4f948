"""Step-up: what an unattended browser must not do asks for a recent sign-in."""

import time
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from audit.models import Action, Outcome
from console import step_up
from console.access import Actor
from tests.architecture.addresses import list_addresses
from tests.pages import read_page, text_of
from tests.people import sign_in
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.browser import (
    Form,
    banners,
    find_form,
    follow,
    heading,
    open_form,
)
from tests.screens.forging import HostileProvider
from tests.screens.provider import Provider, come_back, is_signed_in, parameters_of
from tests.screens.records import entries, only_entry

AGAIN = reverse("console:sign-in-again")
LONG_AGO = 16 * 60
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")

# Every act that asks for it; the others do not.
ASKS = {
    *("apiclients:secret-show", "apiclients:secret-copy"),
    *("apiclients:secret-regenerate", "apiclients:token-download"),
    *("apiclients:delete", "apiclients:bulk-run", "apiclients:bulk-resume"),
    "clusters:restart",
}


@pytest.fixture
def uuid(keycloak: SandboxControl) -> str:
    return keycloak.add_client("svc-reports")


@pytest.fixture
def person(people: dict[str, Actor]) -> Actor:
    return people["client-admin"]


@pytest.fixture
def browser(keycloak: SandboxControl, person: Actor) -> Client:
    """One in which the person is signed in, but proved it long ago."""
    return sign_in(Client(), person, proven_ago=LONG_AGO)


def send_delete(browser: Client, uuid: str, **values: str) -> Any:
    form = open_form(browser, reverse("apiclients:delete", args=[uuid]), DELETE)
    typed = {"confirm": "svc-reports", "reason": "No longer used", **values}
    referer = f"http://testserver{form.action}"
    return browser.post(
        form.action, form.filled_in(**typed), headers={"Referer": referer}
    )


DELETE = "Delete client"


def leave_to_sign_in_again(browser: Client) -> str:
    """Press the page's button; where it leads."""
    form = open_form(browser, AGAIN, "Sign in again")
    return str(browser.post(form.action, form.values)["Location"])


def form_of(browser: Client, response: Any) -> Form:
    return find_form(follow(browser, response), DELETE)


def assert_not_proven(response: Any, browser: Client, keycloak: SandboxControl) -> None:
    """Still signed in, told so, recorded, and no nearer to the act."""
    page = read_page(response)
    assert response.status_code == 403
    assert heading(page) == "Sign in again"
    assert banners(page)[0].startswith("That did not work:")
    assert is_signed_in(browser)
    assert not step_up.is_recent(browser.session)
    assert keycloak.writes() == []
    assert only_entry().record.action == Action.SIGN_IN_AGAIN
    assert only_entry().outcome.value == Outcome.FAILED


def test_the_acts_that_ask_for_a_recent_sign_in_are_these() -> None:
    asks = {
        address.name
        for address in list_addresses()
        if getattr(address.view, "requires_recent_sign_in", False)
    }

    assert asks == ASKS


@pytest.mark.parametrize("name", sorted(n for n in ASKS if n.startswith("apiclients:")))
def test_an_old_sign_in_is_asked_to_be_renewed_and_nothing_is_sent(
    browser: Client, keycloak: SandboxControl, uuid: str, name: str
) -> None:
    keycloak.forget_calls()
    values = {"operation": new_operation(), "confirm": "svc-reports"}

    response = browser.post(reverse(name, args=[uuid]), values)

    page = follow(browser, response)
    assert response["Location"] == AGAIN
    assert heading(page) == "Sign in again"
    assert "from the last 15 minutes" in text_of(page.main)
    assert keycloak.calls() == []
    assert entries() == []


def test_htmx_is_led_to_the_page_as_a_whole(browser: Client, uuid: str) -> None:
    response = browser.post(
        reverse("apiclients:secret-show", args=[uuid]), headers={"HX-Request": "true"}
    )

    assert response["HX-Redirect"] == AGAIN


def test_a_recent_sign_in_is_enough(person: Actor, uuid: str) -> None:
    browser = sign_in(Client(), person, proven_ago=14 * 60)

    response = browser.post(reverse("apiclients:secret-show", args=[uuid]))

    assert response.status_code == 200


def test_after_signing_in_again_the_form_has_what_was_typed(
    browser: Client, keycloak: SandboxControl, uuid: str
) -> None:
    send_delete(browser, uuid)
    before = browser.cookies[settings.SESSION_COOKIE_NAME].value

    location = leave_to_sign_in_again(browser)
    response = come_back(browser, Provider().log_in(location, "client-admin"))

    form = form_of(browser, response)
    assert response["Location"] == reverse("apiclients:delete", args=[uuid])
    assert form.values["confirm"] == "svc-reports"
    assert form.values["reason"] == "No longer used"
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert keycloak.writes() == []
    assert only_entry().record.action == Action.SIGN_IN_AGAIN
    browser.post(form.action, form.values)
    assert keycloak.writes() == [f"DELETE /auth/admin/realms/northwind/clients/{uuid}"]


def test_what_was_typed_is_told_once(
    browser: Client, keycloak: SandboxControl, uuid: str
) -> None:
    send_delete(browser, uuid)
    location = leave_to_sign_in_again(browser)
    response = come_back(browser, Provider().log_in(location, "client-admin"))
    form_of(browser, response)

    later = open_form(browser, response["Location"], DELETE)

    assert later.values["confirm"] == ""
    assert later.values["operation"]


def test_the_provider_is_told_to_ask_and_whom(browser: Client, uuid: str) -> None:
    send_delete(browser, uuid)

    asked = parameters_of(leave_to_sign_in_again(browser))

    assert asked["max_age"] == "0"
    assert asked["login_hint"] == "client-admin"
    assert "acr_values" not in asked
    assert "svc-reports" not in str(asked)


def test_the_provider_is_told_how_strong_it_must_be(
    browser: Client, settings: Settings, uuid: str
) -> None:
    settings.STEP_UP_ACR = ["gold", "silver"]
    send_delete(browser, uuid)

    assert parameters_of(leave_to_sign_in_again(browser))["acr_values"] == "gold silver"


HOSTILE: dict[str, dict[str, Any]] = {
    "no auth_time": {"auth_time": None},
    "an old auth_time": {"auth_time": -LONG_AGO},
    "an auth_time to come": {"auth_time": 3600},
    "an auth_time that is true": {"auth_time": True},
    "another sub": {"sub": "somebody-else"},
    "a low acr": {"acr": "0"},
    "no acr": {"acr": None},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_answer_that_proves_too_little_is_refused(
    browser: Client,
    keycloak: SandboxControl,
    person: Actor,
    settings: Settings,
    uuid: str,
    case: str,
) -> None:
    settings.STEP_UP_ACR = ["1"]
    send_delete(browser, uuid)
    provider = HostileProvider(keycloak, person, leave_to_sign_in_again(browser))
    claims = dict(HOSTILE[case])
    at = claims.get("auth_time")
    if type(at) is int:
        claims["auth_time"] = int(time.time()) + at
    provider.publish()
    provider.answer_with(provider.sign(**claims))

    response = provider.come_back(browser)

    assert_not_proven(response, browser, keycloak)


def test_the_same_answer_without_a_fault_is_accepted(
    browser: Client,
    keycloak: SandboxControl,
    person: Actor,
    settings: Settings,
    uuid: str,
) -> None:
    settings.STEP_UP_ACR = ["1"]
    send_delete(browser, uuid)
    provider = HostileProvider(keycloak, person, leave_to_sign_in_again(browser))
    provider.publish()
    provider.answer_with(provider.sign())

    response = provider.come_back(browser)

    assert response.status_code == 302
    assert step_up.is_recent(browser.session)


def test_another_issuer_is_refused(
    browser: Client, keycloak: SandboxControl, person: Actor, uuid: str
) -> None:
    stranger = replace(person, issuer="https://other.example/realms/northwind")
    browser = sign_in(Client(), stranger, proven_ago=LONG_AGO)
    send_delete(browser, uuid)
    location = leave_to_sign_in_again(browser)

    response = come_back(browser, Provider().log_in(location, "client-admin"))

    assert_not_proven(response, browser, keycloak)


def test_another_person_is_refused_and_gets_no_session(
    browser: Client, keycloak: SandboxControl, uuid: str
) -> None:
    send_delete(browser, uuid)
    location = leave_to_sign_in_again(browser)

    response = come_back(browser, Provider().log_in(location, "account-admin"))

    assert_not_proven(response, browser, keycloak)
    assert only_entry().record.actor_username == "client-admin"


def test_the_same_answer_twice_is_refused(browser: Client, uuid: str) -> None:
    send_delete(browser, uuid)
    location = Provider().log_in(leave_to_sign_in_again(browser), "client-admin")
    come_back(browser, location)
    session = browser.session
    session[step_up.AUTH_TIME] = 0
    session.save()

    response = come_back(browser, location)

    assert response.status_code == 400
    assert not step_up.is_recent(browser.session)


def test_an_answer_meant_for_another_browser_is_refused(
    browser: Client, person: Actor, keycloak: SandboxControl, uuid: str
) -> None:
    other = sign_in(Client(), person, proven_ago=LONG_AGO)
    send_delete(browser, uuid)
    send_delete(other, uuid)
    leave_to_sign_in_again(browser)
    location = Provider().log_in(leave_to_sign_in_again(other), "client-admin")

    response = come_back(browser, location)

    assert response.status_code == 403
    assert heading(read_page(response)) == "Sign in again"
    assert not step_up.is_recent(browser.session)


def test_what_waits_cannot_be_altered_on_the_way(
    browser: Client, keycloak: SandboxControl, uuid: str
) -> None:
    other = keycloak.add_client("svc-other")
    send_delete(browser, uuid)
    form = open_form(browser, AGAIN, "Sign in again")
    altered = {
        **form.values,
        "next": reverse("apiclients:delete", args=[other]),
        "confirm": "svc-other",
    }
    location = browser.post(form.action, altered)["Location"]

    response = come_back(browser, Provider().log_in(location, "client-admin"))

    assert response["Location"] == reverse("apiclients:delete", args=[uuid])
    assert form_of(browser, response).values["confirm"] == "svc-reports"


def test_it_does_not_last(browser: Client, uuid: str) -> None:
    send_delete(browser, uuid)
    location = leave_to_sign_in_again(browser)
    response = come_back(browser, Provider().log_in(location, "client-admin"))
    form = form_of(browser, response)
    session = browser.session
    session[step_up.AUTH_TIME] = time.time() - LONG_AGO
    session.save()

    response = browser.post(form.action, form.values)

    assert response["Location"] == AGAIN


def test_it_is_good_for_its_own_session_alone(
    browser: Client, person: Actor, uuid: str
) -> None:
    other = sign_in(Client(), person, proven_ago=LONG_AGO)
    send_delete(browser, uuid)
    location = leave_to_sign_in_again(browser)
    come_back(browser, Provider().log_in(location, "client-admin"))

    response = other.post(reverse("apiclients:secret-show", args=[uuid]))

    assert response["Location"] == AGAIN


def test_a_provider_that_is_away_is_said_so(
    browser: Client, keycloak: SandboxControl, uuid: str
) -> None:
    send_delete(browser, uuid)
    form = open_form(browser, AGAIN, "Sign in again")
    keycloak.fail("GET", "openid-configuration$", "drop_before")

    response = browser.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 503
    assert "Keycloak is not answering" in banners(page)[0]
    assert is_signed_in(browser)


def test_the_page_is_for_people_with_a_session(db: None) -> None:
    response = Client().get(AGAIN)

    assert response["Location"].startswith(reverse("console:sign-in"))
