"""Syslog over TCP, with TLS or without, or over UDP. Plain Python, no retries.

On a connection each message is preceded by its length (RFC 6587, 3.4.1; RFC 5425).
Syslog acknowledges nothing. So a batch is one connection: we end our side and wait for
the receiver to end its own, which it does once it has read all there was.
"""

import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateways.errors import UnavailableError

TIMEOUT = 10.0  # seconds for each step
DEADLINE = 30.0  # seconds for a batch
LARGEST_DATAGRAM = 65_000  # bytes; a longer message is cut, as RFC 5426 has it

logger = logging.getLogger("gateways")


@dataclass(frozen=True, slots=True)
class SyslogGateway:
    """`transport` is tcp, tls or udp. Of TLS, the system's authorities are trusted."""

    service: str
    host: str
    port: int
    transport: str
    context: ssl.SSLContext | None = None

    def send(self, messages: Iterable[bytes]) -> None:
        """Deliver the messages, in their order.

        Raises UnavailableError: some of them may have arrived, and none counts.
        """
        started, outcome = time.monotonic(), "no answer"
        try:
            if self.transport == "udp":
                self._send_datagrams(messages)
            else:
                self._send_stream(messages, until=started + DEADLINE)
            outcome = "sent"
        except OSError as exc:
            outcome = type(exc).__name__
            raise UnavailableError(self.service, outcome) from None
        finally:
            spent = (time.monotonic() - started) * 1000
            logger.info("%s %s %s %d ms", self.service, self.transport, outcome, spent)

    def _send_datagrams(self, messages: Iterable[bytes]) -> None:
        address = (self.host, self.port)
        family = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0][0]
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(address)
            for message in messages:
                connection.send(message[:LARGEST_DATAGRAM])

    def _send_stream(self, messages: Iterable[bytes], *, until: float) -> None:
        with self._connected() as connection:
            for message in messages:
                if time.monotonic() > until:
                    raise TimeoutError("deadline")
                connection.sendall(b"%d %b" % (len(message), message))
            _finish(connection, until)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        address = (self.host, self.port)
        with socket.create_connection(address, timeout=TIMEOUT) as plain:
            if self.transport != "tls":
                yield plain
                return
            context = self.context or ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=self.host) as secured:
                yield secured


def _finish(connection: socket.socket, until: float) -> None:
    """End our side and wait for the other: had it not read all, it would reset."""
    if isinstance(connection, ssl.SSLSocket):
        # Many receivers close without the farewell of TLS; a reset is another error.
        with contextlib.suppress(ssl.SSLEOFError, ssl.SSLZeroReturnError):
            connection = connection.unwrap()
    with contextlib.suppress(ssl.SSLEOFError):
        connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        if time.monotonic() > until:
            raise TimeoutError("deadline")
