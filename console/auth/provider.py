"""The OpenID provider: the same Keycloak realm, through Authlib."""

import time
from functools import cache
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from django.conf import settings
from django.http import HttpRequest
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from gateways.client_authentication import is_private_key, read_private_key

TIMEOUT = (3.05, 10)  # seconds to connect, and to wait for each piece of an answer
DEADLINE = 20.0  # seconds for one call
MAX_ANSWER = 1024 * 1024  # bytes
MAX_TOKEN = 20_000  # characters
# Only signatures that a public key verifies; "none" and HS256 never.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
LEEWAY = 60  # seconds that the provider's clock and ours may differ
# What Authlib and its HTTP client raise, also over an answer of another shape than it
# should have; requests' errors are OSErrors.
FLOW_ERRORS = (
    *(OAuthError, OAuth2Error, JoseError),
    *(ValueError, KeyError, TypeError, AttributeError),
)


class BoundedSession(OAuth2Session):  # type: ignore[misc]
    """No redirects, and no answer without end, neither in size nor in time."""

    def send(self, request: Any, **kwargs: Any) -> Any:
        until = time.monotonic() + DEADLINE
        kwargs |= {"allow_redirects": False, "stream": True}
        response = super().send(request, **kwargs)
        body = bytearray()
        try:
            while piece := response.raw.read1(65536, decode_content=True):
                body += piece
                if len(body) > MAX_ANSWER or time.monotonic() > until:
                    raise OSError("an answer without end")
        except HTTPError as exc:
            raise OSError("an answer that breaks off") from exc
        finally:
            response.close()
        response._content, response._content_consumed = bytes(body), True
        return response


class Provider(DjangoOAuth2App):  # type: ignore[misc]
    client_cls = BoundedSession


@cache
def _registered() -> Provider:
    provider: Provider = OAuth().register(
        "keycloak",
        client_cls=Provider,
        client_id=settings.KEYCLOAK_CLIENT_ID,
        server_metadata_url=(
            f"{settings.KEYCLOAK_ISSUER}/.well-known/openid-configuration"
        ),
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
            "trust_env": False,
            "verify": settings.UPSTREAM_CA_FILE or True,
        },
        **_authentication(),
    )
    return provider


def _authentication() -> dict[str, Any]:
    """As at the token endpoint for the console's own token: by secret or by key."""
    secret = settings.KEYCLOAK_CLIENT_SECRET
    if not is_private_key(secret):
        return {"client_secret": secret}
    key, algorithm = read_private_key(secret)
    claims = {"aud": settings.KEYCLOAK_ISSUER}
    headers = {"kid": key.thumbprint()}
    return {
        "client_secret": key,
        "token_endpoint_auth_method": PrivateKeyJWT(
            claims=claims, headers=headers, alg=algorithm
        ),
    }


def get_provider() -> Provider:
    """The provider, its metadata loaded and its issuer held to the one in settings.

    Raises OAuthError, or what requests raises when it does not answer.
    """
    provider = _registered()
    metadata: dict[str, Any] = provider.load_server_metadata()
    if metadata.get("issuer") != settings.KEYCLOAK_ISSUER:
        raise OAuthError("wrong_issuer", "The provider names another issuer.")
    metadata["id_token_signing_alg_values_supported"] = ALGORITHMS
    return provider


def get_id_token(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """Swap the code for the ID token: its claims, verified, and itself.

    Raises OAuthError or another of Authlib's, or what requests raises. Authlib alone
    would look at neither the audience nor the type (OpenID Connect Core 3.1.3.7).
    """
    issuer = request.GET.get("iss")  # the answer says who gave it (RFC 9207)
    if issuer not in (None, settings.KEYCLOAK_ISSUER):
        raise OAuthError("wrong_issuer", "The answer is from another issuer.")
    expected = {
        "iss": {"essential": True, "value": settings.KEYCLOAK_ISSUER},
        "aud": {"essential": True, "value": settings.KEYCLOAK_CLIENT_ID},
        "sub": {"essential": True, "validate": lambda _, sub: _is_subject(sub)},
        # Keycloak signs its other tokens with the same key.
        "typ": {"validate": lambda _, kind: kind == "ID"},
    }
    token = get_provider().authorize_access_token(
        request, claims_options=expected, leeway=LEEWAY
    )
    return dict(token["userinfo"]), token["id_token"]


def read_signed(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that the provider signed for this console.

    Raises JoseError or ValueError, or what requests raises.
    """
    provider = get_provider()
    try:
        found = jwt.decode(token, _keys(provider), algorithms=ALGORITHMS)
    except InvalidKeyIdError:
        found = jwt.decode(token, _keys(provider, force=True), algorithms=ALGORITHMS)
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.KEYCLOAK_ISSUER},
        aud={"essential": True, "value": settings.KEYCLOAK_CLIENT_ID},
        iat={"essential": True},
    ).validate(found.claims)
    return found.header, found.claims


def _keys(provider: Provider, *, force: bool = False) -> KeySet:
    return KeySet.import_key_set(provider.fetch_jwk_set(force=force))


def _is_subject(value: Any) -> bool:
    """OpenID Connect Core, section 2: at most 255 ASCII characters."""
    return isinstance(value, str) and value.isascii() and 0 < len(value) <= 255
