"""Roles: what people and clients may do, composites expanded."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from gateways.errors import NotFoundError
from gateways.keycloak.models import Role, Roles
from gateways.transport import Transport

PAGE_SIZE = 100

T = TypeVar("T")


class RoleGateway:
    """Roles of one realm, of its clients, and who holds them.

    What a composite contains is read once in its life: take a new one to read anew.
    """

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._realm = ("admin", "realms", realm)
        self._contents: dict[str, list[Role]] = {}
        self._client_ids: dict[str, str] = {}

    def get_effective_roles(self, user_id: str, *, through_client: str) -> Roles:
        """What a token for this user, issued to that client (a uuid), would carry.

        One call, composites and groups expanded, no event written; but the client must
        have full scope on, or roles stay out of the token. Nobody: no roles.
        """
        try:
            return self._http.get(
                *self._realm,
                *("clients", through_client, "evaluate-scopes"),
                "generate-example-access-token",
                params={"userId": user_id, "scope": "openid"},
                parse=Roles.from_token,
            )
        except NotFoundError:
            return Roles()

    def list_realm_roles(self) -> list[Role]:
        return list(self._pages("roles", parse=_roles("")))

    def list_roles_of(self, client_uuid: str, client_id: str) -> list[Role]:
        """The roles that a client owns."""
        path = ("clients", client_uuid, "roles")
        return list(self._pages(*path, parse=_roles(client_id)))

    def list_composite_roles(self) -> list[Role]:
        """The realm's roles that contain others."""
        return [role for role in self.list_realm_roles() if role.composite]

    def get_role(self, role_id: str) -> Role:
        """A role of the realm or of a client as it is now. Raises NotFoundError."""
        path = (*self._realm, "roles-by-id", role_id)
        return self._named(self._http.get(*path, parse=Role.from_json))

    def expand(self, role: Role) -> Roles:
        """A role and all that it contains. Costs a call for each composite in it."""
        return self._expanded([role])

    def list_client_roles(self, client_uuid: str) -> list[str]:
        """The names of the roles that a client owns."""
        return list(self._pages("clients", client_uuid, "roles", parse=_names("name")))

    def iter_client_role_members(self, client_uuid: str, role: str) -> Iterator[str]:
        """The usernames that hold a client's role directly, service accounts too."""
        path = ("clients", client_uuid, "roles", role, "users")
        return self._pages(*path, parse=_names("username"))

    def iter_realm_role_members(self, role: str) -> Iterator[str]:
        """The usernames that hold a realm role directly, service accounts too."""
        return self._pages("roles", role, "users", parse=_names("username"))

    def _pages(self, *path: str, parse: Callable[[Any], list[T]]) -> Iterator[T]:
        first = 0
        while page := self._http.get(
            *self._realm, *path, params={"first": first, "max": PAGE_SIZE}, parse=parse
        ):
            yield from page
            if len(page) < PAGE_SIZE:
                return
            first += PAGE_SIZE

    def _expanded(self, roles: list[Role]) -> Roles:
        pending, seen = list(roles), dict[str, Role]()
        while pending:
            role = pending.pop()
            if role.id not in seen:
                seen[role.id] = role
                pending += self._contained(role) if role.composite else []
        return Roles(
            realm=frozenset(r.name for r in seen.values() if not r.client_id),
            client=frozenset(
                (r.client_id, r.name) for r in seen.values() if r.client_id
            ),
        )

    def _contained(self, role: Role) -> list[Role]:
        if role.id not in self._contents:
            path = (*self._realm, "roles-by-id", role.id, "composites")
            contained = self._http.get(*path, parse=_roles(""))
            self._contents[role.id] = [self._named(each) for each in contained]
        return self._contents[role.id]

    def _named(self, role: Role) -> Role:
        """By its id, a client's role names its client by uuid and not by client_id."""
        if not role.client_uuid:
            return role
        return replace(role, client_id=self._client_id(role.client_uuid))

    def _client_id(self, uuid: str) -> str:
        if uuid not in self._client_ids:
            self._client_ids[uuid] = self._http.get(
                *self._realm, "clients", uuid, parse=lambda data: str(data["clientId"])
            )
        return self._client_ids[uuid]


def _names(key: str) -> Callable[[Any], list[str]]:
    return lambda data: [str(item[key]) for item in data]


def _roles(client_id: str) -> Callable[[Any], list[Role]]:
    return lambda data: [Role.from_json(item, client_id) for item in data]
