"""Connections that keep to the deadline of a whole call.

A timeout of requests is for one reading: a service that sends its headers or its body
byte by byte would never trip it. Here no reading lasts beyond the deadline.
"""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


@dataclass(slots=True)
class Call:
    """One call under way. While it is still `connecting`, nothing was sent."""

    until: float
    connecting: bool = False

    def is_over_in(self, seconds: float) -> bool:
        return time.monotonic() + seconds >= self.until


_current: ContextVar[Call] = ContextVar("call")


@contextmanager
def call_until(until: float) -> Iterator[Call]:
    """What connects and reads in this block does so until then (monotonic seconds)."""
    call = Call(until)
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)


class _BoundedReader(io.RawIOBase):
    """Reads from a socket; each reading may take what is left of the deadline."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, until: float) -> None:
        self._sock = sock
        self._raw = raw
        self._until = until
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        self._sock.settimeout(
            left if self._timeout is None else min(self._timeout, left)
        )
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        bounded = _BoundedReader(sock, raw, _current.get().until)
        self.fp = io.BufferedReader(bounded)


class _Connection(HTTPConnection):
    response_class = _BoundedResponse

    def connect(self) -> None:
        call = _current.get()
        call.connecting = True
        super().connect()
        call.connecting = False


class _SecureConnection(HTTPSConnection):
    response_class = _BoundedResponse

    def connect(self) -> None:
        call = _current.get()
        call.connecting = True
        super().connect()
        call.connecting = False


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
