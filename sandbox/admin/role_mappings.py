"""Which roles a user holds, by role mapping; and changing that."""

from collections.abc import Iterable

from sandbox.admin.access import (
    Power,
    admin_roles,
    forbidden,
    require,
    router,
    user_in,
)
from sandbox.admin.role_lists import as_brief
from sandbox.messages import (
    Response,
    as_json,
    described_error,
    error,
    no_content,
    parsed_json,
)
from sandbox.model import Client, JsonObject, Role, User
from sandbox.realm import REALM_MANAGEMENT
from sandbox.representations import role_json
from sandbox.routing import Call

routes = router("/users/{user}/role-mappings")
# An admin role that is given by another power than the role itself.
_EQUIVALENTS = {
    "view-clients": {"manage-clients"},
    "create-client": {"manage-clients"},
    "view-authorization": {"view-clients", "manage-clients"},
    "manage-authorization": {"manage-clients"},
    "view-users": {"manage-users"},
    "view-realm": {"manage-realm"},
    "view-events": {"manage-events"},
}


@routes.route("GET", "")
def read(call: Call) -> Response:
    user = user_in(call)
    require(call, Power.VIEW_USERS)
    realm = call.state.realm
    answer: JsonObject = {}
    if mapped := _direct(call, user, None):
        answer["realmMappings"] = [role_json(role, realm) for role in mapped]
    mappings = {}
    for client in realm.sorted_clients():
        if mapped := _direct(call, user, client.uuid):
            roles = [role_json(role, realm) for role in mapped]
            about = {"id": client.uuid, "client": client.client_id}
            mappings[client.client_id] = {**about, "mappings": roles}
    if mappings:
        answer["clientMappings"] = mappings
    return as_json(answer)


@routes.route("GET", "/realm")
def list_realm(call: Call) -> Response:
    user = user_in(call)
    require(call, Power.VIEW_USERS)
    return as_brief(call, _direct(call, user, None))


@routes.route("GET", "/realm/composite")
def list_effective_realm(call: Call) -> Response:
    user = user_in(call)
    require(call, Power.VIEW_USERS)
    return as_brief(call, _effective(call, user, None))


@routes.route("GET", "/clients/{client}")
def list_client(call: Call) -> Response:
    user, client = _user_and_client(call)
    return as_brief(call, _direct(call, user, client.uuid))


@routes.route("GET", "/clients/{client}/composite")
def list_effective_client(call: Call) -> Response:
    user, client = _user_and_client(call)
    return as_brief(call, _effective(call, user, client.uuid))


@routes.route("POST", "/realm")
def add_realm(call: Call) -> Response:
    return _add(call, _managed_user(call), None)


@routes.route("DELETE", "/realm")
def remove_realm(call: Call) -> Response:
    return _remove(call, _managed_user(call), None)


@routes.route("POST", "/clients/{client}")
def add_client(call: Call) -> Response:
    user = _managed_user(call)
    return _add(call, user, _client(call).uuid)


@routes.route("DELETE", "/clients/{client}")
def remove_client(call: Call) -> Response:
    user = _managed_user(call)
    return _remove(call, user, _client(call).uuid)


def _add(call: Call, user: User, owner: str | None) -> Response:
    roles = _named(call, owner)
    for role in roles:
        _check_may_map(call, role)
    call.state.realm.map_roles(user, add=(role.id for role in roles))
    return no_content()


def _remove(call: Call, user: User, owner: str | None) -> Response:
    """Without a body: all of them."""
    everything = not call.request.body
    roles = _direct(call, user, owner) if everything else _named(call, owner)
    call.state.realm.map_roles(user, remove=(role.id for role in roles))
    return no_content()


def _named(call: Call, owner: str | None) -> list[Role]:
    """The roles in the body; id and name must both fit."""
    items = parsed_json(call.request.body)
    if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
        raise described_error(400, "unknown_error", "Cannot parse the JSON")
    found = []
    for item in items:
        role = call.state.realm.role_by_name(str(item.get("name")), owner)
        if role is None or role.id != item.get("id"):
            raise error(404, "Role not found")
        found.append(role)
    return found


def _check_may_map(call: Call, role: Role) -> None:
    """An administrator's role needs its power; inside a composite nobody looks."""
    management = call.state.realm.client_by_id(REALM_MANAGEMENT)
    if management is None or role.owner != management.uuid:
        return
    giving = {role.name, *_EQUIVALENTS.get(role.name, set())}
    held = admin_roles(call)
    if not role.name.startswith("query-") and held.isdisjoint(giving):
        raise forbidden()


def _direct(call: Call, user: User, owner: str | None) -> list[Role]:
    roles = call.state.realm.roles
    return _of(owner, sorted(map(roles.__getitem__, user.roles), key=lambda r: r.name))


def _effective(call: Call, user: User, owner: str | None) -> list[Role]:
    return _of(owner, call.state.realm.effective_roles(user.roles))


def _of(owner: str | None, roles: Iterable[Role]) -> list[Role]:
    return [role for role in roles if role.owner == owner]


def _managed_user(call: Call) -> User:
    user = user_in(call)
    require(call, Power.MANAGE_USERS)
    return user


def _user_and_client(call: Call) -> tuple[User, Client]:
    user = user_in(call)
    require(call, Power.VIEW_USERS)
    client = _client(call)
    require(call, Power.VIEW_CLIENTS)
    return user, client


def _client(call: Call) -> Client:
    client = call.state.realm.clients.get(call.path["client"])
    if client is None:
        raise error(404, "Client not found")
    return client
