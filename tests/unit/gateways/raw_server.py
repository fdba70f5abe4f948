"""A server that answers with exactly these bytes, slowly, or not at all."""

import contextlib
import json
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from typing import Any, Self

# What happens after a request was read. The connection is kept unless it is closed.
Script = Callable[[socket.socket, threading.Event], None]

_RESET = struct.pack("ii", 1, 0)


class RawServer:
    """Plays the first script for the first request, and so on; the last one for all."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._scripts = scripts
        self._tls = tls
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://localhost:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                self._open.append(connection)
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls:
                with self._tls.wrap_socket(connection, server_side=True) as wrapped:
                    self._open.append(wrapped)  # it took over what `connection` held
                    self._play(wrapped)
            else:
                self._play(connection)

    def _play(self, connection: socket.socket) -> None:
        while request := _read(connection):
            with self._lock:
                self.requests.append(request)
                number = min(len(self.requests), len(self._scripts)) - 1
            self._scripts[number](connection, self._stopping)


def answer(
    status: int = 200,
    body: bytes | Any = b"{}",
    headers: Mapping[str, str] | None = None,
) -> Script:
    """A whole answer; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Something"]
    fields = {"Content-Length": str(len(content)), **(headers or {})}
    lines += [f"{name}: {value}" for name, value in fields.items()]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return send(head + content)


def send(data: bytes, *, close: bool = False) -> Script:
    """These bytes and nothing more."""

    def script(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return script


def drip(head: bytes, body: bytes, *, pause: float) -> Script:
    """The head at once, then a byte after each pause."""

    def script(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(head)
        for byte in body:
            if stopping.wait(pause):
                return
            connection.sendall(bytes([byte]))

    return script


def after(seconds: float, script: Script) -> Script:
    def delayed(connection: socket.socket, stopping: threading.Event) -> None:
        stopping.wait(seconds)
        script(connection, stopping)

    return delayed


def silence(connection: socket.socket, stopping: threading.Event) -> None:
    stopping.wait()


def hang_up(connection: socket.socket, stopping: threading.Event) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket, stopping: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()


def break_encryption(connection: socket.socket, stopping: threading.Event) -> None:
    """Send plain text below the TLS of a connection."""
    with socket.socket(fileno=os.dup(connection.fileno())) as plain:
        plain.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        plain.shutdown(socket.SHUT_RDWR)


def _read(connection: socket.socket) -> bytes:
    """One request, head and body; nothing when the connection ends."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body
