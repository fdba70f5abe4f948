"""People signing in and out."""

from typing import Any

import pytest
import requests

from sandbox import tokens
from tests.unit.sandbox.calling import CALLBACK, Browser, Caller, returned

AFTER = "http://localhost:8000/"


def id_token(answer: requests.Response) -> dict[str, Any]:
    claims = tokens.read(answer.json()["id_token"])
    assert claims is not None
    return claims


def test_the_addresses_follow_the_host_header(caller: Caller) -> None:
    path = f"{caller.realm}/.well-known/openid-configuration"
    host = {"Host": "id.example:1234"}
    document = caller.http.get(path, headers=host).json()
    assert document["issuer"] == "http://id.example:1234/auth/realms/northwind"
    assert document["token_endpoint"].startswith(document["issuer"])
    assert (
        caller.http.get(
            document["jwks_uri"].replace("http://id.example:1234", caller.url)
        ).json()["keys"][0]["alg"]
        == "RS256"
    )


def test_signing_in(browser: Browser) -> None:
    page = browser.authorize()
    assert page.status_code == 200
    wrong = browser.send(page, username="client-admin", password="<wrong>")
    assert wrong.status_code == 200
    assert "Invalid username or password." in wrong.text
    answer = browser.send(wrong, username="client-admin", password="client-admin")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    parameters = returned(answer)
    assert parameters["state"] == "the-state"
    claims = id_token(browser.exchange(parameters["code"]))
    assert claims["nonce"] == "the-nonce"
    assert claims["aud"] == "api-client-console"
    assert claims["name"] == "Bob Tanaka"
    assert {"auth_time", "sid", "at_hash"} <= claims.keys()


def test_a_second_sign_in_needs_no_password(browser: Browser) -> None:
    assert returned(browser.authorize(prompt="none"))["error"] == "login_required"
    browser.sign_in()
    assert "code" in returned(browser.authorize())
    assert "code" in returned(browser.authorize(prompt="none"))
    assert browser.authorize(prompt="login").status_code == 200


def test_an_old_sign_in_does_not_satisfy_max_age(
    browser: Browser, caller: Caller
) -> None:
    browser.sign_in()
    assert "code" in returned(browser.authorize(max_age="60"))
    caller.control("POST", "/clock", offset=120)
    assert browser.authorize(max_age="60").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"response_type": None},
    ],
)
def test_a_request_without_proper_pkce_is_sent_back(
    browser: Browser, changes: dict[str, str | None]
) -> None:
    parameters = returned(browser.authorize(**changes))
    assert parameters["error"] == "invalid_request"
    assert parameters["state"] == "the-state"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": CALLBACK + "x"},
        {"redirect_uri": None},
        {"client_id": "nobody"},
        {"client_id": "svc-druid-ingest-prod"},
    ],
)
def test_nobody_is_sent_to_an_unknown_address(
    browser: Browser, changes: dict[str, str | None]
) -> None:
    answer = browser.authorize(**changes)
    assert answer.status_code == 400
    assert "We are sorry" in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 50},
        {"code_verifier": ""},
        {"redirect_uri": AFTER},
        {"code": "made-up"},
    ],
)
def test_a_code_is_refused(browser: Browser, changes: dict[str, str]) -> None:
    answer = browser.exchange(browser.sign_in(), **changes)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_a_code_is_good_once_and_for_a_minute(browser: Browser, caller: Caller) -> None:
    code = browser.sign_in()
    token = browser.exchange(code).json()["access_token"]
    assert browser.exchange(code).status_code == 400
    caller.use(token)
    assert caller.http.get(f"{caller.protocol}/userinfo").status_code == 401
    late = returned(browser.authorize())["code"]
    caller.control("POST", "/clock", offset=61)
    assert browser.exchange(late).status_code == 400


def test_signing_out(browser: Browser, caller: Caller) -> None:
    answer = browser.exchange(browser.sign_in()).json()
    hint = answer["id_token"]
    bye = browser.open(
        "/logout", id_token_hint=hint, post_logout_redirect_uri=AFTER, state="s"
    )
    assert bye.headers["Location"] == f"{AFTER}?state=s"
    assert returned(browser.authorize(prompt="none"))["error"] == "login_required"
    caller.use(answer["access_token"])
    assert caller.http.get(f"{caller.protocol}/userinfo").status_code == 401


def test_signing_out_without_a_hint_asks(browser: Browser) -> None:
    browser.sign_in()
    page = browser.open(
        "/logout", client_id="api-client-console", post_logout_redirect_uri=AFTER
    )
    assert "Do you want to log out?" in page.text
    assert "code" in returned(browser.authorize(prompt="none"))
    assert browser.send(page).headers["Location"] == AFTER
    assert returned(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(
    "parameters",
    [
        {"post_logout_redirect_uri": AFTER},
        {"post_logout_redirect_uri": AFTER, "id_token_hint": "made-up"},
        {"post_logout_redirect_uri": "http://evil.example/", "client_id": "pivot-web"},
    ],
)
def test_signing_out_sends_nobody_to_an_unknown_address(
    browser: Browser, parameters: dict[str, str | None]
) -> None:
    assert browser.open("/logout", **parameters).status_code == 400
