"""Who may call what: roles of `realm-management` in the caller's access token.

Which endpoint asks for which role was measured on Keycloak 26.7.5.
"""

from enum import Enum

from sandbox.messages import HttpError, error
from sandbox.model import Client, Role, User
from sandbox.oidc.bearer import TokenRefusedError, bearer_of
from sandbox.realm import REALM_MANAGEMENT
from sandbox.routing import Call, Router


class Power(Enum):
    """What a caller may do, and the roles that give it."""

    LIST_CLIENTS = ("query-clients", "view-clients", "manage-clients")
    VIEW_CLIENTS = ("view-clients", "manage-clients")
    MANAGE_CLIENTS = ("manage-clients",)
    LIST_USERS = ("query-users", "view-users", "manage-users")
    VIEW_USERS = ("view-users", "manage-users")
    MANAGE_USERS = ("manage-users",)
    VIEW_REALM = ("view-realm", "manage-realm")
    VIEW_EVENTS = ("view-events", "manage-events")


def router(prefix: str = "") -> Router:
    """A router below the admin address of the realm."""
    return Router(f"/admin/realms/{{realm}}{prefix}", guard=_check_caller)


def admin_roles(call: Call) -> frozenset[str]:
    """Raises HttpError 401: no token, or one that is no longer good."""
    try:
        claims = bearer_of(call).claims
    except TokenRefusedError as refusal:
        raise error(401, "HTTP 401 Unauthorized") from refusal
    access = claims.get("resource_access", {}).get(REALM_MANAGEMENT, {})
    return frozenset(access.get("roles", []))


def may(call: Call, power: Power) -> bool:
    return not admin_roles(call).isdisjoint(power.value)


def require(call: Call, *powers: Power) -> None:
    """All of them. Raises HttpError 403."""
    if not all(may(call, power) for power in powers):
        raise forbidden()


def forbidden() -> HttpError:
    return error(403, "HTTP 403 Forbidden")


def client_in(call: Call, name: str = "uuid") -> Client:
    """The client that the path names. Only who may list learns that it is unknown."""
    client = call.state.realm.clients.get(call.path[name])
    if client is None:
        known = may(call, Power.LIST_CLIENTS)
        raise error(404, "Could not find client") if known else forbidden()
    return client


def user_in(call: Call) -> User:
    user = call.state.realm.users.get(call.path["user"])
    if user is None:
        known = may(call, Power.LIST_USERS)
        raise error(404, "User not found") if known else forbidden()
    return user


def role_in(call: Call, owner: str | None = None) -> Role:
    role = call.state.realm.role_by_name(call.path["role"], owner)
    if role is None:
        raise error(404, "Could not find role")
    return role


def _check_caller(call: Call) -> None:
    roles = admin_roles(call)
    if call.path["realm"] != call.state.realm.name:
        raise error(404, "Realm not found.")
    if not roles:
        raise forbidden()
