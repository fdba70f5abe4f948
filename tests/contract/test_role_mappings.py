"""Mapping roles to service accounts, and Keycloak's own guard over admin roles."""

from typing import Any

import pytest
import requests

from tests.contract.support import UNKNOWN_UUID, MakeClient, Upstream

FORBIDDEN = {"error": "HTTP 403 Forbidden"}


def role(upstream: Upstream, *path: str) -> dict[str, str]:
    found = upstream.admin("GET", *path).json()
    return {"id": found["id"], "name": found["name"]}


def mappings(
    upstream: Upstream, method: str, account: str, *path: str, json: Any = None
) -> requests.Response:
    return upstream.admin(method, "users", account, "role-mappings", *path, json=json)


@pytest.fixture
def account(upstream: Upstream, make_client: MakeClient) -> str:
    return upstream.clients.get_service_account_id(make_client().uuid)


def test_a_role_is_mapped_and_taken_away(upstream: Upstream, account: str) -> None:
    wanted = [role(upstream, "roles", "audit-reader")]

    added = mappings(upstream, "POST", account, "realm", json=wanted)
    held = upstream.roles.get_mapped_roles(account).realm
    removed = mappings(upstream, "DELETE", account, "realm", json=wanted)

    assert (added.status_code, added.content) == (204, b"")
    assert (removed.status_code, removed.content) == (204, b"")
    assert "audit-reader" in held
    assert "audit-reader" not in upstream.roles.get_mapped_roles(account).realm


def test_doing_it_twice_is_no_error(upstream: Upstream, account: str) -> None:
    wanted = [role(upstream, "roles", "audit-reader")] * 2

    answers = [
        mappings(upstream, method, account, "realm", json=wanted).status_code
        for method in ("POST", "POST", "DELETE", "DELETE")
    ]

    assert answers == [204, 204, 204, 204]


@pytest.mark.parametrize("wrong", [{"name": "audit"}, {"id": UNKNOWN_UUID}], ids=str)
def test_id_and_name_of_a_role_must_both_fit(
    upstream: Upstream, account: str, wrong: dict[str, str]
) -> None:
    wanted = role(upstream, "roles", "audit-reader") | wrong

    answer = mappings(upstream, "POST", account, "realm", json=[wanted])

    assert (answer.status_code, answer.json()) == (404, {"error": "Role not found"})


def test_one_wrong_role_stops_them_all(upstream: Upstream, account: str) -> None:
    good = role(upstream, "roles", "audit-reader")

    answer = mappings(
        *(upstream, "POST", account, "realm"),
        json=[good, {"id": UNKNOWN_UUID, "name": "nothing"}],
    )

    assert answer.status_code == 404
    assert "audit-reader" not in upstream.roles.get_mapped_roles(account).realm


@pytest.mark.parametrize("name", ["realm-admin", "manage-realm", "impersonation"])
def test_an_admin_role_that_the_console_lacks_is_refused(
    upstream: Upstream, account: str, name: str
) -> None:
    owner = upstream.client("realm-management").uuid
    wanted = [role(upstream, "clients", owner, "roles", name)]

    answer = mappings(upstream, "POST", account, "clients", owner, json=wanted)

    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


@pytest.mark.parametrize("name", ["manage-users", "manage-clients", "view-clients"])
def test_an_admin_role_that_the_console_holds_is_not(
    upstream: Upstream, account: str, name: str
) -> None:
    owner = upstream.client("realm-management").uuid
    wanted = [role(upstream, "clients", owner, "roles", name)]

    answer = mappings(upstream, "POST", account, "clients", owner, json=wanted)

    assert answer.status_code == 204


def test_nobody_looks_inside_a_composite_role(upstream: Upstream, account: str) -> None:
    wanted = [role(upstream, "roles", "platform-operator")]

    answer = mappings(upstream, "POST", account, "realm", json=wanted)

    held = upstream.roles.get_mapped_roles(account).client
    assert answer.status_code == 204
    assert ("realm-management", "manage-clients") in held


def test_mappings_are_shown_by_container(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader", production=["access-datasets"])
    user = upstream.clients.get_service_account_id(client.uuid)

    shown = upstream.admin("GET", "users", user, "role-mappings").json()

    production = upstream.client("production").uuid
    own = shown["clientMappings"].pop("production")
    assert shown["clientMappings"] == {}
    assert {role["name"] for role in shown["realmMappings"]} == {
        "default-roles-northwind",
        "audit-reader",
    }
    assert (own["id"], own["client"]) == (production, "production")
    (mapped,) = own["mappings"]
    assert mapped.pop("id")
    assert mapped == {
        "name": "access-datasets",
        "description": "Query the datasets of the environment",
        "composite": False,
        "clientRole": True,
        "containerId": production,
    }
