"""The provider ends sessions: only with a logout token that it signed, and once."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from joserfc.jwk import KeySet

from audit.models import Action, Outcome
from console.models import SignedInSession
from tests.conftest import forget_what_was_learned
from tests.sandbox_control import SandboxControl
from tests.screens.forging import KEY, STRANGE_KEY, encode
from tests.screens.provider import is_signed_in, sign_in_through
from tests.screens.records import assert_recorded, entries

ADDRESS = reverse("console:back-channel-logout")
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LATER = 3600
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.fixture
def browser(keycloak: SandboxControl, db: None) -> Client:
    """Signed in the real way; afterwards the provider's keys are the test's."""
    browser = Client()
    sign_in_through(browser, "client-admin")
    forget_what_was_learned()
    body = json.dumps(KeySet([KEY]).as_dict(private=False))
    keycloak.fail("GET", "/certs$", "status", status=200, body=body)
    return browser


def logout_claims(browser: Client, **claims: Any) -> dict[str, Any]:
    person = browser.session["person"]
    now = int(time.time())
    return {
        "iss": settings.KEYCLOAK_ISSUER,
        "aud": settings.KEYCLOAK_CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid4()),
        "typ": "Logout",
        "sub": person["subject"],
        "events": {EVENT: {}},
        **claims,
    }


def send(token: str) -> Any:
    return Client(enforce_csrf_checks=True).post(ADDRESS, {"logout_token": token})


def test_a_logout_token_ends_every_session_of_the_person(browser: Client) -> None:
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = browser.session.session_key or ""

    response = send(encode(logout_claims(browser), typ="logout+jwt"))

    assert response.status_code == 200
    assert response["Cache-Control"].find("no-store") >= 0
    assert not is_signed_in(browser)
    assert not is_signed_in(other)
    assert_recorded(entries()[0], Action.SIGN_OUT, Outcome.SUCCEEDED, name="")
    assert entries()[0].explanation == "By the provider."


def test_with_a_session_of_the_provider_only_that_one_ends(
    browser: Client, keycloak: SandboxControl
) -> None:
    keycloak.heal()
    forget_what_was_learned()
    other = Client()
    sign_in_through(other, "client-admin")
    forget_what_was_learned()
    body = json.dumps(KeySet([KEY]).as_dict(private=False))
    keycloak.fail("GET", "/certs$", "status", status=200, body=body)
    sid = sid_of(other)

    send(encode(logout_claims(browser, sid=sid)))

    assert is_signed_in(browser)
    assert not is_signed_in(other)


def sid_of(browser: Client) -> str:
    return SignedInSession.objects.get(session_key=browser.session.session_key).sid


def test_nobody_is_signed_out_of_whom_the_provider_does_not_speak(
    browser: Client,
) -> None:
    response = send(encode(logout_claims(browser, sub="somebody-else")))

    assert response.status_code == 200
    assert is_signed_in(browser)


BAD: dict[str, dict[str, Any]] = {
    "another audience (wrong aud)": {"aud": "another-client"},
    "another issuer (wrong iss)": {"iss": "https://evil.example"},
    "no event (missing event)": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is none": {"events": {EVENT: "yes"}},
    "a nonce (with nonce)": {"nonce": "n"},
    "neither session nor person": {"sub": None},
    "a person that is none": {"sub": ["client-admin"]},
    "old": {"iat": -LATER},
    "to come": {"iat": LATER},
    "expired": {"exp": -LATER},
    "without an instant": {"iat": None},
    "without an id": {"jti": None},
    "an ID token": {"typ": "ID"},
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_logout_token_is_refused(browser: Client, name: str) -> None:
    claims = {
        claim: int(time.time()) + value if isinstance(value, int) else value
        for claim, value in BAD[name].items()
    }

    response = send(encode(logout_claims(browser, **claims)))

    assert_refused(response, browser)


def test_one_that_was_used_is_refused(browser: Client) -> None:
    token = encode(logout_claims(browser, sub="somebody-else"))
    send(token)

    response = send(token)

    assert response.status_code == 400


@pytest.mark.parametrize(
    "token",
    ["", "a.b.c", "x" * 30_000, "eyJhbGciOiJub25lIn0.e30."],
    ids=["nothing", "no token", "without end", "unsigned"],
)
def test_what_is_no_token_is_refused(browser: Client, token: str) -> None:
    assert_refused(send(token), browser)


def test_a_strange_key_is_refused(browser: Client) -> None:
    token = encode(logout_claims(browser), STRANGE_KEY)

    assert_refused(send(token), browser)


def test_without_the_providers_keys_nothing_is_believed(
    browser: Client, keycloak: SandboxControl
) -> None:
    keycloak.heal()
    keycloak.fail("GET", "/certs$", "drop_before")

    assert_refused(send(encode(logout_claims(browser))), browser)


def assert_refused(response: Any, browser: Client) -> None:
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_request"}
    assert is_signed_in(browser)
    assert [entry.record.action for entry in entries()] == [Action.SIGN_IN]
