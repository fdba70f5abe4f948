"""Reading and regenerating secrets."""

import time
from dataclasses import replace

import pytest

from gateways.errors import AccessDeniedError, NotFoundError, UnreadableAnswerError
from tests.contract.support import UNKNOWN_UUID, MakeClient, Upstream, changed


def test_a_secret_stays_the_same(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()

    assert upstream.secret_of(client) == upstream.secret_of(client)


def test_the_answer_with_a_secret(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()

    answer = upstream.admin("GET", "clients", client.uuid, "client-secret")

    assert answer.status_code == 200
    assert answer.json() == {"type": "secret", "value": upstream.secret_of(client)}
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_regenerated_secret_replaces_the_one_before(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    old = upstream.secret_of(client)

    new = upstream.clients.regenerate_secret(client.uuid).value

    assert new != old
    assert len(new) == 86
    assert new.isalnum()
    assert upstream.secret_of(client) == new
    refused = upstream.ask_token(client.client_id, old)
    assert refused.status_code == 401
    assert refused.json()["error"] == "unauthorized_client"
    assert upstream.ask_token(client.client_id, new).status_code == 200


def test_every_regenerated_secret_is_another(
    upstream: Upstream, make_client: MakeClient
) -> None:
    uuid = make_client().uuid

    secrets = {upstream.clients.regenerate_secret(uuid).value for _ in range(5)}

    assert len(secrets) == 5


def test_a_regenerated_secret_knows_when_it_was_made(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="Kept", owner="Kept", access_token_lifespan=60)
    assert client.secret_created_at is not None
    time.sleep(1.1)

    upstream.clients.regenerate_secret(client.uuid)

    after = upstream.clients.get_client(client.uuid)
    assert after.secret_created_at is not None
    age = after.secret_created_at - client.secret_created_at
    assert 1 <= age.total_seconds() < 10
    assert replace(client, secret_created_at=after.secret_created_at) == after


def test_tokens_that_are_out_outlive_their_secret(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    token = upstream.token_of(client, scope="openid")

    upstream.clients.regenerate_secret(client.uuid)

    assert upstream.userinfo(token).status_code == 200


def test_roles_survive_a_new_secret(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")

    upstream.clients.regenerate_secret(client.uuid)

    account = upstream.clients.get_service_account_id(client.uuid)
    assert "audit-reader" in upstream.roles_of(account).realm


def test_a_disabled_client_has_a_secret_too(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(enabled=False)

    new = upstream.clients.regenerate_secret(client.uuid).value

    assert upstream.secret_of(client) == new
    upstream.clients.update_client(client, changed(client, enabled=True))
    assert upstream.ask_token(client.client_id, new).status_code == 200


def test_an_unknown_client_has_no_secret(upstream: Upstream) -> None:
    with pytest.raises(NotFoundError):
        upstream.clients.read_secret(UNKNOWN_UUID)
    with pytest.raises(NotFoundError):
        upstream.clients.regenerate_secret(UNKNOWN_UUID)
    with pytest.raises(NotFoundError):
        upstream.clients.get_service_account_id(UNKNOWN_UUID)


def test_a_public_client_has_no_secret(upstream: Upstream) -> None:
    uuid = upstream.client("pivot-web").uuid

    answer = upstream.admin("GET", "clients", uuid, "client-secret")

    assert (answer.status_code, answer.json()) == (200, {"type": "secret"})
    with pytest.raises(UnreadableAnswerError):
        upstream.clients.read_secret(uuid)


def test_without_a_policy_there_is_no_second_secret(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.clients.regenerate_secret(client.uuid)

    answer = upstream.admin("GET", "clients", client.uuid, "client-secret", "rotated")

    assert answer.status_code == 404
    assert answer.json() == {"error": "Client does not have a rotated secret"}


def test_the_secret_of_the_admin_roles_client_cannot_be_made(
    upstream: Upstream,
) -> None:
    with pytest.raises(AccessDeniedError):
        upstream.clients.regenerate_secret(upstream.client("realm-management").uuid)
