"""Secrets do not stay in the browser: not on screen, not behind Back, not stored."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import steps
from tests.browser.conftest import launch
from tests.browser.scene import Scene
from tests.browser.watching import Watch

OpenPage = Callable[..., Page]
STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, await caches.keys(),
  await indexedDB.databases(), document.cookie, history.state,
])"""


@pytest.fixture(scope="session")
def remembering_browser(playwright: Playwright) -> Iterator[Browser]:
    """With the back/forward cache that people have and Playwright switches off."""
    browser = launch(playwright, without=("--disable-back-forward-cache",))
    yield browser
    browser.close()


@pytest.fixture
def credentials(
    open_page: OpenPage, scene: Scene, remembering_browser: Browser
) -> Page:
    uuid = scene.add_client()
    return open_page(
        f"/api-clients/{uuid}/credentials/", browser=remembering_browser
    )


def leave_and_come_back(page: Page, link: str) -> None:
    """By the page's own history: Playwright waits for a load that never comes."""
    page.evaluate("window.kept = true")
    page.get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(link)
    page.evaluate("history.back()")
    page.wait_for_function("() => !document.title.startsWith('Audit')")


def expect_nothing_of(secret: str, page: Page) -> None:
    assert secret not in steps.texts_and_values(page)
    assert secret not in page.evaluate(STORED)


def test_pages_do_come_back_from_the_cache(credentials: Page) -> None:
    """Else the tests below would prove nothing."""
    leave_and_come_back(credentials, "Audit log")

    assert credentials.evaluate("window.kept")
