"""Light, dark, or as the system has it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
both = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


def is_dark(page: Page) -> bool:
    """Whether what is written is lighter than what it is written on."""
    ink, paper = page.evaluate(
        """() => ["color", "backgroundColor"].map((name) =>
          getComputedStyle(document.body)[name].match(/\\d+/g).slice(0, 3)
            .reduce((sum, part) => sum + Number(part), 0))"""
    )
    return bool(ink > paper)


def choose(page: Page, theme: str) -> None:
    page.get_by_role("button", name="Account: Bob Tanaka").click()
    page.get_by_role("button", name=theme).click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())


@both
def test_chosen_theme_sticks(open_page: OpenPage, javascript: bool) -> None:
    path = "/api-clients/?q=orders&status=enabled"
    page = open_page(path, javascript=javascript, color_scheme="light")
    address = page.url

    choose(page, "Dark")
    assert page.url == address
    assert is_dark(page)
    page.reload()
    assert is_dark(page)

    choose(page, "Light")
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert not is_dark(page)

    choose(page, "System")
    assert is_dark(page)
    page.reload()
    assert is_dark(page)


@both
def test_system_theme_follows_the_system(open_page: OpenPage, javascript: bool) -> None:
    page = open_page("/api-clients/", javascript=javascript, color_scheme="dark")
    assert is_dark(page)

    page.emulate_media(color_scheme="light")

    # The page is told of it with its next frame.
    for _ in range(40):
        if is_dark(page):
            page.wait_for_timeout(50)
    assert not is_dark(page)


def test_chosen_theme_is_marked(open_page: OpenPage) -> None:
    page = open_page("/audit/")
    choose(page, "Dark")

    page.get_by_role("button", name="Account: Bob Tanaka").click()

    expect(page.get_by_role("button", name="Dark", pressed=True)).to_be_visible()
    expect(page.get_by_role("button", name="System", pressed=False)).to_be_visible()
