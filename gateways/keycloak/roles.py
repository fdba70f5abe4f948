"""Roles: what people and clients may do, composites expanded."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from gateways.errors import NotFoundError
from gateways.keycloak.models import Role, Roles
from gateways.transport import Transport

PAGE_SIZE = 100

T = TypeVar("T")


class RoleGateway:
    """Roles of one realm, of its clients, and who holds them."""

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._realm = ("admin", "realms", realm)

    def get_effective_roles(self, user_id: str, *, through_client: str) -> Roles:
        """What a token for this user, issued to that client (a uuid), would carry.

        One call, composites expanded, no event written; but the client must have full
        scope on, or roles stay out of the token. Nobody: no roles.
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

    def get_mapped_roles(self, user_id: str) -> Roles:
        """The same from role mappings: for the account of a client with full scope off.

        Costs a call for each composite role that it holds.
        """
        mapped = self._http.get(
            *self._realm, "users", user_id, "role-mappings", parse=_mapped
        )
        return self._expanded(mapped)

    def list_composite_roles(self) -> list[Role]:
        """The realm's roles that contain others."""
        roles = self._pages("roles", parse=_realm_roles)
        return [role for role in roles if role.composite]

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
        # A client role names its client by uuid here, not by client_id.
        contained: list[Mapping[str, Any]] = self._http.get(
            *self._realm, "roles-by-id", role.id, "composites", parse=list
        )
        return [
            Role.from_json(
                item, self._client_id(item["containerId"]) if item["clientRole"] else ""
            )
            for item in contained
        ]

    def _client_id(self, uuid: str) -> str:
        return self._http.get(
            *self._realm, "clients", uuid, parse=lambda data: str(data["clientId"])
        )


def _names(key: str) -> Callable[[Any], list[str]]:
    return lambda data: [str(item[key]) for item in data]


def _realm_roles(data: list[Mapping[str, Any]]) -> list[Role]:
    return [Role.from_json(item) for item in data]


def _mapped(data: Mapping[str, Any]) -> list[Role]:
    realm = [Role.from_json(item) for item in data.get("realmMappings", [])]
    client = [
        Role.from_json(item, client_id)
        for client_id, mapping in data.get("clientMappings", {}).items()
        for item in mapping["mappings"]
    ]
    return realm + client
