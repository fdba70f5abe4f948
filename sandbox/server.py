"""The HTTP server. `start()` runs it in the background, for tests and `make run`."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox.app import Answer, Application
from sandbox.faults import Action, Fault
from sandbox.importing import DEMO_REALM, read_realm
from sandbox.messages import Request, Response
from sandbox.state import State
from sandbox.storage import Storage

_LONGEST_BODY = 10_000_000


class Server:
    """A sandbox that answers at `url` until it is stopped."""

    def __init__(self, address: tuple[str, int], application: Application) -> None:
        self.state = application.state
        self._http = _HttpServer(address, application)
        # How often it looks whether it shall stop; tests wait for that.
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def url(self) -> str:
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def run(self) -> None:
        """Answer until the process ends."""
        self._http.serve_forever()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection, kept-alive ones too."""
        self._http.shutdown()
        self._http.server_close()
        self._http.close_connections()


def start(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    realm_file: Path = DEMO_REALM,
    state_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Server:
    """A running sandbox. `environ` fills the placeholders of the realm file."""
    server = make_server(
        port, host=host, realm_file=realm_file, state_file=state_file, environ=environ
    )
    server.start()
    return server


def make_server(
    port: int,
    *,
    host: str,
    realm_file: Path,
    state_file: Path | None,
    environ: Mapping[str, str] | None = None,
) -> Server:
    """Raises OSError: the port is taken. ValueError: a file is not right."""
    state = State(read_realm(realm_file, environ))
    storage = Storage(state_file) if state_file else None
    if storage:
        storage.load_into(state)
    return Server((host, port), Application(state, storage))


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], application: Application) -> None:
        super().__init__(address, _Handler)
        self.application = application
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news."""

    def close_connections(self) -> None:
        self.stopping.set()
        with self._open_lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Headers and body leave in one write.
    wbufsize = -1
    server: _HttpServer

    def _answer(self) -> None:
        wait = self.server.stopping.wait
        answer = self.server.application.answer(self._read(), wait)
        fault = answer.fault
        if fault and fault.action is Action.DELAY:
            wait(fault.seconds)
        if answer.response is None:
            self._drop()
        elif fault and fault.action in {Action.DRIP, Action.CUT}:
            self._send_badly(answer, fault)
        else:
            self._send(answer.response, answer.response.body)

    # Methods that no route knows get Keycloak's 404 or 405.
    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815
    do_HEAD = do_PATCH = do_OPTIONS = _answer  # noqa: N815

    def _read(self) -> Request:
        length = min(int(self.headers.get("Content-Length") or 0), _LONGEST_BODY)
        path, _, query = self.path.partition("?")
        return Request(
            method=self.command,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            address=self.client_address[0],
        )

    def _send(self, response: Response, body: bytes) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _send_badly(self, answer: Answer, fault: Fault) -> None:
        response = answer.response or Response()
        if fault.action is Action.CUT:
            self._send(response, response.body[: len(response.body) // 2])
            self._drop()
            return
        self._send(response, b"")
        for byte in response.body:
            if self.server.stopping.wait(fault.seconds):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent: every call is in the control endpoint's list."""
