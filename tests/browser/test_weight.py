"""What a page costs on the wire: the budget of the list, from nothing and at home."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.scene import Scene
from tools.bench.visits import counting

ROWS = 50  # a whole page of the list


def test_list_page_is_within_its_budget(
    open_page: Callable[..., Page], scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.fill(ROWS)
    page = open_page()

    with counting(page) as cold:
        page.goto("/api-clients/")
    with counting(page) as warm:
        page.get_by_role("link", name="API Clients").click()

    with capsys.disabled():
        for name, sizes in (("cold", cold), ("warm", warm)):
            print(  # noqa: T201
                f"\nlist of {ROWS} rows, {name}: {len(sizes)} requests, "
                f"{sum(sizes.values()) / 1000:.1f} kB",
                end="",
            )
    assert len(cold) <= 5, cold
    assert sum(cold.values()) <= 125_000, cold
    assert len(warm) <= 2, warm
    assert sum(warm.values()) <= 19_000, warm
