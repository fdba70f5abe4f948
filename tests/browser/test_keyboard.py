"""The console by keyboard alone: nothing here uses a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.hands import tab_to
from tests.browser.scene import Scene
from tests.browser.watching import Watch

OpenPage = Callable[..., Page]


def test_skip_link_is_first_and_leads_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/api-clients/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Export CSV")).to_be_focused()


def test_slash_leads_to_the_search_but_can_be_typed(open_page: OpenPage) -> None:
    page = open_page("/audit/")
    search = page.get_by_role("searchbox", name="Search clients by ID")

    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("a/b?")

    expect(search).to_have_value("a/b?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_question_mark_lists_the_keys(open_page: OpenPage) -> None:
    page = open_page("/api-clients/")
    keys = page.get_by_role("dialog", name="Keys")

    page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys.get_by_role("heading")).to_be_focused()

    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_menu_of_a_client_by_arrow_keys(open_page: OpenPage, scene: Scene) -> None:
    scene.add_client()
    page = open_page("/api-clients/")
    button = page.get_by_role("button", name="Actions for svc-reports")
    item: Callable[[str], Locator] = lambda name: page.get_by_role(  # noqa: E731
        "link", name=name, exact=True
    )

    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(item("Edit")).to_be_visible()
    for key, name in (
        ("ArrowDown", "Edit"),
        ("ArrowDown", "Credentials"),
        ("ArrowUp", "Edit"),
        ("ArrowUp", "Delete"),
        ("ArrowDown", "Edit"),
    ):
        page.keyboard.press(key)
        expect(item(name)).to_be_focused()

    page.keyboard.press("Escape")
    expect(item("Edit")).to_be_hidden()
    expect(button).to_be_focused()


def test_create_a_client(open_page: OpenPage) -> None:
    page = open_page("/api-clients/")
    heading = page.get_by_role("heading", level=1)

    tab_to(page, page.get_by_role("link", name="Create API Client").first)
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Create API Client")
    tab_to(page, page.get_by_label("API Client ID"))
    page.keyboard.type("by-keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("Made without a mouse")
    tab_to(page, page.get_by_role("button", name="15 min"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")

    expect(heading).to_have_text("by-keyboard")
    expect(page.get_by_text("Tokens will live 15 minutes.")).to_be_visible()


def test_a_refused_form_puts_the_focus_on_its_summary(
    open_page: OpenPage, watch: Watch
) -> None:
    watch.expect_status(422)
    page = open_page("/api-clients/new/")

    tab_to(page, page.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_label("API Client ID")).to_be_focused()


@pytest.fixture
def long_list(open_page: OpenPage, scene: Scene) -> Page:
    scene.fill(60)
    return open_page("/api-clients/?size=25")


def test_focus_after_a_filter(long_list: Page) -> None:
    tab_to(long_list, long_list.get_by_label("Status"))
    long_list.keyboard.press("ArrowDown")
    expect(long_list.locator(".chip")).to_contain_text("Enabled")
    expect(long_list.locator("#id_status")).to_be_focused()


def test_focus_after_a_search_without_a_match(long_list: Page) -> None:
    search = long_list.get_by_label("Search by client ID or description")
    tab_to(long_list, search)
    long_list.keyboard.type("nothing like that")
    expect(long_list.get_by_text("No client matches these filters")).to_be_visible()
    expect(search).to_be_focused()


def test_focus_after_sorting(long_list: Page) -> None:
    tab_to(long_list, long_list.get_by_role("link", name="Owner"))
    long_list.keyboard.press("Enter")
    expect(long_list.locator("th[aria-sort=ascending]")).to_contain_text("Owner")
    expect(long_list.locator("#sort-owner")).to_be_focused()


def test_focus_after_paging_to_the_end(long_list: Page) -> None:
    following = long_list.get_by_role("link", name="Next")
    tab_to(long_list, following)
    long_list.keyboard.press("Enter")
    steps.expect_rows(long_list, "26-50 of 60")
    expect(following).to_be_focused()

    long_list.keyboard.press("Enter")
    steps.expect_rows(long_list, "51-60 of 60")
    expect(long_list.locator("#clients")).to_be_focused()


def test_focus_after_choosing_the_rows_of_a_page(long_list: Page) -> None:
    tab_to(long_list, long_list.get_by_label("Rows"))
    long_list.keyboard.press("ArrowDown")
    steps.expect_rows(long_list, "1-50 of 60")
    expect(long_list.locator("#id_size")).to_be_focused()


def test_focus_after_showing_and_hiding_a_secret(
    open_page: OpenPage, scene: Scene
) -> None:
    uuid = scene.add_client()
    page = open_page(f"/api-clients/{uuid}/credentials/")

    tab_to(page, page.get_by_role("button", name="Show", exact=True))
    page.keyboard.press("Enter")
    expect(steps.secret_field(page)).to_have_value(scene.sandbox.secret(uuid))
    expect(steps.secret_field(page)).to_be_focused()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hide")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_focused()
