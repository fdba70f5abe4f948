"""What an API client does for itself: get a token, and use it."""

from collections.abc import Mapping
from typing import Any

from gateways import errors
from gateways.keycloak.models import AccessToken, ClientSecret
from gateways.transport import Transport

# How the token endpoint says no. A 401 does not say more: its text is always the same.
REFUSED = (
    errors.InvalidError,
    errors.CredentialsRefusedError,
    errors.AccessDeniedError,
    errors.NotFoundError,
)
NOT_ACCEPTED = "It does not accept the client, which may be disabled."
NO_NUMBER = "Internal error. A lifespan that is no whole number causes this."


class FixedToken:
    """A token of somebody else, for one call: refused once, refused for good."""

    def __init__(self, service: str, token: AccessToken) -> None:
        self._service = service
        self._token = token
        self._refused = False

    def value(self) -> str:
        """Raises CredentialsRefusedError: it was refused before."""
        if self._refused:
            raise errors.CredentialsRefusedError(self._service, "HTTP 401", status=401)
        return self._token.value

    def drop(self, value: str) -> None:
        self._refused = self._refused or value == self._token.value


class ClientTokenGateway:
    """The token endpoint of one realm, and the keys with which it signs.

    Its transport has no token of the console: here the API client speaks.
    """

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._oidc = ("realms", realm, "protocol", "openid-connect")

    def get_token(
        self, client_id: str, secret: ClientSecret, *, scope: str = ""
    ) -> AccessToken:
        """A token of the client credentials grant. Raises TokenRefusedError."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret.value,
            **({"scope": scope} if scope else {}),
        }
        try:
            return self._http.post_form(
                *self._oidc, "token", form=form, parse=AccessToken.from_json
            )
        except REFUSED as exc:
            unsaid = NOT_ACCEPTED if exc.status == 401 else exc.reason
            raise _refused(exc, exc.detail or unsaid) from None
        except errors.UnavailableError as exc:
            if exc.status != 500:
                raise
            raise _refused(exc, NO_NUMBER) from None

    def get_keys(self) -> Mapping[str, Any]:
        """The public keys, as a JSON Web Key Set."""
        return self._http.get(*self._oidc, "certs", parse=dict)


class UserinfoGateway:
    """Asks Keycloak whether a token is good; the transport carries that token."""

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._path = ("realms", realm, "protocol", "openid-connect", "userinfo")

    def ask(self) -> str:
        """The subject. The token needs the scope openid.

        Raises CredentialsRefusedError: the token has expired, or was revoked.
        """
        return self._http.get(*self._path, parse=lambda data: str(data["sub"]))


def _refused(exc: errors.GatewayError, detail: str) -> errors.TokenRefusedError:
    return errors.TokenRefusedError(
        exc.service, exc.reason, status=exc.status, detail=detail
    )
