"""A syslog receiver on loopback: keeps what it is sent, over TCP, TLS or UDP."""

import contextlib
import socket
import ssl
import struct
import threading
from typing import Self

RESET = struct.pack("ii", 1, 0)


class SyslogReceiver:
    """Reads each connection to its end, then ends it; the first `breaks` it resets.

    `batches` holds a list of messages for each connection that was read to its end.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None, breaks: int = 0) -> None:
        self.batches: list[list[bytes]] = []
        self.connections = 0
        self._tls = tls
        self._breaks = breaks
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def messages(self) -> list[bytes]:
        return [message for batch in self.batches for message in batch]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                self.connections += 1
                with contextlib.suppress(OSError), connection:
                    connection.settimeout(20)
                    self._receive(connection)

    def _receive(self, plain: socket.socket) -> None:
        if self.connections <= self._breaks:
            plain.recv(10)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return
        connection = plain
        if self._tls:
            connection = self._tls.wrap_socket(plain, server_side=True)
        with connection, connection.makefile("rb") as stream:
            batch = split(stream.read())
            # Kept before the sender is told by the end of the connection.
            self.batches.append(batch)


def split(octets: bytes) -> list[bytes]:
    """Messages that each have their length before them (RFC 6587, 3.4.1)."""
    messages = []
    while octets:
        length, _, rest = octets.partition(b" ")
        assert length.isdigit()
        messages.append(rest[: int(length)])
        assert len(messages[-1]) == int(length), "cut"
        octets = rest[int(length) :]
    return messages
