"""The OpenID provider: the same Keycloak realm, through Authlib."""

from functools import cache
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings

TIMEOUT = (3.05, 10)  # seconds to connect, and to wait for an answer
# Only signatures that a public key verifies; "none" and HS256 never.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


@cache
def _registered() -> DjangoOAuth2App:
    return OAuth().register(
        "keycloak",
        client_id=settings.KEYCLOAK_CLIENT_ID,
        client_secret=settings.KEYCLOAK_CLIENT_SECRET,
        server_metadata_url=(
            f"{settings.KEYCLOAK_ISSUER}/.well-known/openid-configuration"
        ),
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
            "trust_env": False,
        },
    )


def get_provider() -> DjangoOAuth2App:
    """The provider, its metadata loaded and its issuer held to the one in settings.

    Raises OAuthError, or what requests raises when it does not answer.
    """
    provider = _registered()
    metadata: dict[str, Any] = provider.load_server_metadata()
    if metadata.get("issuer") != settings.KEYCLOAK_ISSUER:
        raise OAuthError("wrong_issuer", "The provider names another issuer.")
    metadata["id_token_signing_alg_values_supported"] = ALGORITHMS
    return provider
