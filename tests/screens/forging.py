"""A hostile provider: its ID token is not what an honest one would send.

The browser really goes to the sandbox and comes back with a code; then the token and
certs endpoints answer what the test wants. Case names are those of the OpenID
Foundation's conformance suite for relying parties, where it has the case.
"""

import json
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from console.access import Actor
from tests.sandbox_control import SandboxControl
from tests.screens.provider import Provider, come_back, parameters_of

KEY = RSAKey.generate_key(2048, parameters={"kid": "ours", "use": "sig"})
STRANGE_KEY = RSAKey.generate_key(2048, parameters={"kid": "ours"})


class HostileProvider:
    """Forges the answer to one sign-in that `address` started."""

    def __init__(self, keycloak: SandboxControl, person: Actor, address: str) -> None:
        self._keycloak = keycloak
        self._asked = parameters_of(address)
        self.location = Provider().log_in(address, person.username)
        now = int(time.time())
        self.honest: dict[str, Any] = {
            "iss": settings.KEYCLOAK_ISSUER,
            "sub": person.subject,
            "aud": settings.KEYCLOAK_CLIENT_ID,
            "azp": settings.KEYCLOAK_CLIENT_ID,
            "typ": "ID",
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": self._asked["nonce"],
            "acr": "1",
            "sid": "session-of-the-provider",
            "preferred_username": person.username,
            "name": person.name,
        }

    def publish(self, *keys: RSAKey) -> None:
        body = json.dumps(KeySet(list(keys or (KEY,))).as_dict(private=False))
        self._keycloak.fail("GET", "/certs$", "status", status=200, body=body)

    def sign(self, **claims: Any) -> str:
        """None leaves a claim out."""
        return encode({**self.honest, **claims})

    def answer_with(self, id_token: Any, **more: Any) -> None:
        body = {"access_token": "a", "token_type": "Bearer", "expires_in": 300}
        text = json.dumps({**body, "id_token": id_token, **more})
        self._keycloak.fail(
            "POST", "openid-connect/token$", "status", status=200, body=text, times=1
        )  # the console's own token comes after it

    def come_back(self, browser: Client, **changed: str) -> Any:
        assert urlsplit(self.location).path
        return come_back(browser, self.location, **changed)


def encode(claims: dict[str, Any], key: RSAKey | OctKey = KEY, **header: Any) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": "ours", **header}
    return jwt.encode(
        {name: value for name, value in header.items() if value is not None},
        {name: value for name, value in claims.items() if value is not None},
        key,
        algorithms=[header["alg"]],
    )
