"""Who may do what to which client: rules 1 and 2 of the console, as pure functions.

The console's service account can do far more than the people who use it, and Keycloak
does not know them, so these rules are the gate.
"""

from collections.abc import Iterable

from gateways.keycloak.models import Client, Roles

ADMINISTER_ACCOUNT = frozenset({"administer-account", "administer-organization"})
ADMINISTER_CLIENTS = "administer-clients"
MANAGE_CLUSTERS = "manage-clusters"
ADMITTED = ADMINISTER_ACCOUNT | {ADMINISTER_CLIENTS}

REALM_MANAGEMENT = "realm-management"
BUILT_IN = frozenset(
    {
        "account",
        "account-console",
        "admin-cli",
        "broker",
        REALM_MANAGEMENT,
        "security-admin-console",
    }
)


def is_admitted(roles: Roles) -> bool:
    """Whether a person with these roles may use the console at all."""
    return bool(roles.realm & ADMITTED)


def administers_account(roles: Roles) -> bool:
    return bool(roles.realm & ADMINISTER_ACCOUNT)


def may_change_flags(roles: Roles, environment: str) -> bool:
    """Rule 3: whether a person may change the feature flags of clusters in there."""
    manages = bool(environment) and (environment, MANAGE_CLUSTERS) in roles.client
    return manages or administers_account(roles)


def is_api_client(client: Client, *, console_client_id: str) -> bool:
    """Rule 1, the part that the client itself shows: it can only use its own secret."""
    return (
        client.uses_client_credentials_only
        and client.client_id not in BUILT_IN
        and client.client_id != console_client_id
    )


def is_protected(roles: Roles) -> bool:
    """Rule 1, the part that its roles show: it could administer Keycloak.

    The master realm has such a client for each realm, named after it.
    """
    return bool(admin_roles(roles))


def admin_roles(roles: Roles) -> Roles:
    """Those of them that administer Keycloak itself."""
    return Roles(
        realm=roles.realm & {"admin", "create-realm"},
        client=frozenset(
            (owner, role)
            for owner, role in roles.client
            if owner == REALM_MANAGEMENT or owner.endswith("-realm")
        ),
    )


def roles_beyond(held: Roles, person: Roles, *, delegable: Iterable[str]) -> list[str]:
    """Rule 2: the roles of a client that this person may not hand out, by name.

    Knowing a client's secret is holding its powers, so a person gets it only where this
    is empty. `delegable` has names as in settings: `role` or `environment:role`.
    """
    if administers_account(person):
        return []
    allowed = set(delegable)
    beyond = [r for r in held.realm - person.realm if r not in allowed]
    beyond += [
        f"{owner}:{role}"
        for owner, role in held.client - person.client
        if f"{owner}:{role}" not in allowed
    ]
    return sorted(beyond)


def bars_assigning(
    contained: Roles, person: Roles, *, delegable: Iterable[str]
) -> list[str]:
    """Rule 2: what stands in the way of assigning a role that contains all this.

    `contained` has the role itself and everything in it. Roles that administer Keycloak
    are for nobody: the client would turn invisible here, and could do anything.
    """
    return admin_roles(contained).names or roles_beyond(
        contained, person, delegable=delegable
    )
