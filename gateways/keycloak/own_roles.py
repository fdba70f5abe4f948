"""The admin roles of the console's own service account: what it lacks, what it spares.

Each was taken away in turn on Keycloak 26.7.5: without any of these something fails,
and with them nothing else is needed (tests/contract/test_least_privilege.py).
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

NEEDED = frozenset({"manage-clients", "manage-users", "view-events", "view-realm"})


@dataclass(frozen=True, slots=True)
class OwnRoles:
    """Both sorted by name."""

    missing: list[str]
    spare: list[str]


def read_own_roles(access_token: str) -> OwnRoles:
    """What the console's own access token says.

    Not verified: it came from Keycloak itself, over a connection of ours.
    Raises ValueError: it is no JSON Web Token.
    """
    claims = _claims(access_token)
    access = claims.get("resource_access", {})
    held = frozenset(access.get("realm-management", {}).get("roles", []))
    masters = {"admin", "create-realm"} & set(
        claims.get("realm_access", {}).get("roles", [])
    )
    return OwnRoles(sorted(NEEDED - held), sorted((held - NEEDED) | masters))


def _claims(token: str) -> dict[str, Any]:
    try:
        part = token.split(".")[1]
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError) as exc:
        raise ValueError("not a JSON Web Token") from exc
    if not isinstance(found, dict):
        raise ValueError("not a JSON Web Token")
    return found
