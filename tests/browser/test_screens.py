"""Every screen can be read: in light and dark, narrow, and with a screen reader."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

from tests.browser.running import RunningConsole
from tests.browser.scene import Scene
from tests.browser.screens import SCREENS, Stage
from tests.browser.watching import Watch

WIDTHS = (1366, 768, 390, 320)
AXE_WIDTHS = (1366, 390)
HEIGHT = 850
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "resultTypes": ["violations"],
    "preload": False,
}


@pytest.fixture
def stage(
    open_page: Callable[..., Page],
    new_context: Callable[..., BrowserContext],
    scene: Scene,
    watch: Watch,
    console_like: Callable[..., RunningConsole],
) -> Stage:
    return Stage(open_page, new_context, scene, watch, console_like)


@pytest.mark.parametrize("name", SCREENS)
def test_screen(name: str, stage: Stage) -> None:
    page = SCREENS[name](stage)

    problems = [*_too_wide(page), *_violations(page)]

    assert not problems, "\n".join(problems)


def _too_wide(page: Page) -> Iterator[str]:
    """The widths at which the page, and not only a part of it, scrolls sideways."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            yield f"{needed} px wide on a screen of {width} px"


def _violations(page: Page) -> Iterator[str]:
    """What axe finds against WCAG 2.2, level AA."""
    page.evaluate(AXE_SCRIPT)
    for width in AXE_WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found = page.evaluate("options => axe.run(options)", OPTIONS)
            for violation in found["violations"]:
                nodes = [node["target"] for node in violation["nodes"]]
                yield f"{width} px, {theme}: {violation['help']}: {nodes}"
