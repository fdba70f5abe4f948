"""Deleting clients."""

import pytest

from gateways.errors import AccessDeniedError, InvalidError, NotFoundError
from tests.contract.support import UNKNOWN_UUID, MakeClient, Upstream


def test_a_deleted_client_is_gone(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()

    upstream.clients.delete_client(client.uuid)

    with pytest.raises(NotFoundError):
        upstream.clients.get_client(client.uuid)
    assert upstream.clients.find_client(client.client_id) is None


def test_deleting_answers_nothing(upstream: Upstream, make_client: MakeClient) -> None:
    answer = upstream.admin("DELETE", "clients", make_client().uuid)

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_client_is_deleted_once(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()
    upstream.clients.delete_client(client.uuid)

    with pytest.raises(NotFoundError) as caught:
        upstream.clients.delete_client(client.uuid)

    assert caught.value.status == 404


def test_an_unknown_client_cannot_be_deleted(upstream: Upstream) -> None:
    answer = upstream.admin("DELETE", "clients", UNKNOWN_UUID)

    assert answer.status_code == 404
    assert answer.json() == {"error": "Could not find client"}


def test_a_deleted_client_gets_no_token(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.secret_of(client)

    upstream.clients.delete_client(client.uuid)

    answer = upstream.ask_token(client.client_id, secret)
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_the_token_of_a_deleted_client_is_refused(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    token = upstream.token_of(client, scope="openid")
    before = upstream.userinfo(token).status_code

    upstream.clients.delete_client(client.uuid)

    assert (before, upstream.userinfo(token).status_code) == (200, 401)


def test_the_account_goes_with_its_client(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")
    account = upstream.clients.get_service_account_id(client.uuid)

    upstream.clients.delete_client(client.uuid)

    answer = upstream.admin("GET", "users", account)
    assert (answer.status_code, answer.json()) == (404, {"error": "User not found"})
    members = upstream.roles.iter_realm_role_members("audit-reader")
    assert f"service-account-{client.client_id}" not in members


def test_a_disabled_client_can_be_deleted(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(enabled=False)

    upstream.clients.delete_client(client.uuid)

    assert upstream.clients.find_client(client.client_id) is None


def test_a_built_in_client_cannot_be_deleted(upstream: Upstream) -> None:
    with pytest.raises(InvalidError) as caught:
        upstream.clients.delete_client(upstream.client("account").uuid)

    assert caught.value.detail == "Could not delete client"


def test_the_client_of_the_admin_roles_cannot_be_deleted(upstream: Upstream) -> None:
    with pytest.raises(AccessDeniedError) as caught:
        upstream.clients.delete_client(upstream.client("realm-management").uuid)

    assert caught.value.status == 403
