"""Which roles there are, what is inside them, and who holds them."""

from typing import Any

import pytest

from gateways.errors import NotFoundError
from gateways.keycloak.models import Role, Roles
from tests.contract.support import (
    ACCOUNT_ROLES,
    ADMIN_ROLES,
    CONSOLE_ID,
    DEFAULT_ROLES,
    TEAM,
    TEAM_IN_PRODUCTION,
    UNKNOWN_UUID,
    MakeClient,
    Upstream,
)

ENVIRONMENT_ROLES = [
    *("access-datasets", "administer-dashboards", "administer-data-cubes"),
    *("change-data-cubes", "manage-clusters"),
]


def test_the_composite_roles_of_the_realm(upstream: Upstream) -> None:
    found = {role.name: role for role in upstream.roles.list_composite_roles()}

    assert found.keys() == {
        *("default-roles-northwind", "visualization-team", "platform-operator"),
    }
    assert all(role.composite and role.client_id == "" for role in found.values())


@pytest.mark.parametrize(
    ("name", "realm", "client"),
    [
        ("visualization-team", TEAM, TEAM_IN_PRODUCTION),
        (
            "platform-operator",
            {"platform-operator"},
            {("realm-management", name) for name in ("manage-clients",)},
        ),
        ("default-roles-northwind", DEFAULT_ROLES, ACCOUNT_ROLES),
    ],
)
def test_a_composite_role_is_expanded(
    upstream: Upstream, name: str, realm: set[str], client: set[tuple[str, str]]
) -> None:
    (role,) = (r for r in upstream.roles.list_composite_roles() if r.name == name)

    assert upstream.roles.expand(role) == Roles(frozenset(realm), frozenset(client))


def test_the_roles_of_the_realm(upstream: Upstream) -> None:
    found = {role.name: role for role in upstream.roles.list_realm_roles()}

    assert found.keys() >= {"audit-reader", *DEFAULT_ROLES, *TEAM}
    assert found["audit-reader"].description == "Read the organization's audit log"
    # Keycloak has no words of its own for its roles, only keys of translations.
    assert found["offline_access"].description == ""
    assert {role.client_id + role.client_uuid for role in found.values()} == {""}


def test_the_roles_of_an_environment(upstream: Upstream) -> None:
    uuid = upstream.client("staging").uuid

    found = upstream.roles.list_roles_of(uuid, "staging")

    assert [role.name for role in found] == ENVIRONMENT_ROLES
    assert {(role.client_id, role.client_uuid) for role in found} == {("staging", uuid)}
    assert all(role.description for role in found)


def test_a_role_is_read_by_its_id(upstream: Upstream) -> None:
    uuid = upstream.client("staging").uuid
    listed = [
        *upstream.roles.list_roles_of(uuid, "staging"),
        *upstream.roles.list_composite_roles(),
    ]

    for role in listed:
        read = upstream.roles.get_role(role.id)
        assert read == role
        assert read.client_uuid == role.client_uuid


def test_an_unknown_role_cannot_be_read(upstream: Upstream) -> None:
    with pytest.raises(NotFoundError):
        upstream.roles.get_role(UNKNOWN_UUID)


def test_an_unknown_role_cannot_be_expanded(upstream: Upstream) -> None:
    with pytest.raises(NotFoundError):
        upstream.roles.expand(Role(UNKNOWN_UUID, "x", "", composite=True))


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_the_roles_that_a_client_owns(upstream: Upstream, environment: str) -> None:
    uuid = upstream.client(environment).uuid

    assert upstream.roles.list_client_roles(uuid) == ENVIRONMENT_ROLES


def test_most_clients_own_no_roles(upstream: Upstream, make_client: MakeClient) -> None:
    assert upstream.roles.list_client_roles(make_client().uuid) == []


def test_the_admin_roles_are_those_of_a_client(upstream: Upstream) -> None:
    names = upstream.roles.list_client_roles(upstream.client("realm-management").uuid)

    assert {"realm-admin", *ADMIN_ROLES} < set(names)
    assert names == sorted(names)


def test_the_members_of_a_realm_role(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")

    members = list(upstream.roles.iter_realm_role_members("audit-reader"))

    assert f"service-account-{client.client_id}" in members
    assert len(members) == len(set(members))


def test_the_people_among_the_members(upstream: Upstream) -> None:
    members = upstream.roles.iter_realm_role_members("administer-account")

    assert list(members) == ["account-admin"]


def test_all_members_are_read_over_pages(
    upstream: Upstream, make_client: MakeClient
) -> None:
    made = {f"service-account-{make_client().client_id}" for _ in range(2)}

    members = list(upstream.roles.iter_realm_role_members("default-roles-northwind"))

    people = {"account-admin", "client-admin", "visitor"}
    assert made | people <= set(members)
    assert len(members) == len(set(members)) > 300


def test_the_members_of_a_client_role(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, production=["administer-data-cubes"])

    members = upstream.roles.iter_client_role_members(
        upstream.client("production").uuid, "administer-data-cubes"
    )

    assert f"service-account-{client.client_id}" in members


def test_the_holders_of_an_admin_role(upstream: Upstream) -> None:
    uuid = upstream.client("realm-management").uuid

    members = upstream.roles.iter_client_role_members(uuid, "manage-users")

    assert f"service-account-{CONSOLE_ID}" in members


def test_a_role_inside_another_makes_no_member(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "visualization-team")

    members = upstream.roles.iter_realm_role_members("reports-editor")

    assert f"service-account-{client.client_id}" not in members


@pytest.mark.parametrize("name", ["no-such-role", "a/b", "..;", "%"])
def test_an_unknown_role_has_no_members(upstream: Upstream, name: str) -> None:
    uuid = upstream.client("production").uuid

    with pytest.raises(NotFoundError):
        list(upstream.roles.iter_realm_role_members(name))
    with pytest.raises(NotFoundError):
        list(upstream.roles.iter_client_role_members(uuid, name))

    answer = upstream.admin("GET", "roles", name, "users")
    assert answer.json() == {"error": "Could not find role"}


def test_members_come_as_users(upstream: Upstream) -> None:
    answer = upstream.admin("GET", "roles", "administer-account", "users")

    (user,) = answer.json()
    created: Any = user.pop("createdTimestamp")
    assert isinstance(created, int)
    assert user == {
        "id": upstream.user_id("account-admin"),
        "username": "account-admin",
        "firstName": "Alice",
        "lastName": "Moreau",
        "email": "account-admin@northwind.example",
        "emailVerified": True,
        "enabled": True,
        "totp": False,
        "disableableCredentialTypes": [],
        "requiredActions": [],
        "notBefore": 0,
        "access": {"manage": True},
    }
