"""What one visit to a list costs in Chromium: requests, bytes, seconds."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tools.bench.consoles import Console

RUNS = 5
# The browser, the servers and their compilers go on with the last page for a while,
# on the processors that the next one needs.
SETTLED = 2000  # ms
# What a browser's tools call throttling: latency in ms, throughput in bytes a second.
LINE = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10_000_000 / 8,
    "uploadThroughput": 10_000_000 / 8,
}
STANDS = "Rows stand after"
# Asked in every frame, and told right after that frame was drawn. By the clock, since a
# sign-in on the way makes the list a second document.
WATCH = """(() => {
    const drawn = new MessageChannel();
    drawn.port1.onmessage = () => console.debug("%(stands)s", Date.now());
    const look = () => {
        const row = document.querySelector("%(rows)s");
        if (row && row.getClientRects().length) drawn.port2.postMessage("");
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""
LARGEST = """() => new Promise(resolve => {
    new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true})
}).then(shown => performance.timeOrigin + shown)"""


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


def measure(
    browser: Browser, console: Console, line: Mapping[str, Any] | None = None
) -> Result:
    """Signed in already: with an empty cache first, then a second time.

    Without a `line`, there is nothing between the browser and the server.
    """
    with _context(browser, None) as context:
        page = context.new_page()
        console.sign_in(page)
        page.wait_for_load_state("networkidle")
        console.open_list(page)
        signed_in = context.storage_state()
    runs = [_run(browser, console, signed_in, line) for _ in range(RUNS)]
    return Result(
        cold=_median([run.cold for run in runs]),
        warm=_median([run.warm for run in runs]),
        find=median(run.find for run in runs),
    )


def _run(
    browser: Browser, console: Console, signed_in: Any, line: Mapping[str, Any] | None
) -> Result:
    with _context(browser, signed_in) as context:
        page = context.new_page()
        if line:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", dict(line))
        # To start a process of the browser for this server is not what a list costs.
        page.goto(console.doorstep)
        page.add_init_script(WATCH % {"rows": console.rows, "stands": STANDS})
        cold = _visit(page, console)
        page.goto(console.doorstep)
        warm = _visit(page, console)
        started = time.perf_counter()
        console.find(page)
        return Result(cold, warm, (time.perf_counter() - started) * 1000)


def _visit(page: Page, console: Console) -> Visit:
    page.wait_for_timeout(SETTLED)
    started = time.time() * 1000
    with counting(page) as sizes:
        rows_stand = _open(page, console) - started
    largest = float(page.evaluate(LARGEST)) - started
    return Visit(len(sizes), sum(sizes.values()) / 1000, largest, rows_stand)


def _open(page: Page, console: Console) -> float:
    """The instant, in milliseconds, at which its rows can be seen.

    The page itself tells: to ask from outside would slow it, and know only roughly.
    """
    with page.expect_console_message(lambda said: STANDS in said.text) as message:
        page.goto(console.list_url, wait_until="commit")
    return float(message.value.text.rsplit(maxsplit=1)[1])


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
