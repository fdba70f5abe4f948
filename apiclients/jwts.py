"""Reading an access token that somebody pasted. It is kept nowhere.

Whatever it says is shown as it stands, so nothing here trusts its shape.
"""

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from apiclients.catalogue import ORGANIZATION
from gateways.documents import read_json

# Those that a public key can check.
ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
]
NOT_ENCRYPTED = "This token is encrypted (it has five parts), so nobody can read it."
NOT_THREE_PARTS = (
    "This is not a JSON Web Token: it would have three parts with dots between them."
)
NOT_READABLE = "This is not a JSON Web Token: its parts are no JSON in base64url."


class NotATokenError(ValueError):
    """What was pasted is no JSON Web Token; the text says why, never what it was."""


class Signature(StrEnum):
    VALID = "valid"
    FOREIGN = "foreign"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a token says. `lifetime` in seconds, from its own instants."""

    header: str
    claims: str
    client_id: str
    issued_at: datetime | None
    expires_at: datetime | None
    roles: list[str]
    signature: Signature

    @property
    def lifetime(self) -> int | None:
        if self.issued_at is None or self.expires_at is None:
            return None
        return int((self.expires_at - self.issued_at).total_seconds())

    @property
    def seconds_left(self) -> int | None:
        """Zero once it has expired."""
        if self.expires_at is None:
            return None
        return max(0, int((self.expires_at - timezone.now()).total_seconds()))


def inspect(token: str, keys: Mapping[str, Any] | None) -> Inspection:
    """Take a token apart. `keys`: the organization's, None if they are not to be had.

    Raises NotATokenError.
    """
    header, claims = decode(token)
    client_id = claims.get("azp")
    return Inspection(
        header=json.dumps(header, ensure_ascii=False),
        claims="{\n" + ",\n".join(_lines(claims)) + "\n}",
        client_id=client_id if isinstance(client_id, str) else "",
        issued_at=_instant(claims.get("iat")),
        expires_at=_instant(claims.get("exp")),
        roles=_roles(claims),
        signature=_check_signature(token, keys),
    )


def decode(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, the signature not looked at. Raises NotATokenError."""
    parts = token.split(".")
    if len(parts) != 3:
        raise NotATokenError(NOT_ENCRYPTED if len(parts) == 5 else NOT_THREE_PARTS)
    return _object(parts[0]), _object(parts[1])


def _object(part: str) -> dict[str, Any]:
    try:
        padded = part.encode("ascii") + b"=" * (-len(part) % 4)
        found = read_json(urlsafe_b64decode(padded))
    except (ValueError, binascii.Error, RecursionError):
        # Without the cause: its text may quote the token.
        raise NotATokenError(NOT_READABLE) from None
    if not isinstance(found, dict):
        raise NotATokenError(NOT_READABLE)
    return found


def _lines(claims: Mapping[str, Any]) -> Iterator[str]:
    """One claim a line; the clients of resource_access one a line as well."""
    for name, value in claims.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict) and len(value) > 1:
            inner = (f"    {_json(key)}: {_json(each)}" for key, each in value.items())
            text = "{\n" + ",\n".join(inner) + "\n  }"
        yield f"  {_json(name)}: {text}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _roles(claims: Mapping[str, Any]) -> list[str]:
    found = [f"{ORGANIZATION}: {name}" for name in _names(claims.get("realm_access"))]
    access = claims.get("resource_access")
    for owner, each in access.items() if isinstance(access, dict) else ():
        found += [f"{owner}: {name}" for name in _names(each)]
    return found


def _names(access: object) -> list[str]:
    names = access.get("roles") if isinstance(access, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def _instant(value: object) -> datetime | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _check_signature(token: str, keys: Mapping[str, Any] | None) -> Signature:
    if keys is None:
        return Signature.UNCHECKED
    try:
        signing = [key for key in keys["keys"] if key.get("use") != "enc"]
        known = KeySet.import_key_set({"keys": signing})
        jws.deserialize_compact(token, known, algorithms=ALGORITHMS)
    except (JoseError, ValueError, LookupError, TypeError, AttributeError):
        return Signature.FOREIGN
    return Signature.VALID
