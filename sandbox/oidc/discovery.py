"""The realm's public face: its addresses and its key."""

from sandbox import tokens
from sandbox.messages import JSON, Response, as_json
from sandbox.oidc.routes import PROTOCOL, router
from sandbox.routing import Call

routes = router()
_SECRET_METHODS = ["client_secret_basic", "client_secret_post"]


@routes.route("GET", "")
def realm(call: Call) -> Response:
    return as_json(
        {
            "realm": call.state.realm.name,
            "public_key": tokens.public_key_der(),
            "token-service": f"{call.issuer}{PROTOCOL}",
            "account-service": f"{call.issuer}/account",
            "tokens-not-before": 0,
        }
    )


@routes.route("GET", "/.well-known/openid-configuration")
def configuration(call: Call) -> Response:
    base = f"{call.issuer}{PROTOCOL}"
    document = {
        "issuer": call.issuer,
        "authorization_endpoint": f"{base}/auth",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "end_session_endpoint": f"{base}/logout",
        "jwks_uri": f"{base}/certs",
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "acr_values_supported": ["0", "1"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "prompt_values_supported": ["none", "login"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": _SECRET_METHODS,
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": _CLAIMS,
        "claim_types_supported": ["normal"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    cache = "no-cache, must-revalidate, no-transform, no-store"
    return as_json(document, content_type=JSON, cache=cache)


@routes.route("GET", f"{PROTOCOL}/certs")
def certs(call: Call) -> Response:  # noqa: ARG001
    return as_json({"keys": [tokens.public_key()]}, content_type=JSON)


_CLAIMS = [
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name"),
    *("family_name", "preferred_username", "email", "acr", "azp", "nonce"),
]
