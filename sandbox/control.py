"""The control endpoint, for tests and demonstrations; Keycloak has nothing like it."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox import clients
from sandbox.crowd import keep_or_fabricate
from sandbox.faults import Fault
from sandbox.manager import control as manager_control
from sandbox.messages import Response, as_json, error, no_content
from sandbox.messages import parsed_json as parsed
from sandbox.model import Client, JsonObject, Role
from sandbox.routing import Call, Router

PREFIX = "/_sandbox/"
routes = Router("/_sandbox")
routes.include(manager_control.routes)
_API_CLIENT: Mapping[str, Any] = {
    "protocol": "openid-connect",
    "serviceAccountsEnabled": True,
    "standardFlowEnabled": False,
    "directAccessGrantsEnabled": False,
}


@routes.route("GET", "/health")
def health(call: Call) -> Response:  # noqa: ARG001
    return as_json({"status": "ok"})


@routes.route("POST", "/reset")
def reset(call: Call) -> Response:
    """Back to the realm file; `clients` says how many API clients there shall be."""
    wanted = _body(call).get("clients")
    call.state.reset()
    if wanted is not None:
        keep_or_fabricate(call.state.realm, int(wanted), now=call.state.now())
    return no_content()


@routes.route("GET", "/calls")
def list_calls(call: Call) -> Response:
    return as_json(list(call.state.calls))


@routes.route("DELETE", "/calls")
def clear_calls(call: Call) -> Response:
    call.state.calls.clear()
    return no_content()


@routes.route("POST", "/faults")
def add_fault(call: Call) -> Response:
    try:
        call.state.faults.add(Fault.from_json(_body(call)))
    except (KeyError, ValueError, re.error) as problem:
        raise error(400, f"No such fault: {problem}") from problem
    return no_content()


@routes.route("DELETE", "/faults")
def clear_faults(call: Call) -> Response:
    call.state.faults.clear()
    return no_content()


@routes.route("POST", "/clients")
def create_client(call: Call) -> Response:
    """An API client, unless the representation says otherwise."""
    data = clients.checked({**_API_CLIENT, **_representation(call)})
    client = clients.create(call.state.realm, data, now=call.state.now())
    return as_json({"id": client.uuid}, 201)


@routes.route("PUT", "/clients/{uuid}")
def update_client(call: Call) -> Response:
    data = clients.checked(_representation(call))
    clients.update(call.state.realm, _client(call), data, now=call.state.now())
    return no_content()


@routes.route("DELETE", "/clients/{uuid}")
def delete_client(call: Call) -> Response:
    call.state.realm.remove_client(_client(call))
    return no_content()


@routes.route("GET", "/secret/{uuid}")
def read_secret(call: Call) -> Response:
    return as_json({"value": _client(call).secret})


@routes.route("POST", "/roles")
def map_roles(call: Call) -> Response:
    """Give a user roles, or with `remove` take them away."""
    body = _body(call)
    realm = call.state.realm
    user = realm.user_by_name(str(body.get("user")))
    if user is None:
        raise error(404, f"No user {body.get('user')!r}")
    ids = {role.id for role in _roles(call, body)}
    remove = bool(body.get("remove"))
    realm.map_roles(user, add=set() if remove else ids, remove=ids if remove else ())
    return no_content()


@routes.route("PUT", "/roles")
def define_role(call: Call) -> Response:
    """Make a role of the realm or of `owner`, or change what it contains."""
    body = _body(call)
    owner = _owner(call, body.get("owner"))
    role = call.state.realm.role_by_name(str(body["name"]), owner) or Role(
        str(uuid.uuid4()), str(body["name"]), body.get("description"), owner
    )
    composites = frozenset(role.id for role in _roles(call, body))
    call.state.realm.put_role(replace(role, composites=composites))
    return as_json({"id": role.id})


@routes.route("DELETE", "/roles")
def delete_role(call: Call) -> Response:
    body = _body(call)
    call.state.realm.remove_roles([_role(call, str(body["name"]), body.get("owner"))])
    return no_content()


@routes.route("POST", "/clock")
def set_clock(call: Call) -> Response:
    """How many seconds the sandbox is ahead of the real time."""
    call.state.clock_offset = float(_body(call).get("offset") or 0)
    return no_content()


def _body(call: Call) -> JsonObject:
    data = parsed(call.request.body or b"{}")
    if not isinstance(data, dict):
        raise error(400, "The body is not a JSON object")
    return data


def _representation(call: Call) -> JsonObject:
    body = _body(call)
    if "client_id" in body:
        body["clientId"] = body.pop("client_id")
    return body


def _client(call: Call) -> Client:
    client = call.state.realm.clients.get(call.path["uuid"])
    if client is None:
        raise error(404, "Could not find client")
    return client


def _roles(call: Call, body: JsonObject) -> list[Role]:
    """Those that a body names under `realm`, and by client under `client`."""
    roles = [_role(call, name, None) for name in body.get("realm") or []]
    for client_id, names in (body.get("client") or {}).items():
        roles += [_role(call, name, client_id) for name in names]
    return roles


def _owner(call: Call, client_id: str | None) -> str | None:
    owner = call.state.realm.client_by_id(client_id) if client_id else None
    if client_id and owner is None:
        raise error(404, f"No client {client_id!r}")
    return owner.uuid if owner else None


def _role(call: Call, name: str, client_id: str | None) -> Role:
    role = call.state.realm.role_by_name(name, _owner(call, client_id))
    if role is None:
        raise error(404, f"No role {name!r} of {client_id or 'the realm'}")
    return role
