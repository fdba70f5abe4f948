"""A delegate at the console, who sends by hand what no page offers."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from console.access import Actor
from tests.contract.support import Upstream
from tests.people import sign_in

DELEGABLE = ("reports-reader", "production:access-datasets")
OWN = ("administer-clients",)
# What every service account holds without being asked.
EVERYONE = frozenset(
    {
        *("default-roles-northwind", "offline_access", "uma_authorization"),
        *("account:manage-account", "account:manage-account-links"),
        "account:view-profile",
    }
)
MAY = EVERYONE | {*DELEGABLE, *OWN}
# What gives the client's powers away, and what changes it, by the name of its address.
REVEALING = ("secret-show", "secret-copy", "secret-regenerate", "token-download")
CHANGING = ("disable", "enable", "delete", "token-revoke", "token-test")


class Writes(logging.Handler):
    """What the console sends to change something, by the log of its transport."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.sent: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        assert isinstance(record.args, tuple)
        _, method, path, *_ = record.args
        if method != "GET" and "openid-connect" not in str(path):
            self.sent.append(f"{method} {path}")


@contextmanager
def watching_writes() -> Iterator[list[str]]:
    logger, handler = logging.getLogger("gateways"), Writes()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.sent
    logger.removeHandler(handler)
    logger.setLevel(level)


@dataclass
class Delegate:
    """`client-admin` with a session, and what Keycloak says behind the console."""

    upstream: Upstream
    actor: Actor
    browser: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        sign_in(self.browser, self.actor)

    def post(self, name: str, uuid: str, **fields: Any) -> Any:
        form = {"operation": str(uuid4()), "reason": "", **fields}
        return self.browser.post(reverse(f"apiclients:{name}", args=[uuid]), form)

    def create(self, client_id: str) -> Any:
        form = {
            "operation": str(uuid4()),
            "client_id": client_id,
            "lifespan_choice": "default",
        }
        return self.browser.post(reverse("apiclients:create"), form)

    def assign(self, uuid: str, *role_ids: str) -> Any:
        return self.post("permissions-assign", uuid, roles=role_ids)

    def remove(self, uuid: str, role_id: str) -> Any:
        return self.post("permission-remove", uuid, role=role_id)


@dataclass
class Realm:
    """All roles, and what a service account holds by them: without the console."""

    upstream: Upstream
    ids: dict[str, str] = field(default_factory=dict)
    _contents: dict[str, set[str]] = field(default_factory=dict)

    def read(self, *owners: str) -> None:
        """The realm's roles and those of these clients."""
        found = self._list("", "roles")
        for owner in owners:
            uuid = self.upstream.client(owner).uuid
            found |= self._list(f"{owner}:", "clients", uuid, "roles")
        self.ids = {name: role["id"] for name, role in found.items()}
        names = {role_id: name for name, role_id in self.ids.items()}
        inside = {
            name: [each["id"] for each in self._composites(role["id"])]
            for name, role in found.items()
            if role["composite"]
        }
        for name in found:
            self._contents[name] = _closure(name, inside, names)

    def held_by(self, uuid: str) -> set[str]:
        """What the client's service account holds, composites expanded."""
        account = self.upstream.clients.get_service_account_id(uuid)
        mapped = self.upstream.admin("GET", "users", account, "role-mappings").json()
        direct = {role["name"] for role in mapped.get("realmMappings", [])}
        for owner, mapping in mapped.get("clientMappings", {}).items():
            direct |= {f"{owner}:{role['name']}" for role in mapping["mappings"]}
        return {name for role in direct for name in self._contents[role]}

    def _list(self, prefix: str, *path: str) -> dict[str, Any]:
        params = {"first": 0, "max": 500}
        roles = self.upstream.admin("GET", *path, params=params).json()
        return {f"{prefix}{role['name']}": role for role in roles}

    def _composites(self, role_id: str) -> Any:
        return self.upstream.admin("GET", "roles-by-id", role_id, "composites").json()


def _closure(
    name: str, inside: dict[str, list[str]], names: dict[str, str]
) -> set[str]:
    found, pending = set[str](), [name]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending += [names[role_id] for role_id in inside.get(current, [])]
    return found
