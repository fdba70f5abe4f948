"""A reverse proxy as operators have one: asks /readyz, sends requests round robin.

It repeats a request elsewhere only where no connection came about. Everything else that
goes wrong is a 502, as with any proxy, and so a request that failed.
"""

import contextlib
import http.client
import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROBE_EVERY = 0.2  # seconds
PASSED_ON = {"host", "cookie", "origin", "referer", "content-type"}


class Balancer:
    """Listens on a free port for as long as it is entered."""

    def __init__(self, ports: list[int]) -> None:
        self.ready: set[int] = set()
        self._ports = ports
        self._turns = itertools.count()
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,)),
            *(threading.Thread(target=self._probe, args=(port,)) for port in ports),
        ]

    @property
    def url(self) -> str:
        return f"http://localhost:{self._server.server_port}"

    @contextlib.contextmanager
    def running(self) -> Iterator["Balancer"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            self._server.shutdown()
            for thread in self._threads:
                thread.join()
            self._server.server_close()

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        chosen = sorted(self.ready)
        for number in range(len(chosen)):
            port = chosen[(next(self._turns) + number) % len(chosen)]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.connect()
            except ConnectionRefusedError:
                continue
            try:
                connection.request(method, path, body or None, headers)
                answer = connection.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            except (OSError, http.client.HTTPException) as exc:
                return 502, [], repr(exc).encode()
            finally:
                connection.close()
        return 502, [], b"nobody is ready"

    def _probe(self, port: int) -> None:
        while not self._stopping.wait(PROBE_EVERY):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
            try:
                connection.request("GET", "/readyz", headers={"Host": "localhost"})
                good = connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                good = False
            finally:
                connection.close()
            (self.ready.add if good else self.ready.discard)(port)


def _handler(balancer: Balancer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {
                name: text
                for name, text in self.headers.items()
                if name.lower() in PASSED_ON
            }
            status, fields, body = balancer.forward(
                self.command, self.path, headers, self.rfile.read(length)
            )
            self.send_response_only(status)
            for name, text in fields:
                if name.lower() not in {"connection", "content-length"}:
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
