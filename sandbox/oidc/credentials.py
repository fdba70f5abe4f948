"""Which client a token request comes from, by Basic authentication or form fields."""

import base64
import binascii
import hmac
from urllib.parse import unquote_plus

from sandbox.messages import HttpError, Request, described_error
from sandbox.model import Client
from sandbox.routing import Call


class ClientRefusedError(HttpError):
    """The answer tells nothing; `reason` is for the event log."""

    def __init__(self, code: str, reason: str, client_id: str | None) -> None:
        text = "Invalid client or Invalid client credentials"
        super().__init__(401, {"error": code, "error_description": text})
        self.reason = reason
        self.client_id = client_id


def authenticated_client(call: Call) -> Client:
    """Raises ClientRefusedError."""
    client_id, secret = _credentials(call.request)
    client = call.state.realm.client_by_id(client_id or "")
    if client is None:
        raise ClientRefusedError("invalid_client", "client_not_found", client_id)
    if not client.has("enabled"):
        raise ClientRefusedError("invalid_client", "client_disabled", client_id)
    if client.has("publicClient"):
        return client
    if client.has("bearerOnly"):
        raise described_error(400, "invalid_client", "Bearer-only not allowed")
    expected = client.secret or ""
    given = secret or ""
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        reason = "invalid_client_credentials"
        raise ClientRefusedError("unauthorized_client", reason, client_id)
    return client


def _credentials(request: Request) -> tuple[str | None, str | None]:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _basic(value)
    return request.form.get("client_id"), request.form.get("client_secret")


def _basic(value: str) -> tuple[str | None, str | None]:
    """Both parts are form-encoded before base64 (RFC 6749, section 2.3.1)."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
