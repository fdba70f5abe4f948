"""Two ways to use a page: with a mouse, and with the keyboard alone."""

from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Locator, Page, expect


class Hands(Protocol):
    """What a person does with a page, however they do it."""

    def press(self, target: Locator) -> None: ...

    def write(self, target: Locator, text: str) -> None: ...

    def tick(self, target: Locator) -> None: ...

    def choose(self, menu: Locator, item: Locator) -> None: ...

    def search(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Mouse:
    """Clicks."""

    page: Page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.fill(text)

    def tick(self, target: Locator) -> None:
        target.check()

    def choose(self, menu: Locator, item: Locator) -> None:
        menu.click()
        item.click()

    def search(self, text: str) -> None:
        box = _search_box(self.page)
        box.fill(text)
        box.press("Enter")


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Tab, Enter, Space, arrow keys and `/`: never a mouse."""

    page: Page

    def press(self, target: Locator) -> None:
        tab_to(self.page, target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        tab_to(self.page, target)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def tick(self, target: Locator) -> None:
        tab_to(self.page, target)
        self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def choose(self, menu: Locator, item: Locator) -> None:
        self.press(menu)
        expect(item).to_be_visible()
        for _ in range(10):
            self.page.keyboard.press("ArrowDown")
            if has_focus(item):
                self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"The arrow keys do not lead to {item}")

    def search(self, text: str) -> None:
        self.page.keyboard.press("/")
        expect(_search_box(self.page)).to_be_focused()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")


def tab_to(page: Page, wanted: Locator, *, back: bool = False) -> None:
    """Press Tab until this has the focus."""
    for _ in range(120):
        if has_focus(wanted):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def has_focus(element: Locator) -> bool:
    return bool(element.evaluate("element => element === document.activeElement"))


def _search_box(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search clients by ID")
