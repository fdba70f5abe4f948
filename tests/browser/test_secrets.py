"""Secrets do not stay in the browser: not on screen, not behind Back, not stored.

Browsers keep pages whole for Back, and some do so even with pages that forbid to store
them. Playwright takes that cache away from Chromium; here it is given back, and pages
do not forbid it: the console must not depend on the browser's obedience.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from audit.models import Action, Phase, Record
from tests.browser import steps
from tests.browser.scene import Scene
from tests.browser.watching import Watch

OpenPage = Callable[..., Page]
STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, await caches.keys(),
  await indexedDB.databases(), document.cookie, history.state,
])"""

# Before that a page may lack its end, or even its beginning.
LOADED = "document.readyState === 'complete'"


@pytest.fixture(scope="session")
def remembering_browser(
    playwright: Playwright, chromium: dict[str, Any]
) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        **chromium, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


@pytest.fixture
def uuid(scene: Scene) -> str:
    return scene.add_client()


@pytest.fixture
def credentials(open_page: OpenPage, remembering_browser: Browser, uuid: str) -> Page:
    """A client's Credentials tab."""
    page = open_page(browser=remembering_browser)
    page.route("**/*", allow_to_keep)
    page.goto(f"/api-clients/{uuid}/credentials/")
    steps.await_htmx(page)
    return page


def allow_to_keep(route: Route) -> None:
    if not route.request.is_navigation_request():
        route.fallback()
        return
    response = route.fetch(max_redirects=0)
    headers = {**response.headers, "cache-control": "no-cache"}
    route.fulfill(response=response, headers=headers)


def leave(page: Page, link: str) -> None:
    page.evaluate("window.kept = true")
    page.get_by_role("link", name=link, exact=True).first.click()
    page.wait_for_function(f"() => !window.kept && {LOADED}")


def come_back(page: Page) -> None:
    """By the page's own history: Playwright waits for a load that never comes."""
    # Later, so that the answer to this is not lost with the page.
    page.evaluate("window.left = true; void setTimeout(() => history.back())")
    page.wait_for_function(f"() => !window.left && {LOADED}")


def expect_nothing_of(secret: str, page: Page) -> None:
    assert secret not in steps.texts_and_values(page)
    assert secret not in page.evaluate(STORED)


def test_pages_do_come_back_whole(credentials: Page) -> None:
    """Else the tests below would prove nothing."""
    leave(credentials, "Audit log")
    come_back(credentials)

    assert credentials.evaluate("window.kept")


@pytest.mark.parametrize("obedient", [False, True])
def test_shown_secret_is_gone_after_back(
    credentials: Page, scene: Scene, uuid: str, obedient: bool
) -> None:
    if obedient:
        credentials.unroute_all()
        credentials.reload()
        steps.await_htmx(credentials)
    secret = steps.show_secret(credentials)
    assert secret == scene.sandbox.secret(uuid)
    assert secret not in credentials.evaluate(STORED)

    leave(credentials, "Audit log")
    expect_nothing_of(secret, credentials)
    come_back(credentials)

    expect(steps.secret_field(credentials)).to_have_value(steps.MASK)
    expect_nothing_of(secret, credentials)


def test_shown_secret_is_gone_after_htmx_changed_the_address(
    credentials: Page,
) -> None:
    secret = steps.show_secret(credentials)

    credentials.get_by_role("link", name="Python").click()
    expect(credentials).to_have_url(re.compile("language=python"))
    leave(credentials, "Settings")
    come_back(credentials)

    expect(steps.secret_field(credentials)).to_have_value(steps.MASK)
    expect_nothing_of(secret, credentials)


@pytest.mark.parametrize("obedient", [False, True])
def test_secret_shown_without_htmx_is_not_asked_for_again(
    credentials: Page, obedient: bool
) -> None:
    """Such a page answers a form, which browsers send again, where they may."""
    if obedient:
        credentials.unroute_all()
    credentials.route("**/htmx*", lambda _: None)  # it never comes
    credentials.reload()
    secret = steps.show_secret(credentials)
    assert secret not in credentials.evaluate(STORED)

    leave(credentials, "Audit log")
    come_back(credentials)
    expect(steps.secret_field(credentials)).to_have_value(steps.MASK)
    expect_nothing_of(secret, credentials)

    steps.show_secret(credentials)
    credentials.reload()
    expect(steps.secret_field(credentials)).to_have_value(steps.MASK)
    expect_nothing_of(secret, credentials)

    shown = Record.objects.filter(action=Action.SECRET_SHOW, phase=Phase.INTENT)
    assert shown.count() == 2


def test_new_secret_is_gone_after_back(
    credentials: Page, scene: Scene, uuid: str
) -> None:
    """Chromium sends the form again, where it may."""
    secret = steps.regenerate_secret(credentials)
    assert secret not in credentials.evaluate(STORED)

    leave(credentials, "Go to Credentials")
    expect_nothing_of(secret, credentials)
    come_back(credentials)

    expect(credentials.get_by_role("main")).to_contain_text("It was done once.")
    expect_nothing_of(secret, credentials)
    assert len(scene.sandbox.writes()) == 1
    assert scene.sandbox.secret(uuid) == secret


def test_new_secret_is_gone_after_back_to_a_page_that_is_not_kept(
    credentials: Page, watch: Watch
) -> None:
    """Chromium asks whether to send the form again, and shows nothing before that."""
    watch.expect("net::ERR_CACHE_MISS")
    credentials.unroute_all()
    credentials.reload()
    secret = steps.regenerate_secret(credentials)

    leave(credentials, "Go to Credentials")
    come_back(credentials)

    assert secret not in steps.texts_and_values(credentials)


def test_shown_secret_is_gone_after_signing_out(credentials: Page) -> None:
    secret = steps.show_secret(credentials)
    heading = credentials.get_by_role("heading", level=1)

    credentials.get_by_role("button", name="Account: Bob Tanaka").click()
    credentials.get_by_role("button", name="Sign out").click()
    expect(heading).to_have_text("Sign in")
    expect_nothing_of(secret, credentials)
    come_back(credentials)

    expect(heading).to_have_text("Sign in")
    expect_nothing_of(secret, credentials)


@pytest.mark.parametrize("signed_in", [True, False])
def test_shown_secret_is_gone_after_thirty_seconds(
    credentials: Page, watch: Watch, signed_in: bool
) -> None:
    """Also when the session was ended elsewhere meanwhile, at the provider say."""
    credentials.clock.install()
    credentials.reload()
    secret = steps.show_secret(credentials)
    if not signed_in:
        Session.objects.all().delete()

    credentials.clock.fast_forward(31_000)
    credentials.clock.resume()

    if signed_in:
        expect(steps.secret_field(credentials)).to_have_value(steps.MASK)
    else:
        heading = credentials.get_by_role("heading", level=1)
        expect(heading).to_have_text("Sign in")
    expect_nothing_of(secret, credentials)


def test_the_browser_stores_nothing_but_the_address(credentials: Page) -> None:
    steps.show_secret(credentials)

    local, session, caches, databases, *_ = json.loads(credentials.evaluate(STORED))

    assert (local, caches, databases) == ({}, [], [])
    assert session.keys() <= {"htmx-current-path-for-history"}


def test_copy_does_not_take_the_dots_for_the_secret(credentials: Page) -> None:
    """Between hiding and the answer of the console."""
    steps.show_secret(credentials)
    credentials.route("**/credentials/", lambda _: None)  # no answer, ever
    copy = credentials.locator("#client-secret").get_by_role("button", name="Copy")
    expect(copy).to_be_enabled()

    credentials.get_by_role("link", name="Hide").click()

    expect(steps.secret_field(credentials)).to_have_value(steps.MASK)
    expect(copy).to_be_disabled()
