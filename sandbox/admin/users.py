"""People and service accounts."""

from collections.abc import Callable

from sandbox.admin.access import Power, may, require, router, user_in
from sandbox.admin.paging import flag, page
from sandbox.messages import Response, as_json
from sandbox.model import User
from sandbox.representations import user_json
from sandbox.routing import Call

routes = router("/users")
_FIELDS: dict[str, Callable[[User], str | None]] = {
    "username": lambda user: user.username,
    "firstName": lambda user: user.first_name,
    "lastName": lambda user: user.last_name,
    "email": lambda user: user.email,
}


@routes.route("GET", "")
def list_people(call: Call) -> Response:
    """Service accounts are never among them."""
    require(call, Power.LIST_USERS)
    if not may(call, Power.VIEW_USERS):
        return as_json([])
    brief = flag(call, "briefRepresentation", default=False)
    access = {"manage": may(call, Power.MANAGE_USERS)}
    everybody = sorted(call.state.realm.users.values(), key=lambda u: u.username)
    people = [user for user in everybody if not user.client and _meets(call, user)]
    found = page(call, people, default=100)
    return as_json([user_json(user, brief=brief, access=access) for user in found])


@routes.route("GET", "/{user}")
def read(call: Call) -> Response:
    user = user_in(call)
    require(call, Power.VIEW_USERS)
    manage = may(call, Power.MANAGE_USERS)
    access = {
        "manageGroupMembership": manage,
        "resetPassword": manage,
        "view": True,
        "mapRoles": manage,
        "impersonate": False,
        "manage": manage,
    }
    return as_json(user_json(user, access=access))


def _meets(call: Call, user: User) -> bool:
    exact = flag(call, "exact", default=False)
    for name, value_of in _FIELDS.items():
        wanted = (call.request.parameter(name) or "").lower()
        value = (value_of(user) or "").lower()
        if wanted not in value or (exact and wanted and wanted != value):
            return False
    search = (call.request.parameter("search") or "").lower()
    return any(search in (value(user) or "").lower() for value in _FIELDS.values())
