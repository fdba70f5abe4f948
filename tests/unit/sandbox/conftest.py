"""A sandbox for the tests of the sandbox, as it was at the start for each of them."""

from collections.abc import Iterator

import pytest
import requests

from sandbox.server import Server, start
from tests.unit.sandbox.calling import Browser, Caller


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = start(environ={})
    yield server
    server.stop()


@pytest.fixture
def caller(server: Server) -> Iterator[Caller]:
    """Signed in with the console's own service account."""
    with requests.Session() as http:
        caller = Caller(server.url, http)
        caller.control("POST", "/reset")
        caller.sign_in_as_console()
        caller.control("DELETE", "/calls")
        yield caller


@pytest.fixture
def browser(caller: Caller) -> Iterator[Browser]:
    browser = Browser(caller)
    with browser.http:
        yield browser
