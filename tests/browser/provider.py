"""Keycloak itself, asked behind the console's back."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import requests

from tests.environment import DEFAULTS

REALM = DEFAULTS["KEYCLOAK_REALM"]
CONSOLE = (DEFAULTS["KEYCLOAK_CLIENT_ID"], DEFAULTS["KEYCLOAK_CLIENT_SECRET"])


class Provider:
    """The sandbox or a real Keycloak, as any program sees it."""

    def __init__(self, url: str) -> None:
        self._userinfo = f"{url}/realms/{REALM}/protocol/openid-connect/userinfo"
        self._clusters = f"{url.removesuffix('/auth')}/api/v1/clusters"
        self._admin = f"{url}/admin/realms/{REALM}/clients"
        self.token_endpoint = f"{url}/realms/{REALM}/protocol/openid-connect/token"
        self._http = requests.Session()
        self._http.trust_env = False

    def accepts(self, client_id: str, secret: str) -> bool:
        """Whether a program with this secret gets a token."""
        return self._get_token(client_id, secret) is not None

    def get_token(self, client_id: str, secret: str) -> str:
        """One that userinfo accepts."""
        token = self._get_token(client_id, secret, scope="openid")
        assert token, f"no token for {client_id}"
        return token

    def ask_userinfo(self, token: str) -> int:
        return self._ask(self._userinfo, token)

    def ask_manager(self, token: str) -> int:
        """The Imply Manager API, which is the sandbox's."""
        return self._ask(self._clusters, token)

    def read_secret(self, uuid: str) -> str:
        return str(self._call("GET", f"{self._admin}/{uuid}/client-secret")["value"])

    @contextlib.contextmanager
    def admitting(self, console_url: str) -> Iterator[None]:
        """Let a console that listens there sign people in, besides the usual one."""
        [usual] = self._call("GET", f"{self._admin}?clientId={CONSOLE[0]}")
        attributes = dict(usual["attributes"])
        attributes["post.logout.redirect.uris"] += f"##{console_url}/*"
        callbacks = [*usual["redirectUris"], f"{console_url}/sign-in/callback/"]
        changed = {**usual, "redirectUris": callbacks, "attributes": attributes}
        self._call("PUT", f"{self._admin}/{usual['id']}", json=changed)
        yield
        self._call("PUT", f"{self._admin}/{usual['id']}", json=usual)

    def _ask(self, url: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return self._http.get(url, headers=headers, timeout=30).status_code

    def _get_token(self, client_id: str, secret: str, **options: str) -> str | None:
        response = self._http.post(
            self.token_endpoint,
            data={
                "grant_type": "client_credentials",
                "client_id": client_id,
                "client_secret": secret,
                **options,
            },
            timeout=30,
        )
        assert response.status_code in (200, 400, 401), response.text
        token: str | None = response.json().get("access_token")
        return token

    def _call(self, method: str, url: str, json: Any = None) -> Any:
        token = self._get_token(*CONSOLE)
        assert token, f"no token for {CONSOLE[0]}"
        response = self._http.request(
            method,
            url,
            json=json,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        response.raise_for_status()
        return response.json() if response.content else None


def uuid_in(url: str) -> str:
    """The client's uuid in the address of one of its pages."""
    found = re.search(r"/api-clients/([0-9a-f-]{36})/", url)
    assert found, f"no client's page: {url}"
    return found[1]
