"""Which roles a user is mapped to, and changing that."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateways.keycloak.models import Role
from gateways.transport import Transport


class RoleMappingGateway:
    """Role mappings of the users of one realm, service accounts among them.

    Keycloak lets a composite through that contains an administrator's role: whoever
    calls `map_roles` has looked into it before.
    """

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._users = ("admin", "realms", realm, "users")

    def list_roles(self, user_id: str) -> list[Role]:
        """The roles that are mapped directly, without what composites contain."""
        path = (*self._users, user_id, "role-mappings")
        return self._http.get(*path, parse=_mapped_roles)

    def map_roles(self, user_id: str, roles: Sequence[Role]) -> None:
        """Map roles of one container: of the realm, or of one client. All or none.

        Raises NotFoundError: one of them is gone, or has another name by now.
        """
        path = self._container(user_id, roles)
        self._http.post_for_nothing(*path, json=_named(roles))

    def unmap_roles(self, user_id: str, roles: Sequence[Role]) -> None:
        """Take roles of one container away. Raises NotFoundError like `map_roles`."""
        if not roles:
            # Keycloak takes none for all of them.
            raise ValueError("no roles to remove")
        path = self._container(user_id, roles)
        self._http.delete(*path, json=_named(roles))

    def _container(self, user_id: str, roles: Sequence[Role]) -> tuple[str, ...]:
        (owner,) = {role.client_uuid for role in roles}
        container = ("clients", owner) if owner else ("realm",)
        return (*self._users, user_id, "role-mappings", *container)


def _named(roles: Sequence[Role]) -> list[dict[str, str]]:
    return [{"id": role.id, "name": role.name} for role in roles]


def _mapped_roles(data: Mapping[str, Any]) -> list[Role]:
    """The roles in an answer about a user's role mappings."""
    realm = [Role.from_json(item) for item in data.get("realmMappings", [])]
    client = [
        Role.from_json(item, client_id)
        for client_id, mapping in data.get("clientMappings", {}).items()
        for item in mapping["mappings"]
    ]
    return realm + client
