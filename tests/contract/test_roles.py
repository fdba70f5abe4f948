"""What people and clients may do, and who holds a role."""

import pytest

from gateways.keycloak.models import Roles
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


def effective(upstream: Upstream, user_id: str) -> Roles:
    return upstream.roles_of(user_id)


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
    assert effective(upstream, account).realm >= TEAM


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
