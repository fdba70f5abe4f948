"""The Tokens tab in a browser: a download, what counts down, and where focus stays."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from audit.models import Action
from tests.browser.scene import Scene
from tests.browser.watching import Watch

OpenPage = Callable[..., Page]


@pytest.fixture
def uuid(scene: Scene) -> str:
    return scene.add_client()


def tokens(uuid: str) -> str:
    return reverse("apiclients:tokens", args=[uuid])


def download(page: Page) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Token").click()
    assert download.value.suggested_filename == "svc-reports-token.txt"
    return Path(download.value.path()).read_text()


def inspect(page: Page, token: str) -> None:
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Inspect").press("Enter")


def test_token_is_downloaded_as_often_as_wanted(
    open_page: OpenPage, scene: Scene, uuid: str
) -> None:
    page = open_page(tokens(uuid))

    first, second = download(page), download(page)

    assert first != second
    assert [e.record.action for e in scene.entries()] == [Action.TOKEN_DOWNLOAD] * 2


@pytest.mark.parametrize("javascript", [True, False])
def test_token_is_inspected_and_not_shown_again(
    open_page: OpenPage, uuid: str, javascript: bool
) -> None:
    page = open_page(tokens(uuid), javascript=javascript)
    token = download(page)

    inspect(page, token)

    expect(page.locator("#inspection")).to_contain_text("Valid signature")
    expect(page.get_by_label("Access token")).to_have_value("")
    assert token not in page.content()
    assert token not in page.url


def test_token_counts_down(open_page: OpenPage, uuid: str) -> None:
    page = open_page(tokens(uuid))
    page.clock.install()
    inspect(page, download(page))
    left = page.locator("#inspection time").last
    expect(left).to_have_text(re.compile(r"4 min \d+ s|5 min"))

    page.clock.run_for(120_000)
    expect(left).to_have_text(re.compile(r"2 min \d+ s|3 min"))
    page.clock.run_for(200_000)

    expect(left).to_have_text("Expired")


def test_token_inspection_keeps_focus_and_is_announced(
    open_page: OpenPage, uuid: str
) -> None:
    page = open_page(tokens(uuid))

    inspect(page, download(page))

    expect(page.locator("#status")).to_have_text(re.compile("Token read"))
    page.wait_for_function("() => document.activeElement.closest('#inspection')")


def test_token_that_is_none_is_said_so_in_place(
    open_page: OpenPage, uuid: str, watch: Watch
) -> None:
    watch.expect_status(422)
    page = open_page(tokens(uuid))

    inspect(page, "nonsense")

    expect(page.locator(".field-error")).to_contain_text("not a JSON Web Token")
    expect(page.get_by_label("Access token")).to_have_value("")


def test_test_of_a_client_replaces_its_part_alone(
    open_page: OpenPage, uuid: str
) -> None:
    page = open_page(tokens(uuid))
    page.evaluate("window.kept = true")

    page.get_by_role("button", name="Run test").press("Enter")

    expect(page.get_by_role("button", name="Run again")).to_be_focused()
    expect(page.locator("#status")).to_contain_text("Userinfo: Accepted")
    assert page.evaluate("window.kept === true")
