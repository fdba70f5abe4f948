"""What a measurement changes in a real Keycloak, as its administrator."""

import json
import time
import urllib.parse
import urllib.request
from typing import Any

from tools.keycloak import REALM

PAGE = 100
GOOD_FOR = 30  # seconds, of the minute that a token of the master realm lasts


class Admin:
    """Keycloak's own administrator, on this machine."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._token, self._until = "", 0.0
        proxies = urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(proxies)

    def count_api_clients(self) -> int:
        count, first = 0, 0
        while page := self.call("GET", f"clients?first={first}&max={PAGE}"):
            count += sum(bool(client["serviceAccountsEnabled"]) for client in page)
            first += PAGE
        return count

    def import_clients(self, clients: list[dict[str, Any]]) -> None:
        body = {"ifResourceExists": "SKIP", "clients": clients}
        self.call("POST", "partialImport", body)

    def allow_console(self, console_url: str) -> None:
        """Signing in and out may lead back to this address as well."""
        [client] = self.call("GET", "clients?clientId=api-client-console")
        client["redirectUris"] = [f"{console_url}/*"]
        client["attributes"]["post.logout.redirect.uris"] = f"{console_url}/*"
        client.pop("secret", None)
        self.call("PUT", f"clients/{client['id']}", client)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - this machine's Keycloak
            f"{self.base_url}/admin/realms/{REALM}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._fresh_token()}",
                "Content-Type": "application/json",
            },
        )
        with self._opener.open(request, timeout=600) as response:
            content = response.read()
        return json.loads(content) if content else None

    def _fresh_token(self) -> str:
        if time.monotonic() > self._until:
            form = {
                "grant_type": "password",
                "client_id": "admin-cli",
                "username": "admin",
                "password": "admin",
            }
            url = f"{self.base_url}/realms/master/protocol/openid-connect/token"
            data = urllib.parse.urlencode(form).encode()
            with self._opener.open(url, data=data, timeout=600) as response:
                self._token = json.loads(response.read())["access_token"]
            self._until = time.monotonic() + GOOD_FOR
        return self._token
