"""`make bench`: Keycloak's own console and this one, side by side, as a table.

Both show a real Keycloak with 10,000 API clients in the same Chromium on the same
machine. The first run seeds Keycloak, which takes minutes; it is kept for the next.
"""

import os
import platform
import re
import shutil
import signal
import sys
import time
from datetime import UTC, datetime

from playwright.sync_api import Browser, sync_playwright

from tools.bench.admin import Admin
from tools.bench.consoles import keycloaks, ours
from tools.bench.realm import seeded_keycloak
from tools.bench.visits import RUNS, Result, measure
from tools.chromium import FLAGS, find_chromium
from tools.demo import Demo, demo_environ, running_console
from tools.errors import MissingError, StartError
from tools.keycloak import ROOT, VAR, VERSION
from tools.ports import free_port

CLIENTS = 10_000
FOLDER = "bench"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
MARKS = ("<!-- make bench -->\n", "<!-- end of make bench -->\n")
SYNC_SECONDS = 900


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


def table(theirs: Result, own: Result, chromium: str) -> str:
    """What is written between the marks of docs/benchmarks.md."""
    today = datetime.now(UTC)
    machine = (
        f"{os.cpu_count()} cores ({platform.system()}, "
        f"Python {platform.python_version()})"
    )
    caption = (
        f"Keycloak {VERSION} with {CLIENTS:,} API clients, Chromium {chromium}, on one "
        f"machine with {machine}, {today:%-d %B %Y}. Medians of {RUNS} runs, signed in "
        "already."
    )
    lines = [
        caption,
        "",
        "| | Keycloak's console | This console | Ratio |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name in ("cold", "warm"):
        a, b = getattr(theirs, name), getattr(own, name)
        lines += [
            _line(f"List, {name}: {what}", getattr(a, field), getattr(b, field), unit)
            for field, what, unit in (
                ("requests", "requests", ""),
                ("kilobytes", "transferred", " kB"),
                ("largest_paint", "largest contentful paint", " ms"),
                ("rows_stand", "until the rows stand", " ms"),
            )
        ]
    what = "From the list to one client's credentials, by a part of its id"
    lines.append(_line(what, theirs.find, own.find, " ms"))
    return "\n".join(lines) + "\n"


def _line(what: str, theirs: float, own: float, unit: str) -> str:
    ratio = f"1/{theirs / own:.1f}" if own else ""
    return f"| {what} | {theirs:,.0f}{unit} | {own:,.0f}{unit} | {ratio} |"


def check(theirs: Result, own: Result) -> list[str]:
    """The budgets that this run missed."""
    budgets = {
        "6 requests, cold": own.cold.requests <= 6,
        "2 requests, warm": own.warm.requests <= 2,
    }
    for name, lightness in (("cold", 40), ("warm", 100)):
        a, b = getattr(theirs, name), getattr(own, name)
        budgets[f"transfer 1/{lightness}, {name}"] = (
            b.kilobytes * lightness <= a.kilobytes
        )
        budgets[f"rows stand in 1/10 of the time, {name}"] = (
            b.rows_stand * 10 <= a.rows_stand
        )
    return [name for name, kept in budgets.items() if not kept]


def write(text: str) -> None:
    before, rest = DOCUMENT.read_text("utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    DOCUMENT.write_text(f"{before}{MARKS[0]}{text}{MARKS[1]}{after}", "utf-8")


def run(chromium: str) -> int:
    demo = Demo(free_port(), free_port(), keycloak=True, folder=FOLDER)
    shutil.rmtree(VAR / FOLDER / "console", ignore_errors=True)
    database = VAR / FOLDER / "console" / "db.sqlite3"
    database.parent.mkdir(parents=True)
    environ = {**demo_environ(demo), "DATABASE_URL": f"sqlite:///{database}"}
    with seeded_keycloak(demo.provider_port, CLIENTS) as keycloak_url:
        Admin(keycloak_url).allow_console(demo.url)
        with running_console(demo, environ), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            wait_for_all(browser, demo.url)
            own = measure(browser, ours(demo.url))
            theirs = measure(browser, keycloaks(keycloak_url))
            text = table(theirs, own, browser.version)
            browser.close()
    write(text)
    print(text)
    missed = check(theirs, own)
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
