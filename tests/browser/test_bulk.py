"""Several clients at once, in a browser: by keyboard, with and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import tab_to
from tests.browser.scene import Scene
from tests.screens.apiclients_bulk.steps import work

OpenPage = Callable[..., Page]
NAMES = ("svc-a", "svc-b", "svc-c")

both = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@pytest.fixture
def three(scene: Scene) -> list[str]:
    return [scene.add_client(name) for name in NAMES]


@both
def test_clients_are_disabled_by_keyboard_alone(
    open_page: OpenPage, scene: Scene, three: list[str], javascript: bool
) -> None:
    page = open_page("/api-clients/", javascript=javascript)
    press = page.keyboard.press
    expect(page.locator("#bulk")).to_be_hidden()

    for name in ("svc-a", "svc-c"):
        tab_to(page, page.get_by_role("checkbox", name=f"Select {name}"))
        press("Space")
    bar = page.get_by_role("form", name="Selection")
    tab_to(page, bar.get_by_role("button", name="Disable"))
    press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Disable 2 API clients?")
    expect(page.locator(".chosen a")).to_have_text(["svc-a", "svc-c"])
    tab_to(page, page.get_by_role("button", name="Disable 2 clients"))
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Disabling 2 API clients")
    work()
    if not javascript:
        tab_to(page, page.get_by_role("link", name="Refresh"))
        press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Disabled 2 of 2 API clients"
    )
    assert len(scene.sandbox.writes()) == 2
    assert len(scene.entries()) == 2


def test_a_whole_page_is_ticked_at_once_and_cleared(
    open_page: OpenPage, scene: Scene, three: list[str]
) -> None:
    page = open_page("/api-clients/")
    every = page.get_by_role("checkbox", name="Select all on this page")
    one = page.get_by_role("checkbox", name="Select svc-b")
    said = page.locator("#status")

    every.check()
    expect(said).to_have_text("3 selected")
    expect(one).to_be_checked()
    one.uncheck()
    expect(said).to_have_text("2 selected")
    expect(every).to_have_js_property("indeterminate", True)
    page.get_by_role("button", name="Clear selection").click()

    expect(said).to_have_text("0 selected")
    expect(every).to_have_js_property("indeterminate", False)
    expect(page.locator("#bulk")).to_be_hidden()


@both
def test_the_bar_counts_the_ticks(
    open_page: OpenPage, three: list[str], javascript: bool
) -> None:
    page = open_page("/api-clients/", javascript=javascript)

    for name in NAMES[:2]:
        page.get_by_role("checkbox", name=f"Select {name}").check()

    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    read_out = [str(node.get("name", {}).get("value")) for node in tree["nodes"]]
    place = read_out.index("selected")
    # The number comes from the style sheet, and is read out piece by piece.
    before = [text for text in read_out[place - 4 : place] if text.strip()]
    assert set(before) == {"2"}


@both
def test_the_list_and_its_bar_fit_a_phone(
    open_page: OpenPage, scene: Scene, javascript: bool
) -> None:
    scene.fill(60)
    page = open_page("/api-clients/", javascript=javascript, size=(390, 844))

    for box in page.get_by_role("checkbox", name="Select svc").all()[:3]:
        box.check()

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    expect(page.locator("#bulk")).to_be_in_viewport(ratio=1)
    for row in page.locator(".clients tbody tr").all()[:3]:
        pick, name = row.locator(".c-pick input"), row.locator(".id")
        ours, theirs = pick.bounding_box(), name.bounding_box()
        assert ours is not None
        assert theirs is not None
        assert ours["x"] + ours["width"] <= theirs["x"]


def test_a_delete_waits_for_the_words(
    open_page: OpenPage, scene: Scene, three: list[str]
) -> None:
    page = open_page("/api-clients/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.locator("#bulk").get_by_role("button", name="Delete").click()
    button = page.get_by_role("button", name="Delete 3 clients")
    expect(button).to_have_attribute("aria-disabled", "true")

    page.get_by_label("to confirm").fill("delete 3 clients")
    expect(button).to_have_attribute("aria-disabled", "false")
    button.click()

    work()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Deleted 3 of 3 API clients"
    )


def test_undo_takes_a_disabling_back(
    open_page: OpenPage, scene: Scene, three: list[str]
) -> None:
    page = open_page("/api-clients/")
    page.get_by_role("button", name="Actions for svc-a").click()
    page.get_by_role("link", name="Disable").click()
    page.get_by_role("button", name="Disable client").click()

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("svc-a was enabled.")).to_be_visible()
    assert len(scene.entries()) == 2
