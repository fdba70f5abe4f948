"""How long a session lasts, and what ends it."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import Settings

from console.access import Actor
from tests.people import sign_in
from tests.screens.apiclients.listing import LIST

MINUTES, HOURS = 60, 3600
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


def browser_of(actor: Actor, *, signed_in: float, seen: float) -> Client:
    """A browser that signed in and was last seen so many seconds ago."""
    browser = sign_in(Client(), actor)
    session = browser.session
    session["signed_in_at"] = time.time() - signed_in
    session["seen_at"] = time.time() - seen
    session.save()
    return browser


@pytest.mark.parametrize(
    ("signed_in", "seen", "lasts"),
    [
        (0, 0, True),
        (14 * MINUTES, 14 * MINUTES, True),
        (16 * MINUTES, 16 * MINUTES, False),
        (7.9 * HOURS, 1 * MINUTES, True),
        (8.1 * HOURS, 1 * MINUTES, False),
        (8.1 * HOURS, 0, False),
    ],
)
def test_session_lasts_as_long_as_it_is_used_and_a_day_of_work_at_most(
    people: dict[str, Actor], signed_in: float, seen: float, lasts: bool
) -> None:
    browser = browser_of(people["client-admin"], signed_in=signed_in, seen=seen)

    response = browser.get(LIST)

    assert (response.status_code == 200) is lasts
    if not lasts:
        assert response["Location"] == "/sign-in/?next=%2Fapi-clients%2F"


def test_session_that_is_over_is_gone(people: dict[str, Actor]) -> None:
    browser = browser_of(people["client-admin"], signed_in=3600, seen=3600)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value

    browser.get(LIST)

    assert not Session.objects.filter(session_key=key).exists()


def test_session_lives_on_by_being_used(people: dict[str, Actor]) -> None:
    browser = browser_of(
        people["client-admin"], signed_in=14 * MINUTES, seen=14 * MINUTES
    )
    browser.get(LIST)

    assert browser.session["seen_at"] > time.time() - 5


def test_session_is_not_written_for_every_page(people: dict[str, Actor]) -> None:
    browser = browser_of(people["client-admin"], signed_in=50, seen=50)
    before = browser.session["seen_at"]

    browser.get(LIST)

    assert browser.session["seen_at"] == before


def test_session_limits_are_settings(
    people: dict[str, Actor], settings: Settings
) -> None:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 1, 1
    actor = people["client-admin"]

    assert browser_of(actor, signed_in=70, seen=70).get(LIST).status_code == 302
    assert browser_of(actor, signed_in=3700, seen=0).get(LIST).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "0" * 32, "../..", "é" * 10, "a" * 5000])
def test_session_of_another_cookie_is_nobodys(cookie: str) -> None:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie

    assert browser.get(LIST)["Location"].startswith("/sign-in/")
