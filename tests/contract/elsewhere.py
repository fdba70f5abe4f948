"""What an administrator of the realm does elsewhere, and the console never does."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from tests.contract.support import REALM, TIMEOUT, Upstream

BOOTSTRAP = {"username": "admin", "password": "admin"}  # of tools.keycloak
Contents = Mapping[str, Iterable[str]]  # names by the client that owns them, "" realm


class Elsewhere:
    """Keycloak's own administrator; in the sandbox its control endpoint."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        parts = urlsplit(upstream.base_url)
        self._control = f"{parts.scheme}://{parts.netloc}/_sandbox"
        health = upstream.http.get(f"{self._control}/health", timeout=TIMEOUT)
        self.is_sandbox = health.status_code == 200

    def define_role(self, name: str, contents: Contents, *, owner: str = "") -> None:
        """Make a role that contains these."""
        if self.is_sandbox:
            client = {o: list(names) for o, names in contents.items() if o}
            body = {"name": name, "owner": owner or None, "client": client}
            realm = list(contents.get("", ()))
            self._send_control("PUT", {**body, "realm": realm})
            return
        self._admin("POST", *self._container(owner), json={"name": name})
        role_id = self._role(owner, name)["id"]
        inside = [self._role(o, n) for o, names in contents.items() for n in names]
        self._admin("POST", "roles-by-id", role_id, "composites", json=inside)

    def remove_role(self, name: str, *, owner: str = "") -> None:
        if self.is_sandbox:
            self._send_control("DELETE", {"name": name, "owner": owner or None})
        else:
            self._admin("DELETE", *self._container(owner), name)

    def add_group(self, name: str, roles: Contents, *, member: str) -> str:
        """Make a group that holds these roles, with this user in it; its id."""
        path = self._admin("POST", "groups", json={"name": name}).headers["Location"]
        group = path.rsplit("/", 1)[-1]
        for owner, names in roles.items():
            container = ("clients", self._uuid(owner)) if owner else ("realm",)
            held = [self._role(owner, each) for each in names]
            mappings = ("groups", group, "role-mappings", *container)
            self._admin("POST", *mappings, json=held)
        self._admin("PUT", "users", member, "groups", group)
        return group

    def remove_group(self, group: str) -> None:
        self._admin("DELETE", "groups", group)

    def _container(self, owner: str) -> tuple[str, ...]:
        return ("clients", self._uuid(owner), "roles") if owner else ("roles",)

    def _role(self, owner: str, name: str) -> dict[str, Any]:
        role: dict[str, Any] = self._admin("GET", *self._container(owner), name).json()
        return role

    def _uuid(self, client_id: str) -> str:
        return self._upstream.client(client_id).uuid

    def _admin(self, method: str, *path: str, json: Any = None) -> requests.Response:
        http, base = self._upstream.http, self._upstream.base_url
        token = http.post(
            f"{base}/realms/master/protocol/openid-connect/token",
            data={"grant_type": "password", "client_id": "admin-cli", **BOOTSTRAP},
            timeout=TIMEOUT,
        ).json()["access_token"]
        answer = http.request(
            method,
            "/".join([f"{base}/admin/realms/{REALM}", *(quote(p) for p in path)]),
            headers={"Authorization": f"Bearer {token}"},
            json=json,
            timeout=TIMEOUT,
        )
        assert answer.ok, f"{method} {path}: {answer.text}"
        return answer

    def _send_control(self, method: str, body: dict[str, Any]) -> None:
        url = f"{self._control}/roles"
        answer = self._upstream.http.request(method, url, json=body, timeout=TIMEOUT)
        assert answer.ok, f"{method} {body}: {answer.text}"
