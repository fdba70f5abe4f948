"""Requests that two servers would cut differently: one of them answered, or none."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.instances import Instance, running_instances
from tests.sandbox_control import SandboxControl

SMUGGLED = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = f"0\r\n\r\n{SMUGGLED}"
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
# Of the lines with the length of the body: each set can be read in two ways.
AMBIGUOUS = {
    "a length and chunks": [LENGTH, CHUNKED],
    "chunks and a length": [CHUNKED, LENGTH],
    "two lengths": ["Content-Length: 5", LENGTH],
    "two lengths in one": [f"Content-Length: 5, {len(BODY)}"],
    "a length with a sign": ["Content-Length: +5"],
    "a length below zero": ["Content-Length: -1"],
    "a length in hexadecimal": ["Content-Length: 0x5"],
    "a length with an underscore": ["Content-Length: 1_0"],
    "chunks by another name": ["Transfer-Encoding: xchunked"],
    "chunks in chunks": [CHUNKED, CHUNKED],
    "chunks and something else": ["Transfer-Encoding: chunked, identity"],
    "a space before the colon": [LENGTH, "Transfer-Encoding : chunked"],
    "a tab before the colon": [LENGTH, "Transfer-Encoding\t: chunked"],
    "a folded line": [LENGTH, "X-Folded: a\r\n Transfer-Encoding: chunked"],
    "a null character": [LENGTH, "X-Null: a\0b"],
}


@pytest.fixture
def console(
    shared_db: None, keycloak: SandboxControl, tmp_path: Path
) -> Iterator[Instance]:
    with running_instances(1, f"{keycloak.url}/auth", tmp_path) as instances:
        yield instances[0]


def send(console: Instance, lines: list[str]) -> bytes:
    """All that comes back until the server closes, or says nothing for a second."""
    head = "\r\n".join(["POST /theme/ HTTP/1.1", "Host: localhost", *lines])
    received = b""
    with socket.create_connection(("127.0.0.1", console.port), timeout=30) as peer:
        peer.sendall(f"{head}\r\n\r\n{BODY}".encode())
        try:
            while piece := peer.recv(65536):
                received += piece
                peer.settimeout(1)
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def test_an_ambiguous_request_is_refused_and_carries_no_other(
    console: Instance,
) -> None:
    plain = send(console, [LENGTH])
    found = {name: send(console, lines) for name, lines in AMBIGUOUS.items()}

    assert statuses_in(plain)[0] == "403", "read to its end, and refused by us"
    for name, answer in found.items():
        assert statuses_in(answer) in (["400"], ["501"]), name


def statuses_in(answer: bytes) -> list[str]:
    return re.findall(r"^HTTP/1\.1 (\d{3})", answer.decode("latin-1"), re.MULTILINE)
