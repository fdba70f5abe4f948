"""Clients: list, read, create, update, delete."""

import re

from sandbox import clients
from sandbox.admin.access import (
    Power,
    client_in,
    forbidden,
    may,
    require,
    router,
)
from sandbox.admin.paging import flag, page
from sandbox.builtin import PROTECTED
from sandbox.messages import (
    Response,
    as_json,
    described_error,
    no_content,
    parsed_json,
)
from sandbox.model import Client
from sandbox.realm import REALM_MANAGEMENT
from sandbox.representations import client_json
from sandbox.routing import Call

routes = router("/clients")
_SEARCHABLE = re.compile(r"saml\.|jwt\.")


@routes.route("GET", "")
def list_clients(call: Call) -> Response:
    require(call, Power.LIST_CLIENTS)
    if not may(call, Power.VIEW_CLIENTS):
        return as_json([])
    manage = may(call, Power.MANAGE_CLIENTS)
    found = page(call, _found(call))
    return as_json([client_json(client, manage=manage) for client in found])


def _found(call: Call) -> list[Client]:
    listed = call.state.realm.sorted_clients()
    if query := call.request.parameter("q"):
        return _by_attributes(listed, query)
    client_id = call.request.parameter("clientId")
    if not client_id:
        return listed
    if not flag(call, "search", default=False):
        found = call.state.realm.client_by_id(client_id)
        return [found] if found else []
    pattern = _like(client_id)
    return [client for client in listed if pattern.search(client.client_id)]


def _by_attributes(listed: list[Client], query: str) -> list[Client]:
    """Attributes that Keycloak's server options do not name are refused."""
    pairs = [part.partition(":") for part in query.split() if ":" in part]
    refused = [name for name, _, _ in pairs if not _SEARCHABLE.match(name)]
    if refused:
        text = f"Attributes [{', '.join(refused)}] not allowed for search"
        raise described_error(400, "invalid_request", text)
    return [
        client
        for client in listed
        if all(client.attributes.get(name) == value for name, _, value in pairs)
    ]


def _like(text: str) -> re.Pattern[str]:
    """Keycloak does not escape what SQL's LIKE takes for wildcards."""
    wild = re.escape(text).replace("%", ".*").replace("_", ".")
    return re.compile(wild, re.IGNORECASE | re.DOTALL)


@routes.route("POST", "")
def create(call: Call) -> Response:
    require(call, Power.MANAGE_CLIENTS)
    data = clients.checked(parsed_json(call.request.body or b"null"))
    client = clients.create(call.state.realm, data, now=call.state.now())
    location = f"{call.request.origin}{call.request.path}/{client.uuid}"
    return Response(201, headers=[("Location", location)])


@routes.route("GET", "/{uuid}")
def read(call: Call) -> Response:
    client = client_in(call)
    require(call, Power.VIEW_CLIENTS)
    manage = may(call, Power.MANAGE_CLIENTS)
    return as_json(client_json(client, manage=manage))


@routes.route("PUT", "/{uuid}")
def update(call: Call) -> Response:
    client = manageable_client_in(call)
    data = clients.checked(parsed_json(call.request.body or b"null"))
    clients.update(call.state.realm, client, data, now=call.state.now())
    return no_content()


@routes.route("DELETE", "/{uuid}")
def delete(call: Call) -> Response:
    client = manageable_client_in(call)
    if client.client_id in PROTECTED:
        raise described_error(400, "invalid_request", "Could not delete client")
    call.state.realm.remove_client(client)
    return no_content()


def manageable_client_in(call: Call) -> Client:
    """Only an administrator of the whole realm may touch the client of its roles."""
    client = client_in(call)
    require(call, Power.MANAGE_CLIENTS)
    if client.client_id == REALM_MANAGEMENT:
        raise forbidden()
    return client
