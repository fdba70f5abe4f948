"""HTTP to another service: the only module that calls requests.

Every call has a timeout, a total deadline and a size limit. Only reads are repeated.
A log line names method, path, status and duration; never headers, bodies or queries.
"""

import json as jsonlib
import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import requests
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError, SSLError

from gateways import errors
from gateways.answers import Answer, explanation

T = TypeVar("T")

TIMEOUT = (3.05, 10)  # seconds to connect, and to wait for each piece of an answer
DEADLINE = 20.0  # seconds for one call, its repetitions included
MAX_ANSWER = 8 * 1024 * 1024  # bytes, decompressed
READ_ATTEMPTS = 3
TRANSIENT = (502, 503, 504)
# No connection, or one that broke: worth another try. A timeout is not: whoever waits
# has waited long enough.
BROKEN = (requests.ConnectionError, ProtocolError)
FAILURES = (requests.RequestException, HTTPError, OSError)
# What comes of taking apart a document that is not what it should be.
UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError),
    *(OverflowError, RecursionError),
)

REFUSALS: Mapping[int, type[errors.RefusedError]] = {
    400: errors.InvalidError,
    401: errors.CredentialsRefusedError,
    403: errors.AccessDeniedError,
    404: errors.NotFoundError,
    405: errors.InvalidError,
    409: errors.ConflictError,
    413: errors.InvalidError,
    415: errors.InvalidError,
    422: errors.InvalidError,
    429: errors.UnavailableError,
}

# The reference number of the request under way; it finds log line and audit entry.
request_id: ContextVar[str] = ContextVar("request_id", default="-")
logger = logging.getLogger("gateways")


class AccessToken(Protocol):
    """What `Transport` needs of the token that it sends along."""

    def value(self) -> str: ...

    def drop(self, value: str) -> None: ...


class Transport:
    """HTTP bound to one service and one base address."""

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        token: AccessToken | None = None,
        timeout: tuple[float, float] = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        self.service = service
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._deadline = deadline
        self._local = threading.local()

    def get(
        self,
        *path: str,
        parse: Callable[[Any], T],
        params: Mapping[str, Any] | None = None,
    ) -> T:
        answer = self._send("GET", path, params=params)
        return self._parse(answer, parse, errors.UnreadableAnswerError)

    def post(self, *path: str, parse: Callable[[Any], T], json: Any = None) -> T:
        answer = self._send("POST", path, json=json)
        return self._parse(answer, parse, errors.OutcomeUnknownError)

    def post_for_location(self, *path: str, json: Any) -> str:
        """Create something; the last segment of its address."""
        location = self._send("POST", path, json=json).headers.get("Location", "")
        if not location:
            raise errors.OutcomeUnknownError(self.service, "no address of what it made")
        return location.rstrip("/").rsplit("/", 1)[-1]

    def post_for_nothing(self, *path: str, json: Any) -> None:
        self._expect_nothing(self._send("POST", path, json=json))

    def post_form(
        self, *path: str, form: Mapping[str, str], parse: Callable[[Any], T]
    ) -> T:
        """Send a form that changes nothing there, such as a token request."""
        answer = self._send("POST", path, form=form, safe=True)
        return self._parse(answer, parse, errors.UnreadableAnswerError)

    def put(self, *path: str, json: Any) -> None:
        self._expect_nothing(self._send("PUT", path, json=json))

    def put_for_answer(
        self, *path: str, json: Any, parse: Callable[[Any], T]
    ) -> T | None:
        """Change something; what it answers, or None for nothing."""
        answer = self._send("PUT", path, json=json)
        if not answer.body:
            return None
        return self._parse(answer, parse, errors.OutcomeUnknownError)

    def delete(self, *path: str, json: Any = None) -> None:
        self._expect_nothing(self._send("DELETE", path, json=json))

    def _send(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        safe: bool = False,
    ) -> Answer:
        safe = safe or method == "GET"
        until = time.monotonic() + self._deadline
        request = requests.Request(
            method, self._address(path), params=params, json=json, data=form
        )
        attempts = READ_ATTEMPTS if safe else 1
        answer = self._repeat(request, safe=safe, attempts=attempts, until=until)
        if answer.status == 401 and self._token:
            # Refused before it was processed, so once more with a new token is safe.
            self._token.drop(request.headers["Authorization"].removeprefix("Bearer "))
            answer = self._repeat(request, safe=safe, attempts=1, until=until)
        if not 200 <= answer.status < 300:
            raise self._error(answer, safe=safe)
        return answer

    def _address(self, path: tuple[str, ...]) -> str:
        """One segment at a time, so that no identifier can climb out of its path.

        Quoting does not help against dots: requests resolves them all the same.
        """
        if not {"", ".", ".."}.isdisjoint(path):
            raise errors.NotFoundError(self.service, "nothing can have this name")
        return "/".join([self._base_url, *(quote(part, safe="") for part in path)])

    def _repeat(
        self, request: requests.Request, *, safe: bool, attempts: int, until: float
    ) -> Answer:
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            try:
                answer = self._attempt(request, until=until)
            except FAILURES as exc:
                if last or not isinstance(exc, BROKEN) or time.monotonic() >= until:
                    raise self._no_answer(exc, safe=safe) from None
            else:
                if last or answer.status not in TRANSIENT or time.monotonic() >= until:
                    return answer
            time.sleep(random.uniform(0.05, 0.2) * attempt)  # noqa: S311
        raise AssertionError("unreachable")  # pragma: no cover

    def _attempt(self, request: requests.Request, *, until: float) -> Answer:
        request.headers = {
            "Accept": "application/json",
            "X-Request-ID": request_id.get(),
        }
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token.value()}"
        keep = request.method == "GET"
        session = self._session(keep=keep)
        started = time.monotonic()
        outcome = "no answer"
        try:
            with session.send(
                session.prepare_request(request),
                timeout=self._timeouts(until),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, until)
            outcome = str(response.status_code)
            return Answer(response.status_code, response.headers, body)
        except FAILURES as exc:
            outcome = type(exc).__name__
            raise
        finally:
            self._log(request, outcome, time.monotonic() - started)
            if not keep:
                session.close()

    def _timeouts(self, until: float) -> tuple[float, float]:
        left = until - time.monotonic()
        if left <= 0:
            # The token took all the time: nothing is sent.
            raise requests.ConnectTimeout("deadline")
        connect, read = self._timeout
        return min(connect, left), min(read, left)

    def _session(self, *, keep: bool) -> requests.Session:
        """One kept session a thread for reads, as sessions are not thread-safe.

        Everything else gets a connection of its own: a kept one may be dead already,
        and then nobody could tell whether a change arrived.
        """
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None or not keep:
            session = requests.Session()
            session.trust_env = False  # no .netrc: it would replace our token
            if keep:
                self._local.session = session
        return session

    def _no_answer(self, exc: BaseException, *, safe: bool) -> errors.GatewayError:
        if safe or _never_sent(exc):
            return errors.UnavailableError(self.service, "no answer")
        return errors.OutcomeUnknownError(self.service, "no answer")

    def _error(self, answer: Answer, *, safe: bool) -> errors.GatewayError:
        status = answer.status
        if 300 <= status < 400:
            reason = f"a redirect ({status}): is its address right?"
            return errors.UnavailableError(self.service, reason, status=status)
        unknown = errors.UnavailableError if safe else errors.OutcomeUnknownError
        kind = REFUSALS.get(status, unknown)
        detail = explanation(answer) if status in (400, 409) else ""
        return kind(self.service, f"HTTP {status}", status=status, detail=detail)

    def _parse(
        self,
        answer: Answer,
        parse: Callable[[Any], T],
        unreadable: type[errors.GatewayError],
    ) -> T:
        try:
            return parse(jsonlib.loads(answer.body))
        except UNREADABLE:
            # Without the cause: its text may quote the answer, and so a secret.
            raise unreadable(self.service, "an answer we cannot read") from None

    def _expect_nothing(self, answer: Answer) -> None:
        # A page from something in between is no sign that the change arrived.
        if answer.body:
            raise errors.OutcomeUnknownError(self.service, "an answer we cannot read")

    def _log(self, request: requests.Request, outcome: str, seconds: float) -> None:
        path = request.url.removeprefix(self._base_url)
        logger.info(
            "%s %s %s %s %d ms %s",
            self.service,
            request.method,
            path,
            outcome,
            seconds * 1000,
            request_id.get(),
        )


def _read(response: requests.Response, until: float) -> bytes:
    """The body, piece by piece: a service that drips would never trip a timeout."""
    body = bytearray()
    while piece := response.raw.read1(65536, decode_content=True):
        body += piece
        if len(body) > MAX_ANSWER:
            raise requests.RequestException("answer too large")
        if time.monotonic() > until:
            raise requests.Timeout("deadline")
    return bytes(body)


def _never_sent(exc: BaseException) -> bool:
    """Whether no connection was made, so that nothing can have changed."""
    reason = getattr(exc.args[0], "reason", None) if exc.args else None
    cause = reason.args[0] if isinstance(reason, SSLError) and reason.args else None
    # Other TLS errors can also come after the change was sent.
    return isinstance(exc, requests.ConnectTimeout) or isinstance(
        cause or reason, NewConnectionError | ssl.SSLCertVerificationError
    )
