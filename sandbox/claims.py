"""What tokens say: roles, scopes, lifespans and who they are about."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from sandbox.messages import described_error, unknown_error
from sandbox.model import Client, User
from sandbox.realm import Realm
from sandbox.state import State

LIFESPAN = "access.token.lifespan"
_JAVA_INTEGER = re.compile(r"[+-]?\d+")
_IN_SCOPE_CLAIM = ("email", "profile", "address", "phone", "offline_access")


@dataclass(frozen=True)
class Grant:
    """What a token is made for."""

    client: Client
    user: User
    issuer: str
    scope: str
    now: int
    # Keycloak marks in the id of a token how it came about.
    origin: str = "onrtac"
    session: str | None = None
    auth_time: int | None = None
    acr: str = "1"


def granted_scope(client: Client, requested: str | None) -> str:
    """The value of the scope claim. Raises HttpError for a scope not on offer."""
    wanted = (requested or "").split()
    default = client.scopes
    offered = {"openid", *default, *client.data["optionalClientScopes"]}
    if not offered.issuperset(wanted):
        raise described_error(400, "invalid_scope", f"Invalid scopes: {requested}")
    openid = ["openid"] if "openid" in wanted else []
    named = [s for s in _IN_SCOPE_CLAIM if s in default or s in wanted]
    return " ".join(openid + named)


def lifespan(client: Client, state: State) -> int:
    """Seconds. Raises HttpError: text that is no Java integer breaks every token."""
    cap = state.seconds("ssoSessionMaxLifespan", 36000)
    client_cap = state.seconds("clientSessionMaxLifespan", 0)
    cap = min(cap, client_cap) if client_cap > 0 else cap
    text = client.attributes.get(LIFESPAN)
    if text is None:
        return min(state.seconds("accessTokenLifespan", 300), cap)
    if not _JAVA_INTEGER.fullmatch(text) or not -(2**31) <= int(text) < 2**31:
        raise unknown_error()
    return cap if int(text) == -1 else min(int(text), cap)


def access_token(grant: Grant, state: State) -> dict[str, Any]:
    now = grant.now
    roles = role_claims(grant.client, grant.user, state.realm)
    return _without_none(
        {
            "exp": now + lifespan(grant.client, state),
            "iat": now,
            "auth_time": grant.auth_time,
            "jti": f"{grant.origin}:{uuid.uuid4()}",
            "iss": grant.issuer,
            "aud": _audience(roles, grant.client),
            "sub": grant.user.id,
            "typ": "Bearer",
            "azp": grant.client.client_id,
            "sid": grant.session,
            "acr": grant.acr,
            "allowed-origins": grant.client.data["webOrigins"] or None,
            **roles,
            "scope": grant.scope,
            **person_claims(grant.user, grant.scope),
        }
    )


def id_token(
    grant: Grant, state: State, *, nonce: str | None, at_hash: str
) -> dict[str, Any]:
    return _without_none(
        {
            "exp": grant.now + lifespan(grant.client, state),
            "iat": grant.now,
            "auth_time": grant.auth_time,
            "jti": str(uuid.uuid4()),
            "iss": grant.issuer,
            "aud": grant.client.client_id,
            "sub": grant.user.id,
            "typ": "ID",
            "azp": grant.client.client_id,
            "nonce": nonce,
            "sid": grant.session,
            "at_hash": at_hash,
            "acr": grant.acr,
            **person_claims(grant.user, grant.scope),
        }
    )


def person_claims(user: User, scope: str) -> dict[str, Any]:
    """Claims about the user, by scope."""
    claims: dict[str, Any] = {}
    if "email" in scope.split():
        claims["email_verified"] = user.email_verified
        claims["email"] = user.email
    if "profile" in scope.split():
        names = (user.first_name, user.last_name)
        claims["name"] = " ".join(name for name in names if name) or None
        claims["preferred_username"] = user.username
        claims["given_name"] = user.first_name
        claims["family_name"] = user.last_name
    return _without_none(claims)


def role_claims(client: Client, user: User, realm: Realm) -> dict[str, Any]:
    """Effective roles. With full scope off only those of the client itself are left."""
    if "roles" not in client.scopes:
        return {}
    realm_roles: list[str] = []
    client_roles: dict[str, list[str]] = {}
    for role in realm.effective_roles(user.roles):
        if not client.has("fullScopeAllowed") and role.owner != client.uuid:
            continue
        if role.owner is None:
            realm_roles.append(role.name)
        else:
            owner = realm.clients[role.owner].client_id
            client_roles.setdefault(owner, []).append(role.name)
    claims: dict[str, Any] = {}
    if realm_roles:
        claims["realm_access"] = {"roles": realm_roles}
    if client_roles:
        access = {owner: {"roles": names} for owner, names in client_roles.items()}
        claims["resource_access"] = access
    return claims


def _audience(roles: dict[str, Any], client: Client) -> str | list[str] | None:
    """The clients whose roles are in the token, except the one it is issued to."""
    owners = [o for o in roles.get("resource_access", {}) if o != client.client_id]
    if len(owners) == 1:
        return str(owners[0])
    return owners or None


def _without_none(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not None}
