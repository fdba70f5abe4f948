"""How the console proves at the token endpoint which client it is.

By its secret (RFC 6749, 2.3.1), or by a token that it signs with its private key
(`private_key_jwt`: OpenID Connect Core, section 9, and RFC 7523).
"""

import time
import uuid
from dataclasses import dataclass, field
from typing import Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GOOD_FOR = 60  # seconds; Keycloak takes no assertion twice
PEM = "-----BEGIN"


class ClientAuthentication(Protocol):
    """What a token request carries besides its grant."""

    def form(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class BySecret:
    client_id: str
    client_secret: str = field(repr=False)

    def form(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}


@dataclass(frozen=True, slots=True)
class ByPrivateKey:
    """`audience` is the realm's issuer: Keycloak 26 takes no other by default."""

    client_id: str
    private_key: str = field(repr=False)
    audience: str

    def form(self) -> dict[str, str]:
        """With a new assertion each time. Raises ValueError: not a key that signs."""
        key, algorithm = read_private_key(self.private_key)
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + GOOD_FOR,
        }
        header = {"alg": algorithm, "kid": key.thumbprint()}
        return {
            "client_id": self.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode(header, claims, key, [algorithm]),
        }


def by_secret_or_key(
    client_id: str, secret_or_pem: str, *, audience: str
) -> ClientAuthentication:
    if is_private_key(secret_or_pem):
        return ByPrivateKey(client_id, secret_or_pem, audience)
    return BySecret(client_id, secret_or_pem)


def is_private_key(secret_or_pem: str) -> bool:
    return secret_or_pem.lstrip().startswith(PEM)


def read_private_key(pem: str) -> tuple[Key, str]:
    """An RSA or P-256 key, with the algorithm that it signs with.

    Raises ValueError, without a word of what was given.
    """
    for kind, algorithm in ((RSAKey, "RS256"), (ECKey, "ES256")):
        try:
            key = kind.import_key(pem)
        except (ValueError, TypeError, JoseError):
            continue
        if key.is_private:
            return key, algorithm
    raise ValueError("not an RSA or P-256 private key in PEM")
