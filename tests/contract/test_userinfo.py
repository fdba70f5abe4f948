"""Who a token is about, and whether it is still good."""

from datetime import UTC, datetime

import pytest

from tests.contract.browser import Browser
from tests.contract.support import (
    CONSOLE_ID,
    CONSOLE_SECRET,
    TIMEOUT,
    MakeClient,
    Upstream,
    claims_in,
)
from tests.contract.test_code_exchange import PERSON


def challenge(error: str, description: str) -> str:
    return (
        f'Bearer realm="northwind", error="{error}", error_description="{description}"'
    )


def test_a_person_is_described(upstream: Upstream) -> None:
    token = Browser(upstream).tokens("visitor")["access_token"]

    answer = upstream.userinfo(token)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {"sub": upstream.user_id("visitor"), **PERSON}


def test_a_client_is_described(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()

    answer = upstream.userinfo(upstream.token_of(client, scope="openid"))

    assert answer.json() == {
        "sub": upstream.clients.get_service_account_id(client.uuid),
        "email_verified": False,
        "preferred_username": f"service-account-{client.client_id}",
    }


def test_a_token_without_the_openid_scope_is_not_enough(upstream: Upstream) -> None:
    token = upstream.ask_token(CONSOLE_ID, CONSOLE_SECRET).json()["access_token"]

    answer = upstream.userinfo(token)

    assert (answer.status_code, answer.content) == (403, b"")
    assert answer.headers["WWW-Authenticate"] == challenge(
        "insufficient_scope", "Missing openid scope"
    )


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
def test_a_bad_token_is_refused(upstream: Upstream, token: str) -> None:
    answer = upstream.userinfo(token)

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["WWW-Authenticate"] == challenge(
        "invalid_token", "Token verification failed"
    )


def test_without_a_token_nobody_is_described(upstream: Upstream) -> None:
    answer = upstream.http.get(f"{upstream.oidc}/userinfo", timeout=TIMEOUT)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="northwind"'


def test_a_disabled_client_is_nobody(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    token = upstream.token_of(client, scope="openid")
    body = {"enabled": False, "serviceAccountsEnabled": True}

    upstream.admin("PUT", "clients", client.uuid, json=body)

    assert upstream.userinfo(token).status_code == 401


def test_tokens_from_before_an_instant_can_be_refused(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="Kept", access_token_lifespan=900)
    token = upstream.token_of(client, scope="openid")
    issued = claims_in(token)["iat"]

    statuses = []
    for instant in (issued + 1, issued, 0):
        upstream.clients.set_not_before(client, instant)
        statuses.append(upstream.userinfo(token).status_code)

    assert statuses == [401, 200, 200]
    assert upstream.clients.get_client(client.uuid) == client


def test_an_instant_is_remembered(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()

    upstream.clients.set_not_before(client, 1760000000)

    read = upstream.clients.get_client(client.uuid)
    assert read.not_before == datetime.fromtimestamp(1760000000, UTC)
    assert client.not_before is None
