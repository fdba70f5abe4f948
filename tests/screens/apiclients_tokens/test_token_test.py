"""Testing a client: each service, and what it said."""

import logging
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from apiclients.models import MintedToken
from audit.models import Action, Outcome
from tests.pages import as_htmx, read_page, read_part, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_tokens.asking import OIDC, address
from tests.screens.browser import find_form
from tests.screens.records import assert_recorded, only_entry

NAME = "svc-reports"
MANAGER = "/api/v1/clusters$"


@pytest.fixture
def manager(settings: Settings, keycloak: SandboxControl) -> None:
    """The sandbox has an Imply Manager as well."""
    settings.IMPLY_MANAGER_URL = keycloak.url


def run(browser: Client, uuid: str) -> dict[str, str]:
    """Each step and what it says, without how long it took."""
    page = read_page(browser.get(address("tokens", uuid)))
    form = find_form(page, "Run test")
    response: Any = browser.post(form.action, form.values)
    assert response.status_code == 200
    steps = read_page(response).select("#client-test .log li > span:not(.took)")
    return {
        str(step.contents[0]).strip(): text_of(step.select_one(".faint"))
        for step in steps
    }


def test_test_says_what_each_service_says(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    found = run(admin, reports)

    assert found == {"Token endpoint": "Accepted", "Userinfo": "Accepted"}
    assert keycloak.writes() == []
    entry = only_entry()
    assert_recorded(entry, Action.TOKEN_TEST, Outcome.SUCCEEDED, name=NAME)
    assert entry.changes == [
        {"field": "Token endpoint", "before": "", "after": "Accepted"},
        {"field": "Userinfo", "before": "", "after": "Accepted"},
    ]
    assert MintedToken.objects.count() == 1


@pytest.mark.usefixtures("manager")
def test_test_asks_the_manager_where_there_is_one(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    refused = run(admin, reports)
    keycloak.give_roles(
        f"service-account-{NAME}", client={"production": ["manage-clusters"]}
    )

    accepted = run(admin, reports)

    assert refused["Imply Manager API"] == (
        "Refused: It needs manage-clusters in an environment."
    )
    assert accepted["Imply Manager API"] == "Accepted"


@pytest.mark.parametrize(
    ("path", "fault", "step", "told"),
    [
        (f"{OIDC}/token$", {"status": 400}, "Token endpoint", "Refused: "),
        (f"{OIDC}/token$", {"status": 401}, "Token endpoint", "Refused: It does not"),
        (
            f"{OIDC}/token$",
            {"status": 503},
            "Token endpoint",
            "Not reachable: HTTP 503",
        ),
        (f"{OIDC}/userinfo$", {"status": 401}, "Userinfo", "Refused: The token is not"),
        (f"{OIDC}/userinfo$", {"status": 403}, "Userinfo", "Refused: The token lacks"),
        (f"{OIDC}/userinfo$", {"status": 500}, "Userinfo", "Not reachable: HTTP 500."),
        (
            *(f"{OIDC}/userinfo$", {"action": "drop_after"}, "Userinfo"),
            "Not reachable: No answer.",
        ),
        (
            *(f"{OIDC}/userinfo$", {"action": "garbage"}, "Userinfo"),
            "Not reachable: An answer we cannot read.",
        ),
        (MANAGER, {"status": 401}, "Imply Manager API", "Refused: It does not accept"),
        (MANAGER, {"status": 404}, "Imply Manager API", "Refused: There is no such"),
        (
            *(MANAGER, {"action": "drop_before"}, "Imply Manager API"),
            "Not reachable: No answer.",
        ),
    ],
)
@pytest.mark.usefixtures("manager", "hasty")
def test_test_tells_refused_from_not_reachable(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    path: str,
    fault: dict[str, Any],
    step: str,
    told: str,
) -> None:
    # The console's own token is at hand, so the fault is the client's alone.
    admin.get(address("tokens", reports))
    keycloak.fail("*", path, **{"action": "status", **fault})

    found = run(admin, reports)

    assert found[step].startswith(told)
    assert_recorded(only_entry(), Action.TOKEN_TEST, Outcome.SUCCEEDED, name=NAME)


def test_test_of_a_disabled_client_stops_at_the_token(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, enabled=False)

    assert run(admin, reports) == {
        "Token endpoint": (
            "Refused: It does not accept the client, which may be disabled."
        ),
        "Userinfo": "Not tried: There is no token.",
    }


def test_test_answers_htmx_with_the_part_alone(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    response = admin.post(
        address("token-test", reports), headers=as_htmx("client-test")
    )

    assert "Run again" in text_of(read_part(response, "client-test"))


def test_test_works_for_a_client_whose_roles_are_beyond_ones_own(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    """Its token stays on the server."""
    keycloak.give_roles(f"service-account-{NAME}", realm=["audit-reader"])

    assert run(admin, reports)["Userinfo"] == "Accepted"


def test_test_shows_and_logs_neither_secret_nor_token(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    response = admin.post(address("token-test", reports))

    for kept in (response.text, caplog.text):
        assert "eyJ" not in kept
        assert keycloak.secret(reports) not in kept


def test_test_is_refused_where_the_secret_cannot_be_read(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.fail("GET", "client-secret$", "status", status=403)

    response = admin.post(address("token-test", reports))

    assert response.status_code == 502
    assert_recorded(only_entry(), Action.TOKEN_TEST, Outcome.FAILED, name=NAME)
