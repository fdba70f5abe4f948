"""Tests reach this machine and no other."""

import socket

import pytest
import requests
from pytest_socket import SocketConnectBlockedError

from gateways.transport import Transport

# It is also a warning, and a warning is an error here; this looks at the block itself.
pytestmark = pytest.mark.filterwarnings("ignore:A test tried to use socket")
ELSEWHERE = ("192.0.2.1", 443)


def test_a_connection_to_another_machine_is_refused_before_it_is_made() -> None:
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(ELSEWHERE, timeout=1)


def test_so_is_an_http_request() -> None:
    with pytest.raises(SocketConnectBlockedError):
        requests.get("http://192.0.2.1/", timeout=1)


def test_so_is_a_gateways() -> None:
    with pytest.raises(SocketConnectBlockedError):
        Transport("Keycloak", "http://192.0.2.1").get("x", parse=str)


def test_this_machine_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as connection,
    ):
        assert connection.getpeername() == server.getsockname()
