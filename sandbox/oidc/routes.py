"""What all OpenID Connect endpoints share."""

from sandbox.messages import error
from sandbox.routing import Call, Router

PROTOCOL = "/protocol/openid-connect"
IDENTITY_COOKIE = "KEYCLOAK_IDENTITY"
SIGN_IN_COOKIE = "AUTH_SESSION_ID"


def router(prefix: str = "") -> Router:
    """A router below the address of the realm."""
    return Router(f"/realms/{{realm}}{prefix}", guard=_check_realm)


def cookie(call: Call, name: str, value: str) -> tuple[str, str]:
    """A header that sets a cookie for the realm; with an empty value it removes it.

    Keycloak adds Secure and SameSite=None, which no plain HTTP client sends back.
    """
    path = f"/auth/realms/{call.state.realm.name}/"
    age = "" if value else "; Max-Age=0"
    text = f"{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}"
    return "Set-Cookie", text


def organization(call: Call) -> str:
    return str(call.state.realm.settings.get("displayName") or call.state.realm.name)


def _check_realm(call: Call) -> None:
    if call.path["realm"] != call.state.realm.name:
        raise error(404, "Realm does not exist")
