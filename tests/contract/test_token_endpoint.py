"""The client credentials grant: who gets a token, and how others are refused."""

import base64
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests

from gateways.errors import CredentialsRefusedError
from tests.contract.support import (
    ADMIN_ROLES,
    CONSOLE_ID,
    CONSOLE_SECRET,
    TIMEOUT,
    MakeClient,
    Upstream,
    changed,
    claims_in,
    lifespan_in,
    new_id,
)

WRONG_CREDENTIALS = "Invalid client or Invalid client credentials"


def refusal(answer: requests.Response) -> tuple[int, dict[str, Any]]:
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status_code, answer.json()


def described(error: str, description: str) -> dict[str, str]:
    return {"error": error, "error_description": description}


def test_the_console_gets_its_token(upstream: Upstream) -> None:
    claims = claims_in(upstream.service_account_token().value())

    assert claims["azp"] == CONSOLE_ID
    assert claims["iss"] == upstream.issuer
    roles = set(claims["resource_access"]["realm-management"]["roles"])
    assert roles == ADMIN_ROLES


def test_the_answer_to_a_token_request(upstream: Upstream) -> None:
    answer = upstream.ask_token(CONSOLE_ID, CONSOLE_SECRET)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    fields = answer.json()
    assert lifespan_in(fields) == 300
    assert fields.pop("access_token").count(".") == 2
    assert set(fields.pop("scope").split()) == {"profile", "email"}
    del fields["expires_in"]  # lifespan_in has looked at it
    assert fields == {
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
    }


def test_with_the_openid_scope_comes_an_id_token(upstream: Upstream) -> None:
    answer = upstream.ask_token(CONSOLE_ID, CONSOLE_SECRET, scope="openid").json()

    assert set(answer["scope"].split()) == {"openid", "profile", "email"}
    assert claims_in(answer["id_token"])["aud"] == CONSOLE_ID


def test_a_client_may_use_basic_authentication(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(f"{new_id()}/a b:é%+")
    pair = f"{quote_plus(client.client_id)}:{quote_plus(upstream.secret_of(client))}"

    answer = upstream.http.post(
        f"{upstream.oidc}/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
        timeout=TIMEOUT,
    )

    assert answer.status_code == 200
    assert claims_in(answer.json()["access_token"])["azp"] == client.client_id


def test_a_wrong_secret_is_refused(upstream: Upstream) -> None:
    answer = upstream.ask_token(CONSOLE_ID, "wrong")

    expected = described("unauthorized_client", WRONG_CREDENTIALS)
    assert refusal(answer) == (401, expected)


def test_an_unknown_client_is_refused(upstream: Upstream) -> None:
    answer = upstream.ask_token(new_id(), "whatever")

    assert refusal(answer) == (401, described("invalid_client", WRONG_CREDENTIALS))


def test_the_case_of_a_client_id_matters(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    answer = upstream.ask_token(client.client_id.upper(), upstream.secret_of(client))

    assert refusal(answer) == (401, described("invalid_client", WRONG_CREDENTIALS))


@pytest.mark.parametrize("form", [{}, {"client_secret": ""}], ids=["none", "empty"])
def test_a_missing_secret_is_refused(upstream: Upstream, form: dict[str, str]) -> None:
    answer = upstream.send_form(
        grant_type="client_credentials", client_id=CONSOLE_ID, **form
    )

    expected = described("unauthorized_client", WRONG_CREDENTIALS)
    assert refusal(answer) == (401, expected)


def test_a_missing_client_is_refused(upstream: Upstream) -> None:
    answer = upstream.send_form(grant_type="client_credentials")

    assert refusal(answer) == (401, described("invalid_client", WRONG_CREDENTIALS))


def test_a_disabled_client_is_refused_until_it_is_enabled(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.secret_of(client)

    off = upstream.clients.update_client(client, changed(client, enabled=False))
    refused = upstream.ask_token(client.client_id, secret)
    upstream.clients.update_client(off, changed(off, enabled=True))

    assert refusal(refused) == (401, described("invalid_client", WRONG_CREDENTIALS))
    assert upstream.ask_token(client.client_id, secret).status_code == 200


def test_a_client_without_a_service_account_is_refused(upstream: Upstream) -> None:
    answer = upstream.ask_token("production", "demonstration-only-production")

    text = "Client not enabled to retrieve service account"
    assert refusal(answer) == (401, described("unauthorized_client", text))


def test_a_public_client_is_refused(upstream: Upstream) -> None:
    answer = upstream.send_form(grant_type="client_credentials", client_id="pivot-web")

    text = "Public client not allowed to retrieve service account"
    assert refusal(answer) == (401, described("unauthorized_client", text))


def test_an_unknown_scope_is_refused(upstream: Upstream) -> None:
    answer = upstream.ask_token(CONSOLE_ID, CONSOLE_SECRET, scope="nothing")

    expected = described("invalid_scope", "Invalid scopes: nothing")
    assert refusal(answer) == (400, expected)


def test_an_unknown_grant_is_refused(upstream: Upstream) -> None:
    answer = upstream.send_form(
        grant_type="anything", client_id=CONSOLE_ID, client_secret=CONSOLE_SECRET
    )

    expected = described("unsupported_grant_type", "Unsupported grant_type")
    assert refusal(answer) == (400, expected)


def test_a_missing_grant_is_refused(upstream: Upstream) -> None:
    answer = upstream.send_form(client_id=CONSOLE_ID, client_secret=CONSOLE_SECRET)

    text = "Missing form parameter: grant_type"
    assert refusal(answer) == (400, described("invalid_request", text))


def test_the_token_endpoint_is_only_posted_to(upstream: Upstream) -> None:
    answer = upstream.http.get(f"{upstream.oidc}/token", timeout=TIMEOUT)

    assert refusal(answer) == (405, {"error": "HTTP 405 Method Not Allowed"})


def test_an_unknown_realm_has_no_tokens(upstream: Upstream) -> None:
    address = upstream.oidc.replace("northwind", "southwind")

    answer = upstream.http.post(f"{address}/token", timeout=TIMEOUT)

    assert refusal(answer) == (404, {"error": "Realm does not exist"})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "nobody"}, 401),
        ({"client_id": "pivot-web"}, 401),
        ({"realm": "southwind"}, 404),
    ],
    ids=["secret", "client", "public", "realm"],
)
def test_the_console_knows_when_its_own_credentials_are_refused(
    upstream: Upstream, changes: dict[str, str], status: int
) -> None:
    with pytest.raises(CredentialsRefusedError) as caught:
        upstream.service_account_token(**changes).value()

    assert caught.value.status == status
