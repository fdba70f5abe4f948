"""Reads a realm file, the kind that Keycloak imports with --import-realm."""

import json
import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox import builtin
from sandbox.clients import checked, new_client
from sandbox.model import JsonObject, Role, User
from sandbox.realm import Realm, service_account_name

DEMO_REALM = Path(__file__).with_name("demo-realm.json")
# `${NAME}` and `${NAME:default}`, which Keycloak fills from its environment.
_PLACEHOLDER = re.compile(r"\$\{([\w.]+)(?::([^}]*))?\}")


def read_realm(path: Path, environ: Mapping[str, str] | None = None) -> Realm:
    """Its ids are the same each time, unless the file changes."""
    text = _filled_in(path.read_text(), os.environ if environ is None else environ)
    return _Import(json.loads(text), now=path.stat().st_mtime).realm


def _filled_in(text: str, environ: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = environ.get(name, default)
        # Texts like ${role_manage-clients} are Keycloak's own translations.
        return match.group() if found is None else json.dumps(found)[1:-1]

    return _PLACEHOLDER.sub(value, text)


class _Import:
    def __init__(self, data: JsonObject, *, now: float) -> None:
        self._now = now
        self._data = data
        name = data["realm"]
        described = {"clients", "users", "roles"}
        settings = {key: value for key, value in data.items() if key not in described}
        self.realm = Realm(name, _id(name, "realm", name), settings)
        self._clients()
        self._roles()
        for user in data.get("users", []):
            self._user(user)
        self._missing_service_accounts()

    def _clients(self) -> None:
        listed = self._data.get("clients", [])
        for item in [*builtin.clients(self.realm.name), *listed]:
            data = checked(item)
            attributes = data.get("attributes", {})
            if not data.get("bearerOnly") and data["clientId"] != "admin-cli":
                attributes = {"post.logout.redirect.uris": "+", **attributes}
            client_uuid = data.get("id") or _id(
                self.realm.name, "client", data["clientId"]
            )
            client = new_client(
                {**data, "attributes": attributes},
                now=self._now,
                client_uuid=client_uuid,
            )
            self.realm.put_client(client)

    def _roles(self) -> None:
        """All of them first: a composite may name any other."""
        found = [
            *_roles_in(builtin.roles(self.realm.name)),
            *_roles_in(self._data.get("roles", {})),
        ]
        for client_id, item in found:
            self._role(item, client_id)
        for client_id, item in found:
            role = self._find(item["name"], client_id)
            held = self._ids(item.get("composites", {}))
            self.realm.put_role(replace(role, composites=held))

    def _role(self, item: Mapping[str, Any], client_id: str | None) -> None:
        name = item["name"]
        role_id = item.get("id") or _id(self.realm.name, f"role {client_id}", name)
        owner = self._uuid(client_id) if client_id else None
        self.realm.put_role(Role(role_id, name, item.get("description"), owner))

    def _ids(self, names: Mapping[str, Any]) -> frozenset[str]:
        realm = [self._find(name, None).id for name in names.get("realm", [])]
        client = [
            self._find(name, client_id).id
            for client_id, roles in names.get("client", {}).items()
            for name in roles
        ]
        return frozenset(realm + client)

    def _find(self, name: str, client_id: str | None) -> Role:
        owner = self._uuid(client_id) if client_id else None
        role = self.realm.role_by_name(name, owner)
        if role is None:
            raise ValueError(f"no role {name!r} of {client_id or 'the realm'}")
        return role

    def _uuid(self, client_id: str) -> str:
        client = self.realm.client_by_id(client_id)
        if client is None:
            raise ValueError(f"no client {client_id!r}")
        return client.uuid

    def _user(self, item: JsonObject) -> None:
        username = item["username"].lower()
        roles = {
            "realm": item.get("realmRoles", []),
            "client": item.get("clientRoles", {}),
        }
        client_id = item.get("serviceAccountClientId")
        credentials = item.get("credentials", [])
        passwords = (c["value"] for c in credentials if c["type"] == "password")
        user = User(
            id=item.get("id") or _id(self.realm.name, "user", username),
            username=username,
            created_at=item.get("createdTimestamp", int(self._now * 1000)),
            first_name=item.get("firstName"),
            last_name=item.get("lastName"),
            email=item.get("email"),
            email_verified=item.get("emailVerified", False),
            enabled=item.get("enabled", True),
            password=next(passwords, None),
            client=self._uuid(client_id) if client_id else None,
            roles=self._ids(roles),
        )
        self.realm.put_user(user)

    def _missing_service_accounts(self) -> None:
        for client in self.realm.sorted_clients():
            if client.has("serviceAccountsEnabled"):
                username = service_account_name(client.client_id)
                if not self.realm.user_by_name(username):
                    roles = [f"default-roles-{self.realm.name}"]
                    owner = {"serviceAccountClientId": client.client_id}
                    self._user({"username": username, "realmRoles": roles, **owner})


def _id(realm: str, kind: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"keycloak:{realm}:{kind}:{name}"))


def _roles_in(roles: Mapping[str, Any]) -> list[tuple[str | None, JsonObject]]:
    """Each with the id of the client that owns it."""
    realm: list[tuple[str | None, JsonObject]] = [
        (None, item) for item in roles.get("realm", [])
    ]
    return realm + [
        (client_id, item)
        for client_id, items in roles.get("client", {}).items()
        for item in items
    ]
