"""A console that really runs, and a Chromium that keeps what went wrong in it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from console.access import PERSON
from console.step_up import AUTH_TIME
from sandbox.server import start
from tests.browser.running import RunningConsole, running_console
from tests.browser.scene import Scene
from tests.browser.steps import await_htmx, sign_in
from tests.browser.watching import Watch
from tests.sandbox_control import SandboxControl
from tools.checks import is_required
from tools.chromium import FLAGS, find_chromium
from tools.ports import free_port

# Playwright runs an event loop in this thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=10_000)

DESKTOP = (1366, 850)


@pytest.fixture(scope="session")
def console(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[RunningConsole]:
    """The console with the sandbox behind it, once for the whole run."""
    port, folder = free_port(), tmp_path_factory.mktemp("console")
    server = start(environ={"CONSOLE_URL": f"http://localhost:{port}"})
    with running_console(
        port,
        f"{server.url}/auth",
        folder,
        blocker=django_db_blocker,
        IMPLY_MANAGER_URL=server.url,
        IMPLY_FLAG_WRITES="live",
        DELEGABLE_ROLES="reports-reader,production:access-datasets",
    ) as console:
        yield console
    server.stop()


@pytest.fixture(scope="session")
def console_like(
    console: RunningConsole, django_db_blocker: Any
) -> Iterator[Callable[..., RunningConsole]]:
    """A second console with other settings: on the same database, kept for the run."""
    with ExitStack() as stack:

        @cache
        def make(**changed: str) -> RunningConsole:
            running = running_console(
                free_port(),
                console.provider_url,
                console.database.parent,
                blocker=django_db_blocker,
                **{**console.environ, **changed},
            )
            return stack.enter_context(running)

        yield make


@pytest.fixture
def scene(console: RunningConsole, django_db_blocker: Any) -> Iterator[Scene]:
    """The sandbox and the index without API clients; this test may use the database."""
    with django_db_blocker.unblock(), console.in_this_process():
        scene = Scene(SandboxControl(console.provider_url.removesuffix("/auth")))
        scene.clear()
        yield scene
        scene.sandbox.heal()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium() -> dict[str, Any]:
    """What Playwright needs to start Chromium."""
    path = find_chromium(os.environ)
    if path is None:
        missing = "No Chromium: install it, or name it with CHROMIUM."
        (pytest.fail if is_required(os.environ) else pytest.skip)(missing)
    return {"executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: dict[str, Any]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(**chromium)
    yield browser
    browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test on any problem in its pages that it did not `expect`."""
    watch = Watch()
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


Contexts = Callable[..., BrowserContext]


@pytest.fixture
def new_context(
    browser: Browser, console: RunningConsole, watch: Watch
) -> Iterator[Contexts]:
    """Make a watched context: someone's browser, with nothing in it."""
    usual, contexts = browser, []

    def make(
        at: RunningConsole = console,
        *,
        browser: Browser = usual,
        javascript: bool = True,
        size: tuple[int, int] = DESKTOP,
        **options: Any,
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=at.url,
            java_script_enabled=javascript,
            viewport={"width": size[0], "height": size[1]},
            **options,
        )
        contexts.append(context)
        watch.watch(context, at.url)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def sessions(
    browser: Browser, console: RunningConsole, django_db_blocker: Any
) -> dict[str, dict[str, Any]]:
    """What the sessions of people hold after they have signed in, by name."""
    found = {}
    for person in ("client-admin", "account-admin"):
        context = browser.new_context(base_url=console.url)
        sign_in(context.new_page(), person)
        [key] = [c["value"] for c in context.cookies() if c.get("name") == "sessionid"]
        context.close()
        with django_db_blocker.unblock(), console.in_this_process():
            found[person] = SessionStore(key).load()
    return found


@pytest.fixture
def open_page(
    new_context: Contexts,
    scene: Scene,
    console: RunningConsole,
    sessions: dict[str, dict[str, Any]],
) -> Callable[..., Page]:
    """A page of someone who has just signed in, in a session that no other test has.

    One that is opened here has its htmx, which comes after the rest: links and forms do
    the same without it, but the tests of what it adds would depend on who is faster.
    Their roles are read anew for the first page: what the test gave them counts.
    """

    def open_(path: str = "", *, person: str = "client-admin", **options: Any) -> Page:
        session = SessionStore()
        session.update(sessions[person])
        session["signed_in_at"] = session["seen_at"] = time.time()
        session[AUTH_TIME] = time.time()
        session[PERSON] = {**session[PERSON], "roles_read_at": 0}
        session.save()
        context = new_context(**options)
        context.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": session.session_key or "",
                    "url": console.url,
                    "httpOnly": True,
                }
            ]
        )
        page = context.new_page()
        if path:
            page.goto(path)
            if options.get("javascript", True):
                await_htmx(page)
        return page

    return open_
