"""`make bench`: Keycloak's own console and this one, side by side, as a table.

Both show a real Keycloak with 10,000 API clients in the same Chromium on the same
machine. The first run seeds Keycloak, which takes minutes; it is kept for the next.
"""

import os
import re
import signal
import sys
import time

from playwright.sync_api import Browser, sync_playwright

from tools.bench.admin import Admin
from tools.bench.consoles import keycloaks, ours
from tools.bench.fresh import new_console, new_demo
from tools.bench.realm import seeded_keycloak
from tools.bench.report import Compared, Measured, missed_by_consoles, table
from tools.bench.synchronisation import (
    CLIENTS,
    FEW,
    measure_synchronisation,
    missed_by,
    synchronisation_table,
)
from tools.bench.visits import LINE, Result, measure
from tools.chromium import FLAGS, find_chromium
from tools.demo import Demo, running_console
from tools.errors import MissingError, StartError
from tools.keycloak import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
MARKS = ("<!-- make bench -->\n", "<!-- end of make bench -->\n")
SYNC_SECONDS = 900
# start-dev, as `make run-keycloak` starts it, lets a browser keep nothing.
CACHING = (
    "--spi-theme--static-max-age=2592000",
    "--spi-theme--cache-themes=true",
    "--spi-theme--cache-templates=true",
)


def wait_for_all(browser: Browser, url: str) -> None:
    """Until the console has read every client of the realm."""
    page = browser.new_page()
    console = ours(url)
    console.sign_in(page)
    deadline = time.monotonic() + SYNC_SECONDS
    while not re.search(r"of (9,9\d\d|10,\d{3})", page.inner_text("main")):
        if time.monotonic() > deadline:
            raise StartError("The console did not read all clients in time.")
        page.wait_for_timeout(2000)
        page.goto(console.list_url)
    page.close()


def measure_cached(chromium: str, keycloak_url: str) -> tuple[Result, Result]:
    """Keycloak's console near and far, as it lets a browser cache in production."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        console = keycloaks(keycloak_url)
        return measure(browser, console), measure(browser, console, LINE)


def measure_consoles(
    chromium: str, keycloak_url: str, demo: Demo, cached: tuple[Result, Result]
) -> Measured:
    environ = new_console(demo)
    with running_console(demo, environ), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        wait_for_all(browser, demo.url)
        theirs, own = keycloaks(keycloak_url), ours(demo.url)
        near, far = (
            Compared(measure(browser, theirs, line), same, measure(browser, own, line))
            for line, same in zip((None, LINE), cached, strict=True)
        )
        return Measured(near, far, browser.version)


def write(text: str) -> None:
    before, rest = DOCUMENT.read_text("utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    DOCUMENT.write_text(f"{before}{MARKS[0]}{text}{MARKS[1]}{after}", "utf-8")


def run(chromium: str) -> int:
    demo = new_demo()
    with seeded_keycloak(demo.provider_port, CLIENTS, *CACHING) as keycloak_url:
        cached = measure_cached(chromium, keycloak_url)
    with seeded_keycloak(demo.provider_port, CLIENTS) as keycloak_url:
        Admin(keycloak_url).allow_console(demo.url)
        measured = measure_consoles(chromium, keycloak_url, demo, cached)
        print(table(measured), flush=True)
        many = measure_synchronisation(demo)
    with seeded_keycloak(demo.provider_port, FEW):
        few = measure_synchronisation(demo)
    print(f"\n{synchronisation_table(few, many)}", flush=True)
    write(f"{table(measured)}\n\n{synchronisation_table(few, many)}\n")
    missed = [*missed_by_consoles(measured), *missed_by(few, many)]
    for name in missed:
        print(f"Missed: {name}")
    return int(bool(missed))


def main() -> int:
    chromium = find_chromium(os.environ)
    if chromium is None:
        print("Install Chromium, or name it with CHROMIUM.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(chromium)
    except (MissingError, StartError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
