"""The console behind a real port: each request in a thread with its own connection."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import requests
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client

from console.access import Actor
from tests.people import sign_in
from tests.screens.browser import Form, find_form


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def serving() -> Iterator[str]:
    """The address of a console that answers until the block ends."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _SilentHandler)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class RealBrowser:
    """Somebody's browser, signed in: its requests really travel."""

    def __init__(self, url: str, actor: Actor) -> None:
        cookies = sign_in(Client(), actor).cookies
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False
        name = settings.SESSION_COOKIE_NAME
        self._http.cookies.set(name, cookies[name].value)

    def at(self, url: str) -> "RealBrowser":
        """The same browser, with the same session, at another console."""
        other = copy(self)
        other._url = url
        return other

    def get(self, address: str) -> requests.Response:
        return self._http.get(self._url + address, allow_redirects=False, timeout=60)

    def open_form(self, address: str, button: str) -> Form:
        page = self._http.get(self._url + address, timeout=30)
        assert page.status_code == 200, page.status_code
        return find_form(BeautifulSoup(page.text, "html.parser"), button)

    def post(self, address: str, values: dict[str, str]) -> requests.Response:
        """On a connection of its own, so that two can be under way at once."""
        return requests.post(
            self._url + address,
            data=values,
            cookies=self._http.cookies,
            headers={"Origin": self._url},
            allow_redirects=False,
            timeout=60,
            proxies={"http": ""},
        )
