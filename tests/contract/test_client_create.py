"""Making clients, and all the ways in which it is refused."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateways.errors import ConflictError, InvalidError, OutcomeUnknownError
from gateways.keycloak.models import INTENT as INTENT_ATTRIBUTE
from gateways.keycloak.models import LIFESPAN, OWNER
from tests.contract.support import (
    EMPTY,
    INTENT,
    UNKNOWN_ERROR,
    MakeClient,
    Upstream,
    new_id,
)

# Its account is called service-account-<id>, and a name has 255 characters.
LONGEST = 255 - len("service-account-")
CANNOT_PARSE = {"error": "unknown_error", "error_description": "Cannot parse the JSON"}


def test_a_new_client_is_named_by_its_address(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client_id = new_id()
    body = {"clientId": client_id, "serviceAccountsEnabled": True}

    answer = upstream.admin("POST", "clients", json=body)

    client = upstream.client(client_id)
    address = f"{upstream.base_url}/admin/realms/northwind/clients/{client.uuid}"
    upstream.clients.delete_client(client.uuid)
    assert answer.status_code == 201
    assert answer.headers["Location"] == address
    assert answer.content == b""


def test_every_part_of_a_new_client(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="New", owner="Data", access_token_lifespan=900)

    made = upstream.admin("GET", "clients", client.uuid).json()
    attributes = made.pop("attributes")
    scopes = {name: set(made.pop(name)) for name in list(made) if "Scopes" in name}

    assert len(made.pop("secret")) == 86
    assert made == {
        "id": client.uuid,
        "clientId": client.client_id,
        "description": "New",
        "surrogateAuthRequired": False,
        "enabled": True,
        "alwaysDisplayInConsole": False,
        "clientAuthenticatorType": "client-secret",
        "redirectUris": [],
        "webOrigins": [],
        "notBefore": 0,
        "bearerOnly": False,
        "consentRequired": False,
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "publicClient": False,
        "frontchannelLogout": False,
        "protocol": "openid-connect",
        "authenticationFlowBindingOverrides": {},
        "fullScopeAllowed": True,
        "nodeReRegistrationTimeout": -1,
        "access": {"view": True, "configure": True, "manage": True},
    }
    assert attributes.pop("client.secret.creation.time").isdigit()
    assert attributes == {
        "realm_client": "false",
        "backchannel.logout.session.required": "true",
        "backchannel.logout.revoke.offline.tokens": "false",
        OWNER: "Data",
        INTENT_ATTRIBUTE: INTENT,
        LIFESPAN: "900",
    }
    assert scopes == {
        "defaultClientScopes": {
            *("web-origins", "service_account", "acr", "profile"),
            *("roles", "basic", "email"),
        },
        "optionalClientScopes": {
            *("address", "phone", "organization", "offline_access"),
            "microprofile-jwt",
        },
    }


def test_what_is_left_empty_is_not_stored(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    attributes = client.representation["attributes"]
    assert (client.description, client.owner) == ("", "")
    assert client.access_token_lifespan is None
    assert OWNER not in attributes
    assert LIFESPAN not in attributes


def test_a_new_client_has_a_secret_that_works(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    secret = upstream.secret_of(client)

    assert len(secret) == 86
    assert secret.isalnum()
    assert secret.isascii()
    assert upstream.ask_token(client.client_id, secret).status_code == 200


def test_a_new_secret_knows_when_it_was_made(make_client: MakeClient) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)

    client = make_client()

    assert client.secret_created_at is not None
    assert before < client.secret_created_at < before + timedelta(seconds=10)
    assert client.secret_created_at.microsecond == 0


def test_a_new_client_has_an_account_with_the_default_roles(
    upstream: Upstream, make_client: MakeClient
) -> None:
    before = time.time() * 1000 - 2000
    client = make_client()

    account = upstream.clients.get_service_account_id(client.uuid)

    user = upstream.admin("GET", "users", account).json()
    assert before < user["createdTimestamp"] < before + 10000
    mapped = upstream.admin("GET", "users", account, "role-mappings").json()
    assert [role["name"] for role in mapped["realmMappings"]] == [
        "default-roles-northwind"
    ]
    assert "clientMappings" not in mapped


def test_a_client_may_be_disabled_from_the_start(make_client: MakeClient) -> None:
    assert make_client(enabled=False).enabled is False


@pytest.mark.parametrize(
    "change", [str, str.upper, str.title], ids=lambda f: f.__name__
)
def test_a_taken_id_is_refused_in_any_case(
    upstream: Upstream, make_client: MakeClient, change: Any
) -> None:
    client_id = make_client().client_id

    with pytest.raises(ConflictError) as caught:
        upstream.clients.create_client(change(client_id), EMPTY, intent=INTENT)

    assert caught.value.status == 409
    assert caught.value.detail == f"Client {change(client_id)} already exists"
    assert upstream.client(client_id).client_id == client_id


def test_a_refused_client_leaves_nothing_behind(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(description="First")

    with pytest.raises(ConflictError):
        upstream.clients.create_client(client.client_id, EMPTY, intent=INTENT)

    assert upstream.clients.get_client(client.uuid) == client


def test_an_id_may_be_free_again(upstream: Upstream, make_client: MakeClient) -> None:
    first = make_client()
    upstream.clients.delete_client(first.uuid)

    second = make_client(first.client_id)

    assert second.uuid != first.uuid


def test_the_longest_id(upstream: Upstream, make_client: MakeClient) -> None:
    client_id = new_id().ljust(LONGEST, "x")

    assert make_client(client_id).client_id == client_id


@pytest.mark.parametrize("length", [LONGEST + 1, 255, 256, 300])
def test_an_id_that_is_too_long_fails_without_saying_so(
    upstream: Upstream, length: int
) -> None:
    client_id = new_id().ljust(length, "x")

    with pytest.raises(OutcomeUnknownError) as caught:
        upstream.clients.create_client(client_id, EMPTY, intent=INTENT)

    assert caught.value.status == 500
    assert upstream.clients.find_client(client_id) is None


@pytest.mark.parametrize("values", [{"description": "d" * 255}, {"owner": "o" * 4000}])
def test_the_longest_values(make_client: MakeClient, values: dict[str, str]) -> None:
    client = make_client(**values)

    assert {name: getattr(client, name) for name in values} == values


def test_a_description_that_is_too_long_fails_without_saying_so(
    upstream: Upstream,
) -> None:
    body = {"clientId": new_id(), "description": "d" * 256}

    answer = upstream.admin("POST", "clients", json=body)

    assert (answer.status_code, answer.json()) == (500, UNKNOWN_ERROR)
    assert upstream.clients.find_client(body["clientId"]) is None


@pytest.mark.parametrize("client_id", ["", "   "])
def test_a_blank_id_is_refused(upstream: Upstream, client_id: str) -> None:
    with pytest.raises(InvalidError) as caught:
        upstream.clients.create_client(client_id, EMPTY, intent=INTENT)

    assert caught.value.status == 400
    assert caught.value.detail == "Client ID cannot be blank"


def test_an_id_is_not_trimmed(upstream: Upstream, make_client: MakeClient) -> None:
    client_id = f" {new_id()} "

    assert make_client(client_id).client_id == client_id


def test_a_field_that_keycloak_does_not_know_is_refused(upstream: Upstream) -> None:
    body = {"clientId": new_id(), "nothing": 1}

    answer = upstream.admin("POST", "clients", json=body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(
        "Invalid json representation for ClientRepresentation. "
        'Unrecognized field "nothing" at line 1 column '
    )
    assert answer.json().keys() == {"error"}


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("[]", 400, CANNOT_PARSE),
        ('{"clientId": "x", "enabled": "perhaps"}', 400, CANNOT_PARSE),
        ('{"clientId": "x", "attributes": []}', 400, CANNOT_PARSE),
        ("{", 400, {**CANNOT_PARSE, "error": "invalid_request"}),
        ("null", 500, UNKNOWN_ERROR),
        ("", 500, UNKNOWN_ERROR),
    ],
)
def test_a_body_that_is_no_client_is_refused(
    upstream: Upstream, body: str, status: int, error: dict[str, str]
) -> None:
    bearer = upstream.console_token.value()

    answer = upstream.http.post(
        f"{upstream.base_url}/admin/realms/northwind/clients",
        data=body,
        headers={
            "Authorization": f"Bearer {bearer}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        },
        timeout=20,
    )

    assert (answer.status_code, answer.json()) == (status, error)
