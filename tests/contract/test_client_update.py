"""Changing clients: what is merged, what survives, what is a trap."""

from typing import Any

import pytest

from gateways.errors import NotFoundError
from gateways.keycloak.models import (
    INTENT as INTENT_ATTRIBUTE,
)
from gateways.keycloak.models import LIFESPAN, OWNER, Client, ClientChange
from tests.contract.support import (
    CONSOLE_ID,
    EMPTY,
    INTENT,
    UNKNOWN_ERROR,
    UNKNOWN_UUID,
    MakeClient,
    Upstream,
    changed,
    new_id,
)

FULL = ClientChange("Reports", "Data", enabled=True, access_token_lifespan=900)


def put(upstream: Upstream, client: Client, **body: Any) -> Client:
    """Send only this, as the console never does; the client afterwards."""
    answer = upstream.admin("PUT", "clients", client.uuid, json=body)
    assert answer.status_code == 204, answer.text
    assert answer.content == b""
    return upstream.clients.get_client(client.uuid)


@pytest.mark.parametrize(
    "change",
    [
        FULL,
        EMPTY,
        ClientChange("é <b>&amp;", "Zoë", enabled=True, access_token_lifespan=1),
        ClientChange("Off", "", enabled=False, access_token_lifespan=None),
        ClientChange("d" * 255, "o" * 4000, enabled=True, access_token_lifespan=36000),
        ClientChange("line\nline", " spaced ", enabled=True, access_token_lifespan=60),
    ],
    ids=["full", "empty", "odd", "off", "long", "lines"],
)
@pytest.mark.parametrize("before", [FULL, EMPTY], ids=["from full", "from empty"])
def test_an_update_is_read_back(
    upstream: Upstream, make_client: MakeClient, before: ClientChange, change: Any
) -> None:
    client = make_client()
    client = upstream.clients.update_client(client, before)

    after = upstream.clients.update_client(client, change)

    read = upstream.clients.get_client(client.uuid)
    assert ClientChange.of(read) == change
    assert after == read


def test_what_is_cleared_is_gone(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client(description="a", owner="b", access_token_lifespan=5)

    upstream.clients.update_client(client, EMPTY)

    read = upstream.clients.get_client(client.uuid)
    assert read.representation["description"] == ""
    assert OWNER not in read.representation["attributes"]
    assert LIFESPAN not in read.representation["attributes"]
    assert read.representation["attributes"][INTENT_ATTRIBUTE] == INTENT


def test_an_update_leaves_everything_else(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    before = upstream.admin("GET", "clients", client.uuid).json()

    upstream.clients.update_client(client, changed(client, description="New"))

    after = upstream.admin("GET", "clients", client.uuid).json()
    for document in (before, after):
        for scopes in ("defaultClientScopes", "optionalClientScopes"):
            document[scopes].sort()
    assert after == before | {"description": "New"}


def test_an_update_keeps_secret_account_and_roles(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader", production=["access-datasets"])
    secret = upstream.secret_of(client)
    account = upstream.clients.get_service_account_id(client.uuid)

    upstream.clients.update_client(client, FULL)

    read = upstream.clients.get_client(client.uuid)
    assert read.secret_created_at == client.secret_created_at
    assert upstream.secret_of(client) == secret
    assert upstream.clients.get_service_account_id(client.uuid) == account
    roles = upstream.roles_of(account)
    assert "audit-reader" in roles.realm
    assert ("production", "access-datasets") in roles.client


def test_many_updates_keep_the_secret(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    secret = upstream.secret_of(client)

    for enabled in (False, True, False, True):
        client = upstream.clients.update_client(
            client, changed(client, enabled=enabled)
        )

    assert upstream.secret_of(client) == secret
    assert upstream.ask_token(client.client_id, secret).status_code == 200


def test_a_partial_update_is_merged(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="Kept", owner="Kept", access_token_lifespan=60)
    account = upstream.clients.get_service_account_id(client.uuid)
    secret = upstream.secret_of(client)

    after = put(upstream, client, name="Named")

    assert after == client
    assert after.representation["name"] == "Named"
    assert upstream.secret_of(client) == secret
    assert upstream.clients.get_service_account_id(client.uuid) == account


def test_attributes_are_merged_one_by_one(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(owner="Data", access_token_lifespan=60)

    after = put(upstream, client, attributes={"new": "one", OWNER: None, LIFESPAN: " "})

    attributes = after.representation["attributes"]
    assert attributes["new"] == "one"
    assert attributes[INTENT_ATTRIBUTE] == INTENT
    assert OWNER not in attributes
    assert LIFESPAN not in attributes


def test_null_changes_nothing(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client(description="Kept", owner="Kept")

    after = put(
        upstream, client, description=None, enabled=None, attributes=None, clientId=None
    )

    assert after == client


def test_an_empty_update_changes_nothing(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="Kept", owner="Kept")

    assert put(upstream, client) == client
    assert upstream.clients.get_service_account_id(client.uuid)


def test_asterisks_become_the_secret(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    before = upstream.secret_of(client)

    after = put(upstream, client, secret="**********")

    assert upstream.secret_of(client) == "**********"
    assert upstream.ask_token(client.client_id, before).status_code == 401
    assert upstream.ask_token(client.client_id, "**********").status_code == 200
    assert after.secret_created_at == client.secret_created_at


def test_switching_the_account_off_takes_its_roles_away(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")
    secret = upstream.secret_of(client)

    put(upstream, client, serviceAccountsEnabled=False)
    refused = upstream.ask_token(client.client_id, secret)
    put(upstream, client, serviceAccountsEnabled=True)

    account = upstream.clients.get_service_account_id(client.uuid)
    assert refused.status_code == 401
    assert "audit-reader" not in upstream.roles_of(account).realm
    assert upstream.ask_token(client.client_id, secret).status_code == 200


def test_another_uuid_in_the_body_is_ignored(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    assert put(upstream, client, id=UNKNOWN_UUID).uuid == client.uuid


def test_a_client_can_be_renamed_and_its_account_with_it(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    account = upstream.clients.get_service_account_id(client.uuid)
    name = new_id()

    after = put(upstream, client, clientId=name, serviceAccountsEnabled=True)

    assert after.client_id == name
    user = upstream.admin("GET", "users", account).json()
    assert user["username"] == f"service-account-{name}"
    assert upstream.clients.find_client(client.client_id) is None


@pytest.mark.parametrize("taken", [CONSOLE_ID, CONSOLE_ID.upper()])
def test_a_client_cannot_take_the_id_of_another(
    upstream: Upstream, make_client: MakeClient, taken: str
) -> None:
    client = make_client()

    answer = upstream.admin("PUT", "clients", client.uuid, json={"clientId": taken})

    assert answer.status_code == 409
    assert answer.json() == {
        "error": "conflict",
        "error_description": "Duplicate resource error",
    }
    assert upstream.clients.get_client(client.uuid) == client


def test_an_unknown_client_cannot_be_changed(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.clients.delete_client(client.uuid)

    with pytest.raises(NotFoundError) as caught:
        upstream.clients.update_client(client, FULL)

    assert caught.value.status == 404


def test_a_description_that_is_too_long_changes_nothing(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="Kept")
    body = {"description": "d" * 256, "enabled": False}

    answer = upstream.admin("PUT", "clients", client.uuid, json=body)

    assert (answer.status_code, answer.json()) == (500, UNKNOWN_ERROR)
    assert upstream.clients.get_client(client.uuid) == client


def test_the_last_update_wins(upstream: Upstream, make_client: MakeClient) -> None:
    seen = make_client(description="Old", owner="Old")

    upstream.clients.update_client(seen, changed(seen, owner="One"))
    upstream.clients.update_client(seen, changed(seen, description="Two"))

    read = upstream.clients.get_client(seen.uuid)
    assert (read.description, read.owner) == ("Two", "Old")
