"""The roles of the realm, and who holds them."""

from sandbox.admin.access import Power, require, role_in, router
from sandbox.admin.role_lists import contained, holders, listed
from sandbox.messages import Response, as_json
from sandbox.representations import role_json
from sandbox.routing import Call

routes = router("/roles")


@routes.route("GET", "")
def list_roles(call: Call) -> Response:
    require(call, Power.VIEW_REALM)
    return listed(call, call.state.realm.roles_of(None))


@routes.route("GET", "/{role}")
def read(call: Call) -> Response:
    require(call, Power.VIEW_REALM)
    return as_json(role_json(role_in(call), call.state.realm, brief=False))


@routes.route("GET", "/{role}/users")
def list_holders(call: Call) -> Response:
    require(call, Power.VIEW_REALM, Power.VIEW_USERS)
    return holders(call, role_in(call))


@routes.route("GET", "/{role}/composites")
def list_composites(call: Call) -> Response:
    require(call, Power.VIEW_REALM)
    return contained(call, role_in(call))
