"""What requests and urllib3 raise, by what it says of the call."""

import ssl

import requests
from urllib3 import exceptions
from urllib3.exceptions import HTTPError, ProtocolError

# No connection, or one that broke: worth another try. A timeout is not: whoever waits
# has waited long enough.
BROKEN = (requests.ConnectionError, ProtocolError)
# Nothing that would show that the service is there.
UNANSWERED = (*BROKEN, requests.Timeout, exceptions.TimeoutError)
FAILURES = (requests.RequestException, HTTPError, OSError)


def distrust(exc: BaseException) -> str:
    """What OpenSSL holds against a certificate; empty when it is not about one."""
    reason = getattr(exc.args[0], "reason", None) if exc.args else None
    cause = reason.args[0] if isinstance(reason, HTTPError) and reason.args else None
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return ""
    return cause.verify_message
