"""A client's secret, and the account that the client acts as."""

from sandbox import clients
from sandbox.admin.access import Power, client_in, require, router
from sandbox.admin.clients import manageable_client_in
from sandbox.messages import Response, as_json, error
from sandbox.model import Client
from sandbox.representations import user_json
from sandbox.routing import Call

routes = router("/clients/{uuid}")


@routes.route("GET", "/client-secret")
def read(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    return _secret(client)


@routes.route("POST", "/client-secret")
def regenerate(call: Call) -> Response:
    client = manageable_client_in(call)
    now = call.state.now()
    return _secret(clients.regenerate_secret(call.state.realm, client, now=now))


@routes.route("GET", "/client-secret/rotated")
def read_rotated(call: Call) -> Response:
    client_in(call)
    require(call, Power.VIEW_CLIENTS)
    raise error(404, "Client does not have a rotated secret")


@routes.route("GET", "/service-account-user")
def service_account(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    user = call.state.realm.service_account(client)
    if user is None:
        text = f"Service account not enabled for the client '{client.client_id}'"
        raise error(400, text)
    return as_json(user_json(user))


def _secret(client: Client) -> Response:
    value = {} if client.secret is None else {"value": client.secret}
    return as_json({"type": "secret", **value})
