"""Headers on every answer, and how long a session lasts."""

import re
import time
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from console import middleware
from console.access import Actor
from gateways.transport import request_id as current_request_id
from tests.people import sign_in
from tests.sandbox_control import SandboxControl

PAGE = "/audit/"
CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}


def answers(browser: Client) -> dict[str, Any]:
    """One of each kind."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    found = {
        "200": browser.get("/sign-in/"),
        "302": browser.get("/audit/"),
        "404": browser.get("/nowhere/"),
        "403 without token": strict.post("/theme/", {"theme": "dark"}),
        "403 from another site": browser.post(
            "/theme/", headers={"Sec-Fetch-Site": "cross-site"}
        ),
        "405": browser.get("/theme/"),
        "static": browser.get(staticfiles_storage.url("css/console.css")),
        "static 404": browser.get("/static/css/nothing.css"),
    }
    for answer in found.values():
        answer.close()
    return found


STATUSES = {
    "200": 200,
    "302": 302,
    "404": 404,
    "403 without token": 403,
    "403 from another site": 403,
    "405": 405,
    "static": 200,
    "static 404": 404,
}


@pytest.mark.django_db
def test_each_answer_has_the_headers_of_all() -> None:
    for name, answer in answers(Client()).items():
        assert answer.status_code == STATUSES[name], name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Embedder-Policy"] == "require-corp", name
        assert answer["X-Frame-Options"] == "DENY", name
        assert "camera=()" in answer["Permissions-Policy"], name
        assert re.fullmatch(r"req-[0-9a-f]{12}", answer["X-Request-ID"]), name
        policy = set(answer["Content-Security-Policy"].split("; "))
        assert policy >= CSP, name
        assert "unsafe" not in answer["Content-Security-Policy"], name


@pytest.mark.django_db
def test_no_page_is_stored_and_static_files_are() -> None:
    for name, answer in answers(Client()).items():
        if name == "static":
            assert "immutable" in answer["Cache-Control"]
        else:
            assert "no-store" in answer["Cache-Control"], name
            assert "private" in answer["Cache-Control"], name


@pytest.mark.django_db
def test_signing_in_may_lead_to_the_provider_and_nowhere_else() -> None:
    policy = Client().get("/sign-in/")["Content-Security-Policy"]

    (form_action,) = (p for p in policy.split("; ") if p.startswith("form-action"))
    assert form_action.split() == ["form-action", "'self'", "http://localhost:8180"]


@pytest.mark.django_db
def test_each_request_has_a_number_of_its_own() -> None:
    browser = Client()

    assert (
        browser.get("/sign-in/", headers={"X-Request-ID": "mine"})["X-Request-ID"]
        != browser.get("/sign-in/")["X-Request-ID"]
    )


def test_the_number_goes_along_to_keycloak_and_ends_with_the_request() -> None:
    seen = []

    def view(request: Any) -> HttpResponse:
        seen.extend([request.request_id, current_request_id.get()])
        return HttpResponse()

    request = RequestFactory().get("/")
    number = middleware.RequestIdMiddleware(view)(request)["X-Request-ID"]

    assert seen == [number, number]
    assert current_request_id.get() == "-"


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.offset = 0.0

    def time(self) -> float:
        return time.time() + self.offset

    def forward(self, *, minutes: float = 0, hours: float = 0) -> None:
        self.offset += minutes * 60 + hours * 3600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(middleware, "time", clock)
    return clock


@pytest.fixture
def bob(db: None, keycloak: SandboxControl, people: dict[str, Actor]) -> Client:
    return sign_in(Client(), people["client-admin"])


def is_signed_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


def test_a_session_lasts_while_it_is_used(bob: Client, clock: Clock) -> None:
    for _ in range(8):
        assert is_signed_in(bob)
        clock.forward(minutes=14)


def test_an_idle_session_ends_after_15_minutes(bob: Client, clock: Clock) -> None:
    assert is_signed_in(bob)
    clock.forward(minutes=15, hours=0.001)

    assert not is_signed_in(bob)
    clock.forward(minutes=-15)
    assert not is_signed_in(bob), "it is gone, not asleep"
    assert not Session.objects.exists()


def test_a_session_ends_after_8_hours_however_busy(bob: Client, clock: Clock) -> None:
    for _ in range(8 * 6):
        assert is_signed_in(bob)
        clock.forward(minutes=10)
    clock.forward(minutes=1)

    assert not is_signed_in(bob)


@pytest.mark.parametrize("missing", ["signed_in_at", "seen_at"])
def test_a_session_that_does_not_say_its_age_is_over(bob: Client, missing: str) -> None:
    session = bob.session
    del session[missing]
    session.save()

    assert not is_signed_in(bob)


def test_the_limits_are_settings(bob: Client, clock: Clock, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 2
    clock.forward(minutes=2.1)

    assert not is_signed_in(bob)


def test_a_session_is_written_at_most_once_a_minute(bob: Client, clock: Clock) -> None:
    written = []
    for _ in range(6):
        clock.forward(minutes=0.4)
        with CaptureQueriesContext(connection) as queries:
            assert is_signed_in(bob)
        written.append(any("UPDATE" in query["sql"] for query in queries))

    # After 24 s, 48 s, 72 s, and the same again.
    assert written == [False, False, True, False, False, True]


def test_signed_out_visitors_leave_no_session(db: None) -> None:
    Client().get("/sign-in/")
    Client().get("/audit/")

    assert not Session.objects.exists()


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    assert configured.SESSION_COOKIE_HTTPONLY
    assert configured.CSRF_COOKIE_HTTPONLY
    assert configured.SESSION_COOKIE_SAMESITE == "Lax"
