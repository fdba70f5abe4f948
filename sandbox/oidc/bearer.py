"""Checks the access token that a request carries."""

from dataclasses import dataclass
from typing import Any

from sandbox import tokens
from sandbox.model import Client, User
from sandbox.routing import Call


@dataclass(frozen=True)
class Bearer:
    """Whose token it is, and what it says."""

    client: Client
    user: User
    claims: dict[str, Any]


class TokenRefusedError(Exception):
    """The token is missing or no longer good; the text is Keycloak's."""


def bearer_of(call: Call) -> Bearer:
    """Raises TokenRefusedError, with no text if there is no token at all."""
    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefusedError("")
    claims = tokens.read(token.strip())
    if claims is None or claims["typ"] != "Bearer" or claims["iss"] != call.issuer:
        raise TokenRefusedError("Token verification failed")
    realm = call.state.realm
    client = realm.client_by_id(claims["azp"])
    if client is None or call.state.now() >= claims["exp"]:
        raise TokenRefusedError("Token verification failed")
    if not client.has("enabled"):
        raise TokenRefusedError("Client disabled")
    if claims["iat"] < client.data["notBefore"]:
        raise TokenRefusedError("Token verification failed")
    user = realm.users.get(claims["sub"])
    if user is None:
        raise TokenRefusedError("user_not_found")
    if not user.enabled:
        raise TokenRefusedError("user_disabled")
    _check_session(call, claims, client)
    return Bearer(client, user, claims)


def _check_session(call: Call, claims: dict[str, Any], client: Client) -> None:
    if "sid" in claims:
        session = call.state.session_of(claims["sid"])
        if session is None or client.uuid not in session.clients:
            raise TokenRefusedError("user_session_not_found")
