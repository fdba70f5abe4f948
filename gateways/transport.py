"""HTTP to another service: the only module that sends anything.

Every call has a timeout, a total deadline and a size limit. Only reads are repeated.
A service that does not answer is left alone for a while (gateways/breaker.py).
A log line names method, path, status and duration; never headers, bodies or queries.
"""

import logging
import math
import random
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import requests

from gateways import errors, metrics
from gateways.answers import Answer, explanation, retry_after
from gateways.breaker import Upstream
from gateways.deadlines import Call, call_until
from gateways.documents import read_json
from gateways.failures import BROKEN, FAILURES, UNANSWERED, distrust
from gateways.sessions import Sessions

T = TypeVar("T")

TIMEOUT = (3.05, 10)  # seconds to connect, and to wait for each piece of an answer
DEADLINE = 20.0  # seconds for one call, its repetitions included
MAX_ANSWER = 8 * 1024 * 1024  # bytes, decompressed
READ_ATTEMPTS = 3
LONGEST_PAUSE = (
    2.0  # seconds: whoever waits for a page waits no longer for a repetition
)
TRANSIENT = (502, 503, 504)
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
        upstream: Upstream | None = None,
        ca_file: str = "",
    ) -> None:
        self.service = service
        self._base_url = base_url.rstrip("/")
        self.headers = {"Accept": "application/json"}
        self._token = token
        self._timeout = timeout
        self._deadline = deadline
        self._upstream = upstream or Upstream(service)
        self._sessions = Sessions(ca_file)

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
        form: Mapping[str, str] | bytes | None = None,
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
        request.headers = {"X-Request-ID": request_id.get(), **self.headers}
        if self._token:
            # Before our turn: getting it is a call of its own.
            request.headers["Authorization"] = f"Bearer {self._token.value()}"
        with call_until(until) as call:
            try:
                with self._upstream.asking(str(request.method), UNANSWERED):
                    return self._attempts(request, attempts, call)
            except FAILURES as exc:
                raise self._no_answer(exc, call, safe=safe) from None

    def _attempts(self, request: requests.Request, attempts: int, call: Call) -> Answer:
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            pause = random.uniform(0.05, 0.2) * attempt  # noqa: S311
            try:
                answer = self._attempt(request, call)
            except FAILURES as exc:
                if last or not isinstance(exc, BROKEN) or call.is_over_in(pause):
                    raise
            else:
                pause = _pause_after(answer, pause)
                if last or call.is_over_in(pause):
                    return answer
            time.sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    def _attempt(self, request: requests.Request, call: Call) -> Answer:
        # A kept connection may be dead already, and then nobody could tell whether a
        # change arrived: everything but a read gets one of its own.
        keep = request.method == "GET"
        session = self._sessions.kept() if keep else self._sessions.fresh()
        started = time.monotonic()
        outcome = "no answer"
        try:
            with session.send(
                session.prepare_request(request),
                timeout=self._timeouts(call.until),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response)
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

    def _no_answer(
        self, exc: BaseException, call: Call, *, safe: bool
    ) -> errors.GatewayError:
        never_sent = call.connecting or isinstance(exc, requests.ConnectTimeout)
        if never_sent and (detail := distrust(exc)):
            reason = "its TLS certificate is not to be trusted"
            return errors.UntrustedError(self.service, reason, detail=detail)
        if safe or never_sent:
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
            return parse(read_json(answer.body))
        except UNREADABLE:
            # Without the cause: its text may quote the answer, and so a secret.
            raise unreadable(self.service, "an answer we cannot read") from None

    def _expect_nothing(self, answer: Answer) -> None:
        # A page from something in between is no sign that the change arrived.
        if answer.body:
            raise errors.OutcomeUnknownError(self.service, "an answer we cannot read")

    def _log(self, request: requests.Request, outcome: str, seconds: float) -> None:
        metrics.count_call(self.service, str(request.method), outcome, seconds)
        path = request.url.removeprefix(self._base_url)
        logger.info(
            "%s %s %s %s %d ms",
            *(self.service, request.method, path, outcome, seconds * 1000),
        )


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    while piece := response.raw.read1(65536, decode_content=True):
        body += piece
        if len(body) > MAX_ANSWER:
            raise requests.RequestException("answer too large")
    return bytes(body)


def _pause_after(answer: Answer, usual: float) -> float:
    """Seconds until a read is worth another attempt; infinity: it is not."""
    if answer.status not in (429, *TRANSIENT):
        return math.inf
    asked = retry_after(answer)
    if asked is None:
        return math.inf if answer.status == 429 else usual
    return asked if asked <= LONGEST_PAUSE else math.inf
