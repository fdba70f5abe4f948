"""The token that the console gets for an API client, to show and to try it."""

import time

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from gateways.errors import CredentialsRefusedError, TokenRefusedError
from gateways.keycloak.models import LIFESPAN, AccessToken, ClientSecret
from tests.contract.support import MakeClient, Upstream, changed, claims_in, new_id


def test_a_token_is_got_and_verified(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.clients.read_secret(client.uuid)

    token = upstream.tokens.get_token(client.client_id, secret)

    keys = KeySet.import_key_set(dict(upstream.tokens.get_keys()))  # type: ignore[arg-type]
    claims = jwt.decode(token.value, keys, algorithms=["RS256"]).claims
    assert claims["azp"] == client.client_id
    assert "openid" not in claims["scope"].split()


def test_a_token_with_openid_can_be_tried(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.clients.read_secret(client.uuid)

    token = upstream.tokens.get_token(client.client_id, secret, scope="openid")

    account = upstream.clients.get_service_account_id(client.uuid)
    assert upstream.ask_userinfo(token) == account == claims_in(token.value)["sub"]


def test_a_token_that_is_over_is_refused(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(access_token_lifespan=1)
    secret = upstream.clients.read_secret(client.uuid)
    token = upstream.tokens.get_token(client.client_id, secret, scope="openid")
    time.sleep(2)

    with pytest.raises(CredentialsRefusedError):
        upstream.ask_userinfo(token)


def test_a_revoked_token_is_refused(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.clients.read_secret(client.uuid)
    token = upstream.tokens.get_token(client.client_id, secret, scope="openid")

    issued = claims_in(token.value)["iat"]
    upstream.clients.set_not_before(client, issued + 1)

    with pytest.raises(CredentialsRefusedError):
        upstream.ask_userinfo(token)


def test_nonsense_is_refused(upstream: Upstream) -> None:
    with pytest.raises(CredentialsRefusedError):
        upstream.ask_userinfo(AccessToken("nonsense"))


def test_a_wrong_secret_gets_no_token(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    with pytest.raises(TokenRefusedError) as caught:
        upstream.tokens.get_token(client.client_id, ClientSecret("wrong"))

    assert caught.value.status == 401


def test_an_unknown_client_gets_no_token(upstream: Upstream) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        upstream.tokens.get_token(new_id(), ClientSecret("any"))

    assert caught.value.status == 401


def test_a_disabled_client_gets_no_token(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.clients.read_secret(client.uuid)
    upstream.clients.update_client(client, changed(client, enabled=False))

    with pytest.raises(TokenRefusedError) as caught:
        upstream.tokens.get_token(client.client_id, secret)

    assert caught.value.status == 401


def test_an_unknown_scope_is_explained(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.clients.read_secret(client.uuid)

    with pytest.raises(TokenRefusedError) as caught:
        upstream.tokens.get_token(client.client_id, secret, scope="nothing")

    assert (caught.value.status, caught.value.detail) == (
        400,
        "Invalid scopes: nothing",
    )


def test_a_broken_lifespan_is_told_from_a_failure(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.set_attribute(client, LIFESPAN, "abc")

    with pytest.raises(TokenRefusedError) as caught:
        upstream.tokens.get_token(
            client.client_id, upstream.clients.read_secret(client.uuid)
        )

    assert caught.value.status == 500
