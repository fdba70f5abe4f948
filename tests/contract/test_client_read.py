"""One client by its uuid, and uuids that are none."""

from typing import Any

import pytest

from gateways.errors import InvalidError, NotFoundError
from tests.contract.support import CONSOLE_ID, UNKNOWN_UUID, MakeClient, Upstream

NOT_NORMALIZED = {
    "error": "missingNormalization",
    "error_description": "Request path not normalized",
}
STRANGE = [
    *(UNKNOWN_UUID, CONSOLE_ID, "%2e%2e", "%252e", "a/b", "../..", "..;", ";v=1"),
    *("a\\b", "é", " ", "...", "a?b#c", "%00", "null", "x" * 500),
]


@pytest.mark.parametrize("uuid", STRANGE, ids=lambda uuid: uuid[:40])
def test_a_uuid_that_is_none_is_not_found(upstream: Upstream, uuid: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        upstream.clients.get_client(uuid)

    assert caught.value.status == 404
    assert upstream.admin("GET", "clients", uuid).json() == {
        "error": "Could not find client"
    }


@pytest.mark.parametrize("uuid", ["", ".", ".."])
def test_a_uuid_that_would_leave_its_path_is_not_even_sent(
    upstream: Upstream, uuid: str
) -> None:
    for call in (
        upstream.clients.get_client,
        upstream.clients.delete_client,
        upstream.clients.read_secret,
        upstream.clients.regenerate_secret,
        upstream.clients.get_service_account_id,
    ):
        with pytest.raises(NotFoundError) as caught:
            call(uuid)
        assert caught.value.status is None


@pytest.mark.parametrize("path", ["..", "%2e%2e", "./x", "x/../y", "/client-secret"])
def test_a_path_with_dots_is_refused(upstream: Upstream, path: str) -> None:
    assert upstream.raw_get(path) == (400, NOT_NORMALIZED)


@pytest.mark.parametrize("path", ["a%2Fb", "..%2F..", "%252e%252e", "a%5Cb", "%3Bv=1"])
def test_a_quoted_path_is_a_name_like_any_other(upstream: Upstream, path: str) -> None:
    assert upstream.raw_get(path) == (404, {"error": "Could not find client"})


def test_a_client_is_read(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client(
        description="Reports é", owner="Data", access_token_lifespan=900
    )

    assert client.description == "Reports é"
    assert client.owner == "Data"
    assert client.enabled is True
    assert client.access_token_lifespan == 900
    assert client.full_scope is True
    assert client.uses_client_credentials_only is True
    assert client.secret_created_at is not None


@pytest.mark.parametrize(
    ("client_id", "expected"),
    [
        (CONSOLE_ID, False),
        ("pivot-web", False),
        ("production", False),
        ("account", False),
        ("realm-management", False),
        ("admin-cli", False),
        ("security-admin-console", False),
    ],
)
def test_clients_of_other_kinds_are_known(
    upstream: Upstream, client_id: str, expected: bool
) -> None:
    assert upstream.client(client_id).uses_client_credentials_only is expected


def test_what_keycloak_adds_to_the_answer(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    answer = upstream.admin("GET", "clients", client.uuid)

    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.json()["access"] == {"view": True, "configure": True, "manage": True}
    assert answer.json()["secret"] == upstream.secret_of(client)
    assert not {"access", "secret"} & client.representation.keys()


def test_the_service_account_of_a_client(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    account = upstream.clients.get_service_account_id(client.uuid)

    user: dict[str, Any] = upstream.admin("GET", "users", account).json()
    assert user["username"] == f"service-account-{client.client_id}"
    assert user["enabled"] is True
    assert user["emailVerified"] is False
    assert not {"email", "firstName", "lastName"} & user.keys()


def test_service_accounts_are_not_among_the_people(
    upstream: Upstream, make_client: MakeClient
) -> None:
    name = f"service-account-{make_client().client_id}"

    people = upstream.admin("GET", "users", params={"max": 1000}).json()

    assert {"account-admin", "client-admin", "visitor"} <= {
        p["username"] for p in people
    }
    assert name not in {person["username"] for person in people}


def test_a_client_without_a_service_account_has_none(upstream: Upstream) -> None:
    with pytest.raises(InvalidError) as caught:
        upstream.clients.get_service_account_id(upstream.client("pivot-web").uuid)

    assert caught.value.detail == (
        "Service account not enabled for the client 'pivot-web'"
    )
