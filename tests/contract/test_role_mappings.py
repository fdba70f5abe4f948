"""Mapping roles to service accounts, and Keycloak's own guard over admin roles."""

from typing import Any

import pytest
import requests

from gateways.errors import NotFoundError
from gateways.keycloak.models import Role
from tests.contract.support import UNKNOWN_UUID, MakeClient, Upstream

FORBIDDEN = {"error": "HTTP 403 Forbidden"}


def role(upstream: Upstream, *path: str) -> dict[str, str]:
    found = upstream.admin("GET", *path).json()
    return {"id": found["id"], "name": found["name"]}


def mappings(
    upstream: Upstream, method: str, account: str, *path: str, json: Any = None
) -> requests.Response:
    return upstream.admin(method, "users", account, "role-mappings", *path, json=json)


def found(upstream: Upstream, name: str, environment: str = "") -> Role:
    if environment:
        uuid = upstream.client(environment).uuid
        roles = upstream.roles.list_roles_of(uuid, environment)
    else:
        roles = upstream.roles.list_realm_roles()
    (role,) = (role for role in roles if role.name == name)
    return role


@pytest.fixture
def account(upstream: Upstream, make_client: MakeClient) -> str:
    return upstream.clients.get_service_account_id(make_client().uuid)


@pytest.mark.parametrize(
    ("name", "environment"),
    [("audit-reader", ""), ("visualization-team", ""), ("access-datasets", "staging")],
)
def test_the_gateway_maps_a_role_and_takes_it_away(
    upstream: Upstream, account: str, name: str, environment: str
) -> None:
    role = found(upstream, name, environment)
    before = upstream.mappings.list_roles(account)

    upstream.mappings.map_roles(account, [role])
    held = upstream.mappings.list_roles(account)
    upstream.mappings.unmap_roles(account, [role])

    assert [each.name for each in before] == ["default-roles-northwind"]
    assert set(held) == {*before, role}
    assert upstream.mappings.list_roles(account) == before


def test_several_roles_go_at_once(upstream: Upstream, account: str) -> None:
    names = ["access-datasets", "change-data-cubes", "manage-clusters"]
    roles = [found(upstream, name, "production") for name in names]

    upstream.mappings.map_roles(account, roles)
    upstream.mappings.unmap_roles(account, roles[:2])

    held = upstream.mappings.list_roles(account)
    assert roles[2] in held
    assert not {roles[0], roles[1]} & set(held)


def test_a_role_that_is_gone_is_not_found(upstream: Upstream, account: str) -> None:
    gone = Role(UNKNOWN_UUID, "gone", "", composite=False)

    with pytest.raises(NotFoundError):
        upstream.mappings.map_roles(account, [gone])
    with pytest.raises(NotFoundError):
        upstream.mappings.unmap_roles(account, [gone])


def test_nobody_can_be_given_a_role(upstream: Upstream) -> None:
    role = found(upstream, "audit-reader")

    for call in (upstream.mappings.map_roles, upstream.mappings.unmap_roles):
        with pytest.raises(NotFoundError):
            call(UNKNOWN_UUID, [role])
    with pytest.raises(NotFoundError):
        upstream.mappings.list_roles(UNKNOWN_UUID)


def test_an_empty_removal_would_take_everything(
    upstream: Upstream, account: str
) -> None:
    with pytest.raises(ValueError, match="no roles"):
        upstream.mappings.unmap_roles(account, [])
    assert upstream.mappings.list_roles(account)

    answer = mappings(upstream, "DELETE", account, "realm")

    assert answer.status_code == 204
    assert upstream.mappings.list_roles(account) == []


def test_a_role_is_mapped_and_taken_away(upstream: Upstream, account: str) -> None:
    wanted = [role(upstream, "roles", "audit-reader")]

    added = mappings(upstream, "POST", account, "realm", json=wanted)
    held = upstream.roles_of(account).realm
    removed = mappings(upstream, "DELETE", account, "realm", json=wanted)

    assert (added.status_code, added.content) == (204, b"")
    assert (removed.status_code, removed.content) == (204, b"")
    assert "audit-reader" in held
    assert "audit-reader" not in upstream.roles_of(account).realm


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
    assert "audit-reader" not in upstream.roles_of(account).realm


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

    held = upstream.roles_of(account).client
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
