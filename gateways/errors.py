"""What can go wrong with another service, by what the caller can do about it."""


class GatewayError(Exception):
    """Names the service, says what happened, and keeps the HTTP status.

    Never keeps the body of an answer: it may hold a secret. `detail` is the sentence
    with which a service explains a 400 or a 409, cut short; it is for people.
    """

    def __init__(
        self, service: str, reason: str, *, status: int | None = None, detail: str = ""
    ) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason
        self.status = status
        self.detail = detail
        self.entry_id: int | None = None  # of the audit entry, set by whoever wrote it


class RefusedError(GatewayError):
    """Nothing was changed."""


class NotFoundError(RefusedError):
    """The object does not exist."""


class ConflictError(RefusedError):
    """Something else already has this name."""


class InvalidError(RefusedError):
    """The service does not accept these values."""


class AccessDeniedError(RefusedError):
    """The console's service account lacks a role for this call."""


class CredentialsRefusedError(RefusedError):
    """The service does not accept the console's own credentials."""


class TokenRefusedError(RefusedError):
    """The token endpoint gives an API client no token; `detail` says why."""


class UnavailableError(RefusedError):
    """No connection was made, or a read got no answer."""


class UntrustedError(UnavailableError):
    """Its TLS certificate is not to be trusted, so nothing was sent.

    `detail` is what OpenSSL says of the certificate.
    """


class UnreadableAnswerError(RefusedError):
    """A read was answered with something that makes no sense."""


class OutcomeUnknownError(GatewayError):
    """A change was sent and no clear answer came: it may or may not have happened."""
