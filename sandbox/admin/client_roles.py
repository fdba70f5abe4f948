"""The roles that a client owns, and who holds them."""

from sandbox.admin.access import Power, client_in, require, role_in, router
from sandbox.admin.role_lists import contained, holders, listed
from sandbox.messages import Response, as_json
from sandbox.representations import role_json
from sandbox.routing import Call

routes = router("/clients/{uuid}/roles")


@routes.route("GET", "")
def list_roles(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    return listed(call, call.state.realm.roles_of(client.uuid))


@routes.route("GET", "/{role}")
def read(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    role = role_in(call, client.uuid)
    return as_json(role_json(role, call.state.realm, brief=False))


@routes.route("GET", "/{role}/users")
def list_holders(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS, Power.VIEW_USERS)
    return holders(call, role_in(call, client.uuid))


@routes.route("GET", "/{role}/composites")
def list_composites(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    return contained(call, role_in(call, client.uuid))
