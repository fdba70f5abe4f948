"""What a page draws first, and what right after."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.scene import Scene

OpenPage = Callable[..., Page]
# How many rows each frame shows, until nothing changes any more.
WATCH = """
    window.drawn = [];
    const rows = () => [...document.querySelectorAll("#clients tbody tr")]
        .filter(row => row.getClientRects().length).length;
    const look = () => {
        if (rows() !== (window.drawn.at(-1) ?? 0)) window.drawn.push(rows());
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""


@pytest.fixture(autouse=True)
def _fifty_rows(scene: Scene) -> None:
    scene.fill(50)


@pytest.mark.parametrize(("height", "first"), [(900, 16), (1400, 50)])
def test_opened_page_draws_first_what_the_window_shows(
    open_page: OpenPage, height: int, first: int
) -> None:
    page = open_page("/audit/", size=(1366, height))
    page.add_init_script(WATCH)

    page.goto("/api-clients/")

    expect(page.locator("#clients tbody tr").last).to_be_visible()
    drawn = page.evaluate("drawn")
    assert drawn[-1] == 50
    assert max(drawn[:-1], default=50) <= first


def test_htmx_is_fetched_when_the_page_stands(open_page: OpenPage) -> None:
    page = open_page("/api-clients/")

    steps.await_htmx(page)
    assert page.evaluate(
        """() => {
            const [visit] = performance.getEntriesByType("navigation");
            const files = performance.getEntriesByType("resource");
            const htmx = files.find(({ name }) => name.includes("htmx"));
            return htmx.startTime >= visit.loadEventEnd;
        }"""
    )


def type_nobody(page: Page, label: str) -> None:
    page.locator("#filters").get_by_label(label).fill("nobody")


def choose(page: Page, label: str) -> None:
    """And go on."""
    page.locator("#filters").get_by_label(label).select_option(index=1)
    page.keyboard.press("Tab")


@pytest.mark.parametrize(
    ("path", "label", "set_it", "address"),
    [
        ("/api-clients/", "Search by client ID", type_nobody, r"\?q=nobody$"),
        ("/api-clients/", "Status", choose, r"\?status=enabled$"),
        ("/audit/", "API client or cluster", type_nobody, r"\?object=nobody$"),
        ("/audit/", "Outcome", choose, r"\?outcome=\w+$"),
    ],
)
def test_filter_that_was_set_before_htmx_came_is_not_lost(
    open_page: OpenPage,
    path: str,
    label: str,
    set_it: Callable[[Page, str], None],
    address: str,
) -> None:
    page = open_page()
    on_the_way: list[Route] = []
    page.route("**/htmx*", lambda route: on_the_way.append(route))
    with page.expect_request("**/htmx*"):
        page.goto(path)

    set_it(page, label)
    focused = page.evaluate_handle("document.activeElement")
    assert page.url.endswith(path)
    on_the_way[0].continue_()

    page.wait_for_url(re.compile(address))
    assert page.evaluate("e => e === document.activeElement", focused)


def scroll_down(page: Page) -> None:
    expect(page.locator("#clients tbody tr").last).to_be_visible()
    page.evaluate("scrollTo(0, 1500)")


def test_reload_keeps_the_place_in_the_list(open_page: OpenPage) -> None:
    page = open_page("/api-clients/")
    scroll_down(page)

    page.reload()

    page.wait_for_function("() => scrollY === 1500")


def test_back_finds_the_place_in_the_list(open_page: OpenPage) -> None:
    page = open_page("/api-clients/")
    scroll_down(page)

    page.goto("/audit/")
    page.go_back()

    page.wait_for_function("() => scrollY === 1500")
