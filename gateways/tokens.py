"""The console's own access token, from the client credentials grant (RFC 6749, 4.4)."""

import math
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

from gateways.client_authentication import ClientAuthentication
from gateways.errors import (
    AccessDeniedError,
    CredentialsRefusedError,
    GatewayError,
    InvalidError,
    NotFoundError,
)
from gateways.transport import Transport

REFRESH_BEFORE = 30.0  # seconds before its end that a token counts as expired


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    expires_at: float

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        value, lifetime = data["access_token"], float(data["expires_in"])
        if not isinstance(value, str) or not value or math.isnan(lifetime):
            raise ValueError("no token")
        # A very short-lived token would otherwise never count as fresh.
        keep = max(lifetime - REFRESH_BEFORE, lifetime / 2)
        return cls(value, time.monotonic() + keep)


class ServiceAccountToken:
    """Fetched when first needed and kept until shortly before it expires.

    One instance serves all threads: the first that finds it expired fetches a new one
    while the others wait for it, so that a burst of pages costs one token request. If
    it gets none, nor do they: one after the other they would wait for minutes.
    """

    def __init__(
        self, transport: Transport, *, realm: str, authentication: ClientAuthentication
    ) -> None:
        self._http = transport
        self._path = ("realms", realm, "protocol", "openid-connect", "token")
        self._authentication = authentication
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._failure: GatewayError | None = None
        self._failed_at = 0.0

    def value(self) -> str:
        """A token that is good for now.

        Raises CredentialsRefusedError: Keycloak does not accept the console's secret.
        """
        asked = time.monotonic()
        with self._lock:
            if self._token is None or time.monotonic() >= self._token.expires_at:
                self._token = self._fetch_once(asked)
            return self._token.value

    def drop(self, value: str) -> None:
        """Forget this token, which was refused; unless a newer one is already here."""
        with self._lock:
            if self._token and self._token.value == value:
                self._token = None

    def _fetch_once(self, asked: float) -> _Token:
        """Raises the failure of a fetch that ended after this one was asked for."""
        if self._failure and self._failed_at > asked:
            raise _like(self._failure)
        try:
            return self._fetch()
        except GatewayError as exc:
            self._failure, self._failed_at = _like(exc), time.monotonic()
            raise

    def _fetch(self) -> _Token:
        try:
            form = {
                "grant_type": "client_credentials",
                **self._authentication.form(),
            }
            return self._http.post_form(*self._path, form=form, parse=_Token.from_json)
        except (InvalidError, AccessDeniedError, NotFoundError) as exc:
            # A disabled client is a 400, a wrong realm a 404: all are about ourselves.
            raise CredentialsRefusedError(
                exc.service, exc.reason, status=exc.status
            ) from None


def _like(error: GatewayError) -> GatewayError:
    """Another of its kind: each thread raises its own, and keeps nobody's frames."""
    return type(error)(error.service, error.reason, status=error.status)
