"""What people and clients may do, and who holds a role."""

from typing import Any

import pytest

from gateways.errors import NotFoundError
from gateways.keycloak.models import Role, Roles
from tests.contract.support import (
    ACCOUNT_ROLES,
    CONSOLE_ID,
    DEFAULT_ROLES,
    UNKNOWN_UUID,
    MakeClient,
    Upstream,
)

# Inside view-users and view-clients are these, too.
ADMIN_ROLES = {
    *("manage-clients", "query-clients", "view-users", "manage-users"),
    *("view-events", "view-realm", "query-groups", "query-users"),
}
TEAM = {"visualization-team", "reports-reader", "reports-editor"}
TEAM_IN_PRODUCTION = {
    ("production", "access-datasets"),
    ("production", "administer-dashboards"),
}
ENVIRONMENT_ROLES = [
    *("access-datasets", "administer-dashboards", "administer-data-cubes"),
    *("change-data-cubes", "manage-clusters"),
]


def effective(upstream: Upstream, user_id: str) -> Roles:
    console = upstream.client(CONSOLE_ID).uuid
    return upstream.roles.get_effective_roles(user_id, through_client=console)


@pytest.mark.parametrize(
    ("username", "role"),
    [
        ("account-admin", {"administer-account"}),
        ("client-admin", {"administer-clients"}),
        ("visitor", set()),
    ],
)
def test_the_effective_roles_of_people(
    upstream: Upstream, username: str, role: set[str]
) -> None:
    roles = effective(upstream, upstream.user_id(username))

    assert roles.realm == DEFAULT_ROLES | role
    assert roles.client == ACCOUNT_ROLES


def test_the_effective_roles_of_the_console(upstream: Upstream) -> None:
    console = upstream.client(CONSOLE_ID).uuid

    roles = effective(upstream, upstream.clients.get_service_account_id(console))

    admin_roles = {name for owner, name in roles.client if owner == "realm-management"}
    assert roles.realm == DEFAULT_ROLES
    assert admin_roles == ADMIN_ROLES
    assert {role for role in roles.client if role[0] == "account"} == ACCOUNT_ROLES


def test_effective_roles_hold_what_is_inside_them(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "visualization-team", staging=["manage-clusters"])
    account = upstream.clients.get_service_account_id(client.uuid)

    roles = effective(upstream, account)

    assert roles.realm == DEFAULT_ROLES | TEAM
    staging = {("staging", "manage-clusters")}
    assert roles.client == ACCOUNT_ROLES | TEAM_IN_PRODUCTION | staging


def test_an_admin_role_inside_another_is_seen(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "platform-operator")
    account = upstream.clients.get_service_account_id(client.uuid)

    roles = effective(upstream, account)

    assert "platform-operator" in roles.realm
    assert ("realm-management", "manage-clients") in roles.client


def test_a_client_tells_its_own_effective_roles(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")
    account = upstream.clients.get_service_account_id(client.uuid)

    through_itself = upstream.roles.get_effective_roles(
        account, through_client=client.uuid
    )

    assert through_itself == effective(upstream, account)


def test_effective_roles_follow_at_once(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    account = upstream.clients.get_service_account_id(client.uuid)
    before = effective(upstream, account)

    upstream.give_roles(client, "audit-reader")

    assert effective(upstream, account).realm - before.realm == {"audit-reader"}


def test_a_client_without_full_scope_shows_no_roles_but_holds_them(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "visualization-team")
    account = upstream.clients.get_service_account_id(client.uuid)
    body = {"fullScopeAllowed": False, "serviceAccountsEnabled": True}
    upstream.admin("PUT", "clients", client.uuid, json=body)

    shown = upstream.roles.get_effective_roles(account, through_client=client.uuid)

    assert upstream.clients.get_client(client.uuid).full_scope is False
    assert shown == Roles()
    assert upstream.roles.get_mapped_roles(account) == effective(upstream, account)


def test_nobody_has_no_roles(upstream: Upstream) -> None:
    assert effective(upstream, UNKNOWN_UUID) == Roles()


def test_an_unknown_client_lends_nobody_a_role(upstream: Upstream) -> None:
    user = upstream.user_id("account-admin")

    roles = upstream.roles.get_effective_roles(user, through_client=UNKNOWN_UUID)

    assert roles == Roles()


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"userId": UNKNOWN_UUID}, "No user found"),
        ({}, "No userId provided"),
        ({"userId": ""}, "No userId provided"),
    ],
    ids=str,
)
def test_an_example_needs_a_user(
    upstream: Upstream, params: dict[str, str], error: str
) -> None:
    answer = upstream.admin(
        *("GET", "clients", upstream.client(CONSOLE_ID).uuid, "evaluate-scopes"),
        "generate-example-access-token",
        params=params,
    )

    assert (answer.status_code, answer.json()) == (404, {"error": error})


def test_an_example_is_no_sign_in(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client(access_token_lifespan=900)
    account = upstream.clients.get_service_account_id(client.uuid)
    path = ("clients", client.uuid, "evaluate-scopes", "generate-example-access-token")

    params = {"userId": account, "scope": "openid"}
    claims = upstream.admin("GET", *path, params=params).json()

    events = upstream.admin("GET", "events", params={"client": client.client_id})
    assert claims["exp"] - claims["iat"] == 900
    assert claims["azp"] == client.client_id
    assert not {"client_id", "clientHost", "clientAddress"} & claims.keys()
    assert events.json() == []


def test_mapped_roles_are_expanded(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()
    upstream.give_roles(client, "visualization-team", staging=["manage-clusters"])
    account = upstream.clients.get_service_account_id(client.uuid)

    roles = upstream.roles.get_mapped_roles(account)

    assert roles == effective(upstream, account)
    assert roles.realm >= TEAM
    assert roles.client >= TEAM_IN_PRODUCTION


def test_nobody_has_no_mapped_roles(upstream: Upstream) -> None:
    with pytest.raises(NotFoundError):
        upstream.roles.get_mapped_roles(UNKNOWN_UUID)

    answer = upstream.admin("GET", "users", UNKNOWN_UUID, "role-mappings")
    assert (answer.status_code, answer.json()) == (404, {"error": "User not found"})


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
