"""Keycloak is away, slow, answers nonsense, or does not know the console any more."""

import logging
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import Synchronisation
from console import access
from console.access import Actor
from console.logs import LineFormatter
from gateways import configured
from tests.conftest import forget_what_was_learned
from tests.factories import make_indexed_client
from tests.pages import as_htmx, read_page, text_of
from tests.people import sign_in
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients.changes import CREATE, UPDATE
from tests.screens.apiclients.listing import LIST, ids, open_list
from tests.screens.browser import heading
from tests.screens.records import entries

AWAY = "Keycloak is not answering."
NONSENSE = "Keycloak answered with something this console cannot read."
NOT_KNOWN = "Keycloak does not accept this console's own credentials."
NOT_ALLOWED = "Keycloak denies this console that: its account lacks a role."
TOKEN, ADMIN = "openid-connect/token$", "/admin/realms/"
KINDS: dict[str, tuple[dict[str, Any], int, str]] = {
    "500": ({"path": ADMIN, "action": "status", "status": 500}, 503, AWAY),
    "503": ({"path": ADMIN, "action": "status", "status": 503}, 503, AWAY),
    "429": ({"path": ADMIN, "action": "status", "status": 429}, 503, AWAY),
    "no answer": ({"path": ADMIN, "action": "drop_before"}, 503, AWAY),
    "slow": ({"path": ADMIN, "action": "delay", "seconds": 1}, 503, AWAY),
    "drips": ({"path": ADMIN, "action": "drip", "seconds": 0.5}, 503, AWAY),
    "cut": ({"path": ADMIN, "action": "cut"}, 503, AWAY),
    "garbage": ({"path": ADMIN, "action": "garbage"}, 502, NONSENSE),
    "a list": (
        {"path": ADMIN, "action": "status", "status": 200, "body": "[1]"},
        502,
        NONSENSE,
    ),
    "a page": (
        {"path": ADMIN, "action": "status", "status": 200, "body": "<h1>Hello</h1>"},
        502,
        NONSENSE,
    ),
    "a redirect": ({"path": ADMIN, "action": "status", "status": 302}, 503, AWAY),
    "403": ({"path": ADMIN, "action": "status", "status": 403}, 502, NOT_ALLOWED),
    "401": ({"path": ADMIN, "action": "status", "status": 401}, 502, NOT_KNOWN),
    "wrong secret": (
        {"path": TOKEN, "action": "status", "status": 401},
        502,
        NOT_KNOWN,
    ),
    "disabled": ({"path": TOKEN, "action": "status", "status": 400}, 502, NOT_KNOWN),
    "no realm": ({"path": TOKEN, "action": "status", "status": 404}, 502, NOT_KNOWN),
    "no token": ({"path": TOKEN, "action": "status", "status": 500}, 503, AWAY),
    "garbled token": ({"path": TOKEN, "action": "garbage"}, 502, NONSENSE),
}
every_kind = pytest.mark.parametrize(
    ("fault", "status", "explanation"), list(KINDS.values()), ids=list(KINDS)
)
PAGES = ("settings", "credentials", "secret-regenerate", "disable", "enable", "delete")


@pytest.fixture
def away(
    keycloak: SandboxControl,
    hasty: None,
    reports: str,
    fault: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget_what_was_learned()
    for transport in (configured.keycloak(), configured.keycloak()._token._http):  # type: ignore[union-attr]
        monkeypatch.setattr(transport, "_timeout", (1, 0.2))
        monkeypatch.setattr(transport, "_deadline", 0.5)
    keycloak.fail("", **fault)


@every_kind
def test_a_clients_page_says_what_is_wrong_with_keycloak(
    admin: Client,
    reports: str,
    away: None,
    status: int,
    explanation: str,
) -> None:
    response = admin.get(reverse("apiclients:settings", args=[reports]))

    page = read_page(response)
    assert response.status_code == status
    assert heading(page) == "Nothing was changed"
    text = text_of(page.main)
    assert explanation in text
    assert "Opening this page" in text
    assert text_of(page.select_one(".banner code")) == response["X-Request-ID"]
    assert "svc-reports" not in text


@every_kind
def test_a_change_says_what_is_wrong_with_keycloak_and_sends_nothing(
    admin: Client,
    keycloak: SandboxControl,
    away: None,
    status: int,
    explanation: str,
) -> None:
    response = admin.post(
        reverse(CREATE.url_name),
        {**CREATE.values, "lifespan_unit": "minutes", "operation": new_operation()},
    )

    page = read_page(response)
    assert response.status_code == status
    assert heading(page) == "Nothing was changed"
    assert explanation in text_of(page.main)
    assert keycloak.writes() == []
    assert entries() == []


@pytest.mark.parametrize("fault", [KINDS["500"][0]], ids=["500"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_client_says_that_keycloak_is_away(
    admin: Client, reports: str, away: None, name: str
) -> None:
    response = admin.get(reverse(f"apiclients:{name}", args=[reports]))

    page = read_page(response)
    assert response.status_code == 503
    assert AWAY in text_of(page.main)
    assert "Try again in a moment." in text_of(page.main)


@pytest.mark.parametrize("fault", [KINDS["500"][0]], ids=["500"])
def test_a_page_that_failed_is_told_to_htmx_in_the_place_for_alerts(
    admin: Client, reports: str, away: None
) -> None:
    response = admin.get(
        reverse("apiclients:credentials", args=[reports]), headers=as_htmx("snippet")
    )

    assert response.status_code == 503
    assert response["HX-Retarget"] == "#alerts"
    assert "<html" not in response.text
    assert response["X-Request-ID"] in response.text


@every_kind
def test_the_list_still_shows(
    admin: Client, keycloak: SandboxControl, away: None, status: int, explanation: str
) -> None:
    keycloak.forget_calls()

    page = open_list(admin)

    assert ids(page) == ["svc-reports"]
    assert keycloak.calls() == []


@pytest.mark.parametrize("fault", [KINDS["500"][0]], ids=["500"])
def test_the_audit_log_still_shows(admin: Client, away: None) -> None:
    assert admin.get(reverse("audit:list")).status_code == 200


@pytest.fixture
def stale(people: dict[str, Actor], keycloak: SandboxControl, db: None) -> Client:
    """A browser whose person's roles were read two minutes ago."""
    actor = people["client-admin"]
    browser = sign_in(Client(), actor)
    session = browser.session
    session[access.PERSON]["roles_read_at"] = time.time() - 120
    session.save()
    return browser


@pytest.mark.parametrize("fault", [KINDS["500"][0], KINDS["wrong secret"][0]], ids=str)
def test_reading_goes_on_where_the_roles_cannot_be_read_again(
    stale: Client, away: None
) -> None:
    assert ids(open_list(stale)) == ["svc-reports"]
    assert stale.get(reverse("audit:list")).status_code == 200


def test_roles_are_read_again_after_a_minute(
    stale: Client, keycloak: SandboxControl, synchronised: Synchronisation
) -> None:
    for _ in range(3):
        assert stale.get(LIST).status_code == 200

    read = [call for call in keycloak.reads() if "evaluate-scopes" in call]
    assert len(read) == 1


def test_a_role_taken_away_ends_reading_after_a_minute(
    stale: Client, keycloak: SandboxControl, synchronised: Synchronisation
) -> None:
    keycloak.give_roles("client-admin", realm=["administer-clients"], remove=True)

    response = stale.get(LIST)

    assert response.status_code == 403
    assert heading(read_page(response)) == "You need a role for this console"
    again = stale.get(LIST)
    assert again["Location"].startswith("/sign-in/")


def test_the_reference_number_finds_every_line_of_the_log(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = UPDATE.open(admin, reports)
    keycloak.fail("PUT", "/clients/", "status", status=500)
    caplog.set_level(logging.INFO)
    caplog.clear()
    caplog.handler.setFormatter(LineFormatter())

    response = admin.post(*sent)

    number = f" {response['X-Request-ID']} "
    lines = caplog.text.splitlines()
    calls = [line for line in lines if " gateways " in line]
    assert any(" PUT " in call for call in calls)
    assert all(number in call for call in calls)
    assert any(
        number in line for line in caplog.text.splitlines() if " console " in line
    )


def test_keycloak_is_told_the_reference_number(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.forget_calls()

    response = admin.get(reverse("apiclients:settings", args=[reports]))

    told = {call["request_id"] for call in keycloak._control("GET", "calls")}
    assert told - {None} == {response["X-Request-ID"]}


def test_every_answer_has_a_number_of_its_own(admin: Client) -> None:
    make_indexed_client("svc-reports")

    numbers = {admin.get(LIST)["X-Request-ID"] for _ in range(3)}

    assert len(numbers) == 3


def test_the_callers_own_number_is_not_taken(admin: Client) -> None:
    response = admin.get(LIST, headers={"X-Request-ID": "req-mine"})

    assert response["X-Request-ID"] != "req-mine"
