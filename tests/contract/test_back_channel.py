"""A real Keycloak ends a session: its logout token is one that the console accepts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from urllib.parse import parse_qs

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from console.auth import back_channel
from tests.conftest import forget_what_was_learned
from tests.contract.browser import Browser
from tests.contract.support import CONSOLE_ID, Upstream

pytestmark = [pytest.mark.keycloak, pytest.mark.django_db]


@contextmanager
def listening() -> Iterator[tuple[str, Queue[str]]]:
    """An address, and the logout tokens that come in there."""
    tokens: Queue[str] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            tokens.put(parse_qs(body)["logout_token"][0])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", tokens
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def told_at(keycloak: Upstream, url: str) -> Iterator[None]:
    """The console's client with this address for logout tokens."""
    found = keycloak.admin("GET", "clients", params={"clientId": CONSOLE_ID}).json()
    client = found[0]
    changed = {
        **client["attributes"],
        "backchannel.logout.url": url,
        "backchannel.logout.session.required": "true",
    }
    path = ("clients", client["id"])
    keycloak.admin("PUT", *path, json={**client, "attributes": changed})
    yield
    was = client["attributes"].get("backchannel.logout.url", "")
    before = {**client["attributes"], "backchannel.logout.url": was}
    keycloak.admin("PUT", *path, json={**client, "attributes": before})


def test_a_logout_token_of_keycloak_is_accepted_once(real_keycloak: str) -> None:
    keycloak = Upstream(real_keycloak)
    browser = Browser(keycloak)
    with listening() as (url, tokens), told_at(keycloak, url):
        id_token = browser.tokens("visitor")["id_token"]
        browser.log_out(id_token_hint=id_token)
        token = tokens.get(timeout=30)

    forget_what_was_learned()
    with override_settings(KEYCLOAK_URL=real_keycloak, KEYCLOAK_ISSUER=keycloak.issuer):
        claims = back_channel.verify(token)
        again = Client().post(
            reverse("console:back-channel-logout"), {"logout_token": token}
        )
    forget_what_was_learned()

    assert claims["sub"]
    assert claims["sid"]
    assert again.status_code == 400
