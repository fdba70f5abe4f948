"""What counts as a free port, and as an answer."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest

from tools import ports


@pytest.mark.parametrize("address", ["127.0.0.1", ""], ids=["loopback", "any"])
def test_is_free_sees_a_listener_on(address: str) -> None:
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen()
        port = listener.getsockname()[1]

        assert not ports.is_free(port)

    assert ports.is_free(port)


class _Answers(http.server.BaseHTTPRequestHandler):
    statuses: ClassVar[dict[str, int]] = {"/page": 200, "/forbidden": 403}

    def do_GET(self) -> None:
        self.send_response(self.statuses.get(self.path, 500))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "expected"), [("/page", True), ("/forbidden", True), ("/broken", False)]
)
def test_answers_takes_any_page_but_a_server_error(
    server: str, path: str, expected: bool
) -> None:
    assert ports.answers(server + path) is expected


def test_answers_is_false_where_nobody_listens() -> None:
    assert not ports.answers(f"http://127.0.0.1:{ports.free_port()}/")


def test_wait_until_answers_gives_up_when_the_server_has_ended() -> None:
    url = f"http://127.0.0.1:{ports.free_port()}/"

    assert not ports.wait_until_answers(url, seconds=60, still_running=lambda: False)
