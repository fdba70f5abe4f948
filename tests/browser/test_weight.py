"""What a page costs on the wire: the budget of the list, from nothing and at home."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.scene import Scene

ROWS = 50  # a whole page of the list


@dataclass(slots=True)
class Transfer:
    """What came over the network, by address; the cache costs nothing."""

    sizes: dict[str, float] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return len(self.sizes)

    @property
    def kilobytes(self) -> float:
        return sum(self.sizes.values()) / 1000


@contextmanager
def measuring(page: Page) -> Iterator[Transfer]:
    session = page.context.new_cdp_session(page)
    transfer, urls = Transfer(), dict[str, str]()

    def on_request(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def on_cache(event: dict[str, Any]) -> None:
        urls.pop(event["requestId"], None)

    def on_response(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            urls.pop(event["requestId"], None)

    def on_finished(event: dict[str, Any]) -> None:
        url = urls.get(event["requestId"], "")
        if url and "favicon" not in url:
            transfer.sizes[url] = event["encodedDataLength"]

    session.on("Network.requestWillBeSent", on_request)
    session.on("Network.requestServedFromCache", on_cache)
    session.on("Network.responseReceived", on_response)
    session.on("Network.loadingFinished", on_finished)
    session.send("Network.enable")
    yield transfer
    page.wait_for_load_state("networkidle")
    session.detach()


def test_list_page_is_within_its_budget(
    open_page: Callable[..., Page], scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.fill(ROWS)
    page = open_page()

    with measuring(page) as cold:
        page.goto("/api-clients/")
    with measuring(page) as warm:
        page.get_by_role("link", name="API Clients").click()

    with capsys.disabled():
        for name, transfer in (("cold", cold), ("warm", warm)):
            print(  # noqa: T201
                f"\nlist of {ROWS} rows, {name}: {transfer.requests} requests, "
                f"{transfer.kilobytes:.1f} kB",
                end="",
            )
    assert cold.requests <= 6, cold.sizes
    assert cold.kilobytes <= 125, cold.sizes
    assert warm.requests <= 2, warm.sizes
    assert warm.kilobytes <= 19, warm.sizes
