"""What lists of roles and of their holders have in common."""

from collections.abc import Iterable

from sandbox.admin.access import Power, may
from sandbox.admin.paging import flag, page
from sandbox.messages import Response, as_json
from sandbox.model import Role
from sandbox.representations import role_json, user_json
from sandbox.routing import Call


def listed(call: Call, roles: list[Role]) -> Response:
    """Keycloak sorts and pages only if it is given both `first` and `max`."""
    brief = flag(call, "briefRepresentation", default=True)
    search = call.request.parameter("search")
    paged = {"first", "max"} <= call.request.parameters.keys()
    if search:
        roles = [role for role in roles if search.lower() in role.name.lower()]
    if search or paged:
        roles = sorted(roles, key=lambda role: role.name)
    found = page(call, roles) if paged else roles
    return as_json([role_json(role, call.state.realm, brief=brief) for role in found])


def holders(call: Call, role: Role) -> Response:
    """Those who hold the role directly, service accounts among them."""
    brief = flag(call, "briefRepresentation", default=False)
    access = {"manage": may(call, Power.MANAGE_USERS)}
    found = page(call, call.state.realm.holders(role), default=100)
    return as_json([user_json(user, brief=brief, access=access) for user in found])


def contained(call: Call, role: Role) -> Response:
    roles = call.state.realm.roles
    return as_brief(call, (roles[role_id] for role_id in sorted(role.composites)))


def as_brief(call: Call, roles: Iterable[Role]) -> Response:
    return as_json([role_json(role, call.state.realm) for role in roles])
