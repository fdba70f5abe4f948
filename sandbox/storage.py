"""The optional state file: what was changed survives a restart."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox import tokens
from sandbox.model import Client, User
from sandbox.realm import Realm


class Storage:
    """One JSON file with the clients and users of the realm, and the signing key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved: int | None = None

    def load_into(self, realm: Realm) -> None:
        """Replace what the realm file gave. Raises ValueError: it does not fit."""
        if not self._path.exists():
            return
        data = json.loads(self._path.read_text())
        if data.get("realm") != realm.name:
            raise ValueError(f"{self._path} is not of realm {realm.name}")
        try:
            tokens.use_private_key(data["key"])
            _replace(realm, data)
        except (KeyError, TypeError) as problem:
            raise ValueError(f"{self._path} is of another version") from problem
        self._saved = realm.version

    def save_if_changed(self, realm: Realm) -> None:
        if self._saved == realm.version:
            return
        data = {
            "realm": realm.name,
            "key": tokens.private_key(),
            "clients": [_client(client) for client in realm.clients.values()],
            "users": [_user(user) for user in realm.users.values()],
        }
        # A reader, or a crash, finds the old file or the new one, never half of one.
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        with draft.open("w") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        self._saved = realm.version


def _client(client: Client) -> dict[str, Any]:
    return {"uuid": client.uuid, "data": client.data, "secret": client.secret}


def _user(user: User) -> dict[str, Any]:
    return {**asdict(user), "roles": sorted(user.roles)}


def _replace(realm: Realm, data: dict[str, Any]) -> None:
    for user in list(realm.users.values()):
        realm.remove_user(user)
    kept = {item["uuid"] for item in data["clients"]}
    for client in list(realm.clients.values()):
        if client.uuid not in kept:
            realm.remove_client(client)
    for item in data["clients"]:
        client = Client(**item)
        known = realm.clients.get(client.uuid)
        # Addresses for signing in come from the environment, which may have changed.
        if known is None or not known.has("standardFlowEnabled"):
            realm.put_client(client)
    for item in data["users"]:
        roles = frozenset(item["roles"]) & realm.roles.keys()
        realm.put_user(User(**{**item, "roles": roles}))
