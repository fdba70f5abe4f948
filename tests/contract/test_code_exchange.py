"""A code becomes tokens once, for whom it was made, with the right verifier."""

import base64
import hashlib
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.contract.browser import Browser
from tests.contract.support import (
    CALLBACK,
    CONSOLE_ID,
    CONSOLE_SECRET,
    DEFAULT_ROLES,
    TIMEOUT,
    Upstream,
    claims_in,
    lifespan_in,
    roles_in,
)
from tests.contract.test_token_endpoint import WRONG_CREDENTIALS

PERSON = {
    "email_verified": True,
    "name": "Carol Lindqvist",
    "preferred_username": "visitor",
    "given_name": "Carol",
    "family_name": "Lindqvist",
    "email": "visitor@northwind.example",
}


@pytest.fixture
def browser(upstream: Upstream) -> Browser:
    return Browser(upstream)


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]


def verified(upstream: Upstream, token: str) -> dict[str, Any]:
    certs = upstream.http.get(f"{upstream.oidc}/certs", timeout=TIMEOUT).json()
    return jwt.decode(token, KeySet.import_key_set(certs), algorithms=["RS256"]).claims


def test_what_a_code_is_exchanged_for(browser: Browser) -> None:
    answer = browser.exchange(browser.code("visitor"))

    tokens = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert tokens.keys() == {
        *("access_token", "expires_in", "refresh_expires_in", "refresh_token"),
        *("token_type", "id_token", "not-before-policy", "session_state", "scope"),
    }
    assert lifespan_in(tokens) == 300
    assert lifespan_in(tokens, "refresh_") == 1800
    assert tokens["token_type"] == "Bearer"
    assert set(tokens["scope"].split()) == {"openid", "profile", "email"}


def test_the_id_token_is_signed_and_names_the_person(
    browser: Browser, upstream: Upstream
) -> None:
    tokens = browser.tokens("visitor")

    claims = verified(upstream, tokens["id_token"])

    assert claims.keys() == PERSON.keys() | {
        *("exp", "iat", "auth_time", "jti", "iss", "aud", "sub", "typ", "azp"),
        *("nonce", "sid", "at_hash", "acr"),
    }
    assert {name: claims[name] for name in PERSON} == PERSON
    assert claims["iss"] == upstream.issuer
    assert claims["aud"] == claims["azp"] == CONSOLE_ID
    assert claims["sub"] == upstream.user_id("visitor")
    assert claims["typ"] == "ID"
    assert claims["nonce"] == "nonce-1"
    assert claims["sid"] == tokens["session_state"]
    assert claims["exp"] - claims["iat"] == 300
    assert claims["auth_time"] <= claims["iat"]


def test_the_id_token_belongs_to_the_access_token(browser: Browser) -> None:
    tokens = browser.tokens("visitor")

    digest = hashlib.sha256(tokens["access_token"].encode()).digest()
    half = base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
    assert claims_in(tokens["id_token"])["at_hash"] == half


def test_without_a_nonce_there_is_none(browser: Browser) -> None:
    answer = browser.exchange(browser.code("visitor", nonce=None))

    assert "nonce" not in claims_in(answer.json()["id_token"])


@pytest.mark.parametrize(
    ("username", "role"),
    [
        ("account-admin", {"administer-account"}),
        ("client-admin", {"administer-clients"}),
        ("visitor", set()),
    ],
)
def test_the_access_token_carries_the_roles(
    browser: Browser, upstream: Upstream, username: str, role: set[str]
) -> None:
    claims = verified(upstream, browser.tokens(username)["access_token"])

    assert roles_in(claims) == DEFAULT_ROLES | role
    assert claims["preferred_username"] == username
    assert claims["aud"] == "account"
    assert claims["jti"].startswith("onrtac:")


def test_a_code_is_good_once(browser: Browser, upstream: Upstream) -> None:
    code = browser.code("visitor")
    tokens = browser.exchange(code).json()
    before = upstream.userinfo(tokens["access_token"]).status_code

    replayed = browser.exchange(code)

    assert refusal(replayed) == (400, "invalid_grant", "Code not valid")
    # Somebody has stolen it: what it was exchanged for is worth nothing either.
    after = upstream.userinfo(tokens["access_token"]).status_code
    assert (before, after) == (200, 401)


@pytest.mark.parametrize(
    ("verifier", "description"),
    [
        ("w" * 43, "PKCE verification failed: Code mismatch"),
        ("short", "PKCE verification failed: Invalid code verifier"),
    ],
)
def test_a_wrong_verifier_is_refused_and_uses_the_code_up(
    browser: Browser, verifier: str, description: str
) -> None:
    code = browser.code("visitor")

    refused = browser.exchange(code, code_verifier=verifier)

    assert refusal(refused) == (400, "invalid_grant", description)
    assert browser.exchange(code).status_code == 400


def test_without_a_verifier_there_are_no_tokens(
    browser: Browser, upstream: Upstream
) -> None:
    answer = upstream.send_form(
        grant_type="authorization_code",
        code=browser.code("visitor"),
        redirect_uri=CALLBACK,
        client_id=CONSOLE_ID,
        client_secret=CONSOLE_SECRET,
    )

    text = "PKCE code verifier not specified"
    assert refusal(answer) == (400, "invalid_grant", text)


@pytest.mark.parametrize("address", [f"{CALLBACK}x", "http://evil.example/", ""])
def test_another_address_than_before_is_refused(browser: Browser, address: str) -> None:
    answer = browser.exchange(browser.code("visitor"), redirect_uri=address)

    assert refusal(answer) == (400, "invalid_grant", "Incorrect redirect_uri")


def test_a_wrong_secret_does_not_use_the_code_up(browser: Browser) -> None:
    code = browser.code("visitor")

    refused = browser.exchange(code, client_secret="wrong")

    assert refusal(refused) == (401, "unauthorized_client", WRONG_CREDENTIALS)
    assert browser.exchange(code).status_code == 200


def test_a_code_is_of_no_use_to_another_client(browser: Browser) -> None:
    answer = browser.exchange(
        browser.code("visitor"),
        client_id="production",
        client_secret="demonstration-only-production",
    )

    text = "Auth error: Found different client_id in clientSession"
    assert refusal(answer) == (400, "invalid_grant", text)


def test_an_invented_code_is_refused(browser: Browser) -> None:
    answer = browser.exchange("invented")

    assert refusal(answer) == (400, "invalid_grant", "Code not valid")


def test_a_missing_code_is_refused(upstream: Upstream) -> None:
    answer = upstream.send_form(
        grant_type="authorization_code",
        redirect_uri=CALLBACK,
        client_id=CONSOLE_ID,
        client_secret=CONSOLE_SECRET,
    )

    assert refusal(answer) == (400, "invalid_request", "Missing parameter: code")
