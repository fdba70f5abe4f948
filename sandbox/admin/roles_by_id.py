"""Roles by their id, of the realm or of a client alike."""

from sandbox.admin.access import Power, require, router
from sandbox.admin.role_lists import contained
from sandbox.messages import Response, as_json, error
from sandbox.model import Role
from sandbox.representations import role_json
from sandbox.routing import Call

routes = router("/roles-by-id")


@routes.route("GET", "/{id}")
def read(call: Call) -> Response:
    return as_json(role_json(_role(call), call.state.realm, brief=False))


@routes.route("GET", "/{id}/composites")
def list_composites(call: Call) -> Response:
    return contained(call, _role(call))


def _role(call: Call) -> Role:
    require(call, Power.VIEW_REALM)
    role = call.state.realm.roles.get(call.path["id"])
    if role is None:
        raise error(404, "Could not find role with id")
    return role
