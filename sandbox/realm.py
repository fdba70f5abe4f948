"""One realm in memory: its clients, users, roles and who holds what."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Self

from sandbox.model import Client, Role, User

REALM_MANAGEMENT = "realm-management"
# No two states of any realm share a number.
_versions = count()


class Realm:
    """Changes go through methods, so that the indexes stay true."""

    def __init__(self, name: str, realm_id: str, settings: Mapping[str, Any]) -> None:
        self.name = name
        self.id = realm_id
        self.settings = settings
        self.clients: dict[str, Client] = {}
        self.users: dict[str, User] = {}
        self.roles: dict[str, Role] = {}
        self._uuids: dict[str, str] = {}
        self._user_ids: dict[str, str] = {}
        self._sorted: list[Client] | None = None
        self.version = next(_versions)

    def copy(self) -> Self:
        twin = type(self)(self.name, self.id, self.settings)
        twin.clients = self.clients.copy()
        twin.users = self.users.copy()
        twin.roles = self.roles.copy()
        twin._uuids = self._uuids.copy()
        twin._user_ids = self._user_ids.copy()
        return twin

    def put_client(self, client: Client) -> None:
        """Add a client, or replace the one with this uuid."""
        old = self.clients.get(client.uuid)
        if old:
            del self._uuids[old.client_id]
        self.clients[client.uuid] = client
        self._uuids[client.client_id] = client.uuid
        self._changed()

    def remove_client(self, client: Client) -> None:
        """Its service account and its roles go with it."""
        if account := self.service_account(client):
            self.remove_user(account)
        self.remove_roles(r for r in self.roles.values() if r.owner == client.uuid)
        del self.clients[client.uuid]
        del self._uuids[client.client_id]
        self._changed()

    def put_user(self, user: User) -> None:
        """Add a user, or replace the one with this id."""
        old = self.users.get(user.id)
        if old:
            del self._user_ids[old.username]
        self.users[user.id] = user
        self._user_ids[user.username] = user.id
        self._changed()

    def remove_user(self, user: User) -> None:
        del self.users[user.id]
        del self._user_ids[user.username]
        self._changed()

    def put_role(self, role: Role) -> None:
        self.roles[role.id] = role
        self._changed()

    def remove_roles(self, roles: Iterable[Role]) -> None:
        gone = frozenset(role.id for role in roles)
        if not gone:
            return
        for role_id in gone:
            del self.roles[role_id]
        for role in list(self.roles.values()):
            if role.composites & gone:
                self.roles[role.id] = replace(role, composites=role.composites - gone)
        for user in list(self.users.values()):
            if user.roles & gone:
                self.users[user.id] = replace(user, roles=user.roles - gone)

    def map_roles(
        self, user: User, *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        roles = (user.roles | frozenset(add)) - frozenset(remove)
        self.put_user(replace(user, roles=roles))

    def client_by_id(self, client_id: str) -> Client | None:
        uuid = self._uuids.get(client_id)
        return self.clients[uuid] if uuid else None

    def user_by_name(self, username: str) -> User | None:
        user_id = self._user_ids.get(username.lower())
        return self.users[user_id] if user_id else None

    def service_account(self, client: Client) -> User | None:
        user = self.user_by_name(service_account_name(client.client_id))
        return user if user and user.client == client.uuid else None

    def role_by_name(self, name: str, owner: str | None = None) -> Role | None:
        return next((r for r in self.roles_of(owner) if r.name == name), None)

    def roles_of(self, owner: str | None) -> list[Role]:
        """The roles of a client (by uuid), or of the realm."""
        return [role for role in self.roles.values() if role.owner == owner]

    def holders(self, role: Role) -> list[User]:
        """Who holds a role directly, ordered by username."""
        held = (user for user in self.users.values() if role.id in user.roles)
        return sorted(held, key=lambda user: user.username)

    def sorted_clients(self) -> list[Client]:
        if self._sorted is None:
            self._sorted = sorted(self.clients.values(), key=lambda c: c.client_id)
        return self._sorted

    def effective_roles(self, role_ids: Iterable[str]) -> list[Role]:
        """These roles and all that their composites hold."""
        pending = list(role_ids)
        seen: dict[str, Role] = {}
        while pending:
            role = self.roles[pending.pop()]
            if role.id not in seen:
                seen[role.id] = role
                pending.extend(role.composites)
        return sorted(seen.values(), key=lambda role: role.name)

    def is_api_client(self, client: Client) -> bool:
        """A client for programs that holds no administrator role of the realm."""
        flows = ("publicClient", "bearerOnly", "standardFlowEnabled")
        account = self.service_account(client)
        if account is None or any(client.has(flow) for flow in flows):
            return False
        management = self.client_by_id(REALM_MANAGEMENT)
        roles = self.effective_roles(account.roles)
        return management is None or all(r.owner != management.uuid for r in roles)

    def default_roles(self) -> frozenset[str]:
        role = self.role_by_name(f"default-roles-{self.name}")
        return frozenset([role.id]) if role else frozenset()

    def _changed(self) -> None:
        self._sorted = None
        self.version = next(_versions)


def service_account_name(client_id: str) -> str:
    return f"service-account-{client_id.lower()}"
