"""What one visit to a list costs in Chromium: requests, bytes, seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tools.bench.consoles import Console

RUNS = 5
LARGEST = """() => new Promise(resolve => {
    new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true})
    setTimeout(() => resolve(0), 5000)
})"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Bytes as they travelled, heads included; times in milliseconds."""

    requests: float
    kilobytes: float
    largest_paint: float
    rows_stand: float


@dataclass(frozen=True, slots=True)
class Result:
    """Medians; `find` is the way from the list to one client's secret, in ms."""

    cold: Visit
    warm: Visit
    find: float


def measure(browser: Browser, console: Console) -> Result:
    """Signed in already: with an empty cache first, then a second time."""
    with _context(browser, None) as context:
        page = context.new_page()
        console.sign_in(page)
        page.wait_for_load_state("networkidle")
        console.open_list(page)
        signed_in = context.storage_state()
    runs = [_run(browser, console, signed_in) for _ in range(RUNS)]
    return Result(
        cold=_median([run.cold for run in runs]),
        warm=_median([run.warm for run in runs]),
        find=median(run.find for run in runs),
    )


def _run(browser: Browser, console: Console, signed_in: Any) -> Result:
    with _context(browser, signed_in) as context:
        page = context.new_page()
        cold = _visit(page, console)
        page.goto("about:blank")
        warm = _visit(page, console)
        started = time.perf_counter()
        console.find(page)
        return Result(cold, warm, (time.perf_counter() - started) * 1000)


def _visit(page: Page, console: Console) -> Visit:
    with counting(page) as sizes:
        started = time.perf_counter()
        console.open_list(page)
        seconds = time.perf_counter() - started
    largest = float(page.evaluate(LARGEST))
    return Visit(len(sizes), sum(sizes.values()) / 1000, largest, seconds * 1000)


@contextmanager
def counting(page: Page) -> Iterator[dict[str, float]]:
    """The bytes of each request that went over the network; the favicon apart.

    Waits until nothing more is asked for. What the cache had costs nothing.
    """
    session = page.context.new_cdp_session(page)
    urls: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def forget(event: dict[str, Any]) -> None:
        if "response" not in event or event["response"].get("fromDiskCache"):
            urls.pop(event["requestId"], None)

    def finish(event: dict[str, Any]) -> None:
        url = urls.get(event["requestId"], "favicon")
        if "favicon" not in url and url.startswith("http"):
            sizes[f"{event['requestId']} {url}"] = event["encodedDataLength"]

    session.on(
        "Network.requestWillBeSent",
        lambda event: urls.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on("Network.requestServedFromCache", forget)
    session.on("Network.responseReceived", forget)
    session.on("Network.loadingFinished", finish)
    session.send("Network.enable")
    yield sizes
    page.wait_for_load_state("networkidle")
    session.detach()


@contextmanager
def _context(browser: Browser, signed_in: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(
        storage_state=signed_in, viewport={"width": 1366, "height": 900}
    )
    context.set_default_timeout(60_000)
    yield context
    context.close()


def _median(visits: list[Visit]) -> Visit:
    names = [field.name for field in fields(Visit)]
    return Visit(*(median(getattr(visit, name) for visit in visits) for name in names))
