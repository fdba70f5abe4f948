"""Syslog: every message arrives whole and in order, or the sender is told."""

import socket
import ssl
from pathlib import Path

import pytest

from gateways.errors import UnavailableError
from gateways.syslog import SyslogGateway
from tests.unit.gateways.certificates import Authority
from tests.unit.gateways.collecting import SyslogReceiver

MESSAGES = [b"<109>1 - first", "<109>1 - Zoë\n".encode(), b"", b"x" * 70_000]


def gateway(
    port: int, transport: str = "tcp", **values: ssl.SSLContext
) -> SyslogGateway:
    return SyslogGateway("Collector", "localhost", port, transport, **values)


def test_messages_arrive_in_order_with_their_length_before_them() -> None:
    with SyslogReceiver() as receiver:
        gateway(receiver.port).send(iter(MESSAGES))

        assert receiver.batches == [MESSAGES]


def test_over_tls_too(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    context = ssl.create_default_context(cafile=str(authority.file))
    with SyslogReceiver(tls=authority.server()) as receiver:
        gateway(receiver.port, "tls", context=context).send(MESSAGES)

        assert receiver.batches == [MESSAGES]


def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    tls = Authority.make(tmp_path).server()
    with SyslogReceiver(tls=tls) as receiver:
        with pytest.raises(UnavailableError, match="SSLCertVerificationError"):
            gateway(receiver.port, "tls").send(MESSAGES)

        assert receiver.batches == []


def test_a_connection_that_is_reset_is_an_error() -> None:
    with SyslogReceiver(breaks=1) as receiver:
        with pytest.raises(UnavailableError):
            gateway(receiver.port).send([b"x" * 1_000_000])

        gateway(receiver.port).send([b"again"])
        assert receiver.batches == [[b"again"]]


def test_a_receiver_that_did_not_read_all_is_an_error() -> None:
    with SyslogReceiver(breaks=1) as receiver, pytest.raises(UnavailableError):
        gateway(receiver.port).send([b"a few bytes more than it reads"])


def test_nobody_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(UnavailableError, match="Collector: ConnectionRefusedError"):
        gateway(port).send([b"x"])


def test_datagrams_hold_a_message_each() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        sender = SyslogGateway(
            "Collector", "127.0.0.1", receiver.getsockname()[1], "udp"
        )

        sender.send([b"first", b"second"])

        assert [receiver.recv(100), receiver.recv(100)] == [b"first", b"second"]
