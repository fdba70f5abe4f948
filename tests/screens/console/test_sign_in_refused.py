"""Sign-ins that the console must refuse, or that the provider does not complete."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST
from tests.screens.broken_log import broken_log
from tests.screens.browser import banners, find_form
from tests.screens.provider import (
    BUTTON,
    Provider,
    come_back,
    is_signed_in,
    leave_for_provider,
    parameters_of,
    sign_in_through,
)
from tests.screens.records import entries

SIGN_IN = reverse("console:sign-in")
START = reverse("console:sign-in-start")
CALLBACK = reverse("console:sign-in-callback")
AWAY = "Keycloak is not answering, so nobody can sign in at the moment."
NOT_COMPLETED = "That did not work: the sign-in was not completed."
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.fixture
def browser(keycloak: SandboxControl) -> Client:
    return Client()


def assert_not_completed(browser: Client, response: Any) -> None:
    page = read_page(response)
    assert response.status_code == 400
    assert banners(page)[0] == NOT_COMPLETED
    assert find_form(page, BUTTON)
    assert not is_signed_in(browser)
    assert entries() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "another"},
        {"state": ""},
        {"code": "another"},
        {"code": ""},
        {"iss": "https://evil.example"},
    ],
    ids=str,
)
def test_sign_in_refuses_an_answer_that_was_tampered_with(
    browser: Client, changed: dict[str, str]
) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")

    response = come_back(browser, location, **changed)

    assert_not_completed(browser, response)


def test_sign_in_refuses_an_answer_meant_for_another_browser(browser: Client) -> None:
    leave_for_provider(browser)
    location = Provider().log_in(leave_for_provider(Client()), "client-admin")

    response = come_back(browser, location)

    assert_not_completed(browser, response)


def test_sign_in_refuses_an_answer_that_nobody_waits_for(browser: Client) -> None:
    response = browser.get(CALLBACK, {"code": "x", "state": "y"})

    assert_not_completed(browser, response)


def test_sign_in_refuses_a_code_that_was_used(browser: Client) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")
    code = parameters_of(location)["code"]
    come_back(browser, location)
    thief = Client()
    state = parameters_of(leave_for_provider(thief))["state"]

    response = come_back(thief, location, state=state, code=code)

    assert response.status_code == 400
    assert not is_signed_in(thief)


def test_sign_in_refuses_the_same_answer_twice(browser: Client) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")
    come_back(browser, location)

    response = come_back(browser, location)

    assert response.status_code == 400
    assert [entry.record.action for entry in entries()] == [Action.SIGN_IN]


@pytest.mark.parametrize(
    "error", ["access_denied", "login_required", "<script>alert(1)</script>"]
)
def test_sign_in_says_that_the_provider_refused(browser: Client, error: str) -> None:
    state = parameters_of(leave_for_provider(browser))["state"]

    response = browser.get(
        CALLBACK, {"error": error, "error_description": error, "state": state}
    )

    assert_not_completed(browser, response)
    assert "<script>alert" not in response.text


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_before"},
        {"action": "status", "status": 500},
        {"action": "status", "status": 502, "body": "<h1>Bad gateway</h1>"},
        {"action": "garbage"},
        {"action": "status", "status": 200, "body": '{"issuer": "https://evil.ex"}'},
        {"action": "status", "status": 200, "body": "[]"},
        {"action": "cut"},
    ],
    ids=str,
)
def test_sign_in_says_that_the_provider_is_away(
    browser: Client, keycloak: SandboxControl, fault: dict[str, Any]
) -> None:
    page = read_page(browser.get(SIGN_IN, {"next": LIST}))
    form = find_form(page, BUTTON)
    keycloak.fail("GET", "openid-configuration$", **fault)

    response = browser.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 503
    assert AWAY in banners(page)[0]
    assert find_form(page, BUTTON).values["next"] == LIST


def test_sign_in_works_once_the_provider_is_back(
    browser: Client, keycloak: SandboxControl
) -> None:
    keycloak.fail("GET", "openid-configuration$", "status", status=500, times=1)
    browser.post(START, {"next": LIST})

    assert sign_in_through(browser, "client-admin").status_code == 302


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"action": "drop_after"}, 503),
        ({"action": "status", "status": 500}, 503),
        ({"action": "garbage"}, 400),
        ({"action": "status", "status": 200, "body": "{}"}, 400),
        ({"action": "status", "status": 200, "body": '{"id_token": "a.b.c"}'}, 400),
        (
            {"action": "status", "status": 400, "body": '{"error": "invalid_grant"}'},
            400,
        ),
        ({"action": "status", "status": 401, "body": '{"error": "x"}'}, 400),
    ],
    ids=str,
)
def test_sign_in_ends_where_the_provider_gives_no_token(
    browser: Client, keycloak: SandboxControl, fault: dict[str, Any], status: int
) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")
    keycloak.fail("POST", "openid-connect/token$", **fault)

    response = come_back(browser, location)

    read_page(response)
    assert response.status_code == status
    assert not is_signed_in(browser)
    assert entries() == []


def test_sign_in_ends_where_the_roles_cannot_be_read(
    browser: Client, keycloak: SandboxControl
) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")
    keycloak.fail("GET", "evaluate-scopes", "status", status=500)

    response = come_back(browser, location)

    page = read_page(response)
    assert response.status_code == 503
    assert "Keycloak is not answering." in text_of(page.main)
    assert not is_signed_in(browser)
    assert entries() == []


def test_sign_in_that_cannot_be_recorded_is_none(
    durable_db: None, browser: Client
) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")

    with broken_log():
        response = come_back(browser, location)

    assert response.status_code == 503
    assert not is_signed_in(browser)
