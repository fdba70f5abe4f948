"""Rules 1 and 2: which clients there are, and whose secrets a person may have."""

from itertools import combinations

import pytest

from console import policy
from gateways.keycloak.models import Client, Roles
from tests.factories import make_client

CONSOLE = "api-client-console"


def roles(*names: str) -> Roles:
    """`name` is a role of the realm, `owner:name` one of a client."""
    pairs = [name.partition(":") for name in names]
    return Roles(
        realm=frozenset(owner for owner, colon, _ in pairs if not colon),
        client=frozenset((owner, role) for owner, colon, role in pairs if colon),
    )


@pytest.mark.parametrize(
    "role", ["administer-account", "administer-organization", "administer-clients"]
)
def test_each_administering_role_admits(role: str) -> None:
    assert policy.is_admitted(roles(role))
    assert policy.is_admitted(roles("offline_access", role, "account:view-profile"))


@pytest.mark.parametrize(
    "held",
    [
        roles(),
        roles("administer-client"),
        roles("Administer-Clients"),
        roles("default-roles-northwind", "offline_access"),
        roles("realm-management:manage-clients"),
        roles("production:administer-clients"),
        roles("account:administer-account"),
    ],
)
def test_nothing_else_admits(held: Roles) -> None:
    assert not policy.is_admitted(held)


def test_administers_account_by_either_name_and_not_by_administering_clients() -> None:
    assert policy.administers_account(roles("administer-account"))
    assert policy.administers_account(roles("administer-organization"))
    assert not policy.administers_account(roles("administer-clients"))
    assert not policy.administers_account(roles("production:administer-account"))


def is_api_client(client: Client) -> bool:
    return policy.is_api_client(client, console_client_id=CONSOLE)


def test_a_client_that_can_only_use_its_own_secret_is_an_api_client() -> None:
    assert is_api_client(make_client("svc-reports"))


@pytest.mark.parametrize("client_id", sorted(policy.BUILT_IN))
def test_built_in_clients_are_none(client_id: str) -> None:
    assert not is_api_client(make_client(client_id))


def test_the_console_itself_is_none() -> None:
    assert not is_api_client(make_client(CONSOLE))
    assert is_api_client(make_client(f"{CONSOLE}-2"))


REPRESENTATION = {
    "id": "5e0fd8ea",
    "clientId": "svc-reports",
    "protocol": "openid-connect",
    "publicClient": False,
    "bearerOnly": False,
    "serviceAccountsEnabled": True,
    "standardFlowEnabled": False,
    "implicitFlowEnabled": False,
    "directAccessGrantsEnabled": False,
    "attributes": {"oauth2.device.authorization.grant.enabled": "false"},
}
OTHERWISE = {
    "protocol": "saml",
    "publicClient": True,
    "bearerOnly": True,
    "serviceAccountsEnabled": False,
    "standardFlowEnabled": True,
    "implicitFlowEnabled": True,
    "attributes": {"oauth2.device.authorization.grant.enabled": "true"},
}


def test_the_plainest_representation_is_an_api_client() -> None:
    assert is_api_client(Client.from_json(REPRESENTATION))


@pytest.mark.parametrize(
    "changed",
    [names for size in (1, 2) for names in combinations(OTHERWISE, size)],
    ids="+".join,
)
def test_every_other_way_to_a_token_makes_it_none(changed: tuple[str, ...]) -> None:
    other = {name: OTHERWISE[name] for name in changed}

    assert not is_api_client(Client.from_json({**REPRESENTATION, **other}))


@pytest.mark.parametrize(
    "held",
    [
        roles("realm-management:manage-users"),
        roles("realm-management:view-realm"),
        roles("reports-reader", "production:x", "realm-management:query-clients"),
        roles("admin"),
        roles("create-realm"),
        roles("master-realm:manage-clients"),
        roles("northwind-realm:manage-users"),
    ],
)
def test_a_client_that_could_administer_keycloak_is_protected(held: Roles) -> None:
    assert policy.is_protected(held)


@pytest.mark.parametrize(
    "held",
    [
        roles(),
        roles("reports-reader", "offline_access", "uma_authorization"),
        roles("administer-account"),
        roles("account:manage-account"),
        roles("production:admin"),
        roles("production:create-realm"),
        roles("realm-management"),
        roles("realms:view"),
    ],
)
def test_other_roles_do_not_protect_a_client(held: Roles) -> None:
    assert not policy.is_protected(held)


def beyond(held: Roles, person: Roles, *delegable: str) -> list[str]:
    return policy.roles_beyond(held, person, delegable=delegable)


def test_a_client_without_roles_is_never_beyond_anybody() -> None:
    assert beyond(roles(), roles()) == []


def test_what_the_person_holds_is_not_beyond_them() -> None:
    held = roles("reports-reader", "production:access-datasets")

    assert beyond(held, held) == []
    assert beyond(held, roles("administer-clients", "reports-reader")) == [
        "production:access-datasets"
    ]


def test_roles_beyond_are_named_in_order() -> None:
    held = roles("zebra", "staging:write", "apple", "production:write")

    assert beyond(held, roles("administer-clients")) == [
        "apple",
        "production:write",
        "staging:write",
        "zebra",
    ]


@pytest.mark.parametrize("role", ["administer-account", "administer-organization"])
def test_administering_the_account_allows_every_role(role: str) -> None:
    assert beyond(roles("reports-reader", "production:x"), roles(role)) == []


def test_a_role_of_one_client_is_not_the_same_role_of_another_or_of_the_realm() -> None:
    assert beyond(roles("staging:write"), roles("production:write")) == [
        "staging:write"
    ]
    assert beyond(roles("write"), roles("production:write")) == ["write"]
    assert beyond(roles("production:write"), roles("write")) == ["production:write"]


def test_delegable_names_allow_that_role_only() -> None:
    held = roles("reports-reader", "production:access-datasets")

    assert beyond(held, roles(), "reports-reader", "production:access-datasets") == []
    assert beyond(held, roles(), "reports-reader") == ["production:access-datasets"]
    assert beyond(held, roles(), "access-datasets", "production") == [
        "production:access-datasets",
        "reports-reader",
    ]
    assert beyond(held, roles(), "production:reports-reader") == [
        "production:access-datasets",
        "reports-reader",
    ]


def test_a_role_of_the_realm_cannot_pose_as_a_delegable_role_of_a_client() -> None:
    """Keycloak allows a colon in the name of a role."""
    held = Roles(realm=frozenset({"production:access-datasets"}))

    assert beyond(held, roles(), "production:access-datasets") == []
    assert beyond(held, roles("production:access-datasets")) == [
        "production:access-datasets"
    ]


def test_composites_are_expanded_already_so_holding_one_is_holding_its_parts() -> None:
    """Both sides come expanded: a name is compared with a name and nothing else."""
    bundle = roles("bundle", "reports-reader", "production:write")

    assert beyond(bundle, bundle) == []
    assert beyond(bundle, roles("bundle")) == ["production:write", "reports-reader"]
    assert beyond(roles("reports-reader"), bundle) == []
