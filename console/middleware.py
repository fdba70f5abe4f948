"""What happens round every view: reference number, headers, the person, problems."""

import logging
import time
import uuid
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import add_never_cache_headers

from console import access, logs, metrics, problems
from console.http import client_address
from console.views import csrf_failure
from gateways.transport import request_id as current_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SEEN_EVERY = 60  # seconds: a session is written at most once a minute for being used

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "clipboard-read=(), clipboard-write=(self), camera=(), microphone=(), "
        "geolocation=(), payment=(), usb=()"
    ),
}


logger = logging.getLogger("console.requests")


class RequestIdMiddleware:
    """A reference number that finds the audit entry and the log lines.

    Each request is counted, and is one line of the log; never with its query.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = f"req-{uuid.uuid4().hex[:12]}"
        request.request_id = number  # type: ignore[attr-defined]
        tokens = (
            current_request_id.set(number),
            logs.address.set(client_address(request)),
            logs.person.set("-"),
        )
        started = monotonic()
        try:
            response = self.get_response(request)
            _take_note(request, response, monotonic() - started)
        finally:
            for variable, token in zip(_OF_A_REQUEST, tokens, strict=True):
                variable.reset(token)
        response["X-Request-ID"] = number
        return response


_OF_A_REQUEST = (current_request_id, logs.address, logs.person)


def _take_note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match, method = request.resolver_match, request.method or ""
    view = (match.view_name if match else "") or "none"
    # A method is any word that somebody sends, and each would be a series of its own.
    known = method if method in ("GET", "HEAD", "POST") else "other"
    metrics.count_request(view, known, response.status_code, seconds)
    logger.info(
        "%s %s %d %d ms", method, request.path, response.status_code, seconds * 1000
    )


class FetchMetadataMiddleware:
    """What changes something comes from a page of this console, the browser says so.

    Besides the form's own token, and for browsers that tell (W3C Fetch Metadata): a
    machine, or an old browser, sends no such header.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if request.method not in READING and site not in {"same-origin", "none"}:
            return csrf_failure(request)
        return self.get_response(request)


class CompressionMiddleware(GZipMiddleware):
    """Compress pages; but no answer to a POST, as only these ever hold a secret.

    Size could tell an attacker who mixes in guesses what a page holds (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.method != "GET":
            return response
        return super().process_response(request, response)


class HeadersMiddleware:
    """No page is stored anywhere: any of them may be read over someone's shoulder."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        is_static = request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
        if not is_static or response.status_code >= 400:
            add_never_cache_headers(response)
        return response


class ActorMiddleware:
    """`request.actor`: who is signed in, unless their session is too old."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if access.PERSON in request.session and not _still_good(request.session):
            request.session.flush()
        actor = access.recall(request.session, request)
        request.actor = actor  # type: ignore[attr-defined]
        if actor:
            logs.person.set(actor.username)
        return self.get_response(request)


class ProblemMiddleware:
    """What a view raises becomes a page that says whether anything changed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        return problems.page_for(request, exception)


def _still_good(session: SessionBase) -> bool:
    now = time.time()
    seen = session.get("seen_at", 0)
    if now - session.get("signed_in_at", 0) > settings.SESSION_HOURS * 3600:
        return False
    if now - seen > settings.SESSION_IDLE_MINUTES * 60:
        return False
    if now - seen > SEEN_EVERY:
        session["seen_at"] = now
    return True
