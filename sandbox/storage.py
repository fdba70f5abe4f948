"""The optional state file: what was changed survives a restart."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox import tokens
from sandbox.manager.fleet import clusters_from_json
from sandbox.model import Client, User
from sandbox.realm import Realm
from sandbox.state import State


class Storage:
    """One JSON file: clients and users of the realm, the signing key, clusters."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved: object = None

    def load_into(self, state: State) -> None:
        """Replace what the realm file gave. Raises ValueError: it does not fit."""
        if not self._path.exists():
            return
        realm, data = state.realm, json.loads(self._path.read_text())
        if data.get("realm") != realm.name:
            raise ValueError(f"{self._path} is not of realm {realm.name}")
        try:
            tokens.use_private_key(data["key"])
            _replace(realm, data)
            if "clusters" in data:
                state.fleet.clusters = clusters_from_json(data["clusters"])
        except (KeyError, TypeError) as problem:
            raise ValueError(f"{self._path} is of another version") from problem
        self._saved = _mark(state)

    def save_if_changed(self, state: State) -> None:
        if self._saved == _mark(state):
            return
        realm = state.realm
        data = {
            "realm": realm.name,
            "key": tokens.private_key(),
            "clients": [_client(client) for client in realm.clients.values()],
            "users": [_user(user) for user in realm.users.values()],
            "clusters": [asdict(cluster) for cluster in state.fleet.clusters],
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
        self._saved = _mark(state)


def _mark(state: State) -> object:
    """Something else after each change."""
    return state.realm.version, state.fleet.mark


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
