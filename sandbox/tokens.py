"""Signs and reads tokens with one RSA key for the life of the process."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

_ALGORITHM = "RS256"


@cache
def _key() -> RSAKey:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return key


def private_key() -> dict[str, Any]:
    """To be kept by the state file, so that tokens stay good over a restart."""
    return dict(_key().as_dict(private=True))


def use_private_key(data: Mapping[str, Any]) -> None:
    global _key
    key = RSAKey.import_key(dict(data))
    _key = cache(lambda: key)


def public_key() -> dict[str, Any]:
    """As the certs endpoint publishes it."""
    return {
        **_key().as_dict(private=False),
        "alg": _ALGORITHM,
        "use": "sig",
    }


def signed(claims: Mapping[str, Any]) -> str:
    key = _key()
    header = {"alg": _ALGORITHM, "typ": "JWT", "kid": key.kid}
    return jwt.encode(header, dict(claims), key, algorithms=[_ALGORITHM])


def read(token: str) -> dict[str, Any] | None:
    """The claims of a token that was signed here, whatever its age."""
    try:
        return dict(jwt.decode(token, _key(), algorithms=[_ALGORITHM]).claims)
    except (JoseError, ValueError):
        return None


def left_half_hash(text: str) -> str:
    """The at_hash of OpenID Connect Core, section 3.1.3.6."""
    digest = hashlib.sha256(text.encode()).digest()
    return _url_safe(digest[: len(digest) // 2])


def _url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public_key_der() -> str:
    """As the realm's public page shows it."""
    der: bytes = _key().as_der(private=False)
    return base64.b64encode(der).decode()


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636)."""
    return _url_safe(hashlib.sha256(verifier.encode()).digest())
