"""Whom a transport trusts, and what it says of those whom it does not."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gateways import errors
from gateways.transport import Transport
from tests.unit.gateways.calls import CALLS, SERVICE, WRITES
from tests.unit.gateways.certificates import Authority
from tests.unit.gateways.raw_server import RawServer, answer, break_encryption

TIMEOUT = (5, 5)

# The certificate, and what OpenSSL says of it.
DISTRUSTED: dict[str, tuple[Callable[[Authority], object], str]] = {
    "expired": (lambda own: own.server(days=-1), "certificate has expired"),
    "of another host": (lambda own: own.server(host="other.example"), "localhost"),
    "self-signed": (lambda own: own.server(self_signed=True), "self-signed"),
    "of another authority": (
        lambda own: Authority.make(own.folder / "other", "Another").server(),
        "unable to get local issuer certificate",
    ),
}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


@pytest.mark.parametrize("what", DISTRUSTED)
@pytest.mark.parametrize("name", ["get", "post_form", "put", "delete"])
def test_nothing_is_sent_to_a_server_with_a_wrong_certificate(
    authority: Authority, name: str, what: str
) -> None:
    make, said = DISTRUSTED[what]
    with RawServer(answer(), tls=make(authority)) as server:  # type: ignore[arg-type]
        http = Transport(
            SERVICE, server.url, timeout=TIMEOUT, ca_file=str(authority.file)
        )

        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](http)

        assert server.requests == []
    assert type(caught.value) is errors.UntrustedError
    assert isinstance(caught.value, errors.RefusedError)
    assert "certificate" in caught.value.reason
    assert said in caught.value.detail


@pytest.mark.parametrize("name", CALLS)
def test_without_a_file_an_own_authority_is_not_trusted(
    authority: Authority, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the environment of the process change whom we trust."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with RawServer(answer(), tls=authority.server()) as server:
        with pytest.raises(errors.UntrustedError):
            CALLS[name](Transport(SERVICE, server.url, timeout=TIMEOUT))

        assert server.requests == []


@pytest.mark.parametrize("name", CALLS)
def test_with_its_file_an_own_authority_is_trusted(
    authority: Authority, name: str
) -> None:
    body = b"" if name in {"put", "delete", "post_for_nothing"} else b"{}"
    script = answer(200, body, {"Location": "/things/1"})
    with RawServer(script, tls=authority.server()) as server:
        http = Transport(
            SERVICE, server.url, timeout=TIMEOUT, ca_file=str(authority.file)
        )

        CALLS[name](http)

        assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["get", "put", "delete"])
def test_a_port_that_speaks_no_tls_gets_nothing(name: str) -> None:
    with RawServer(answer()) as server:
        url = server.url.replace("http:", "https:")

        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](Transport(SERVICE, url, timeout=(2, 2)))

        assert type(caught.value) is errors.UnavailableError


@pytest.mark.parametrize("name", ["get", "put", "delete"])
def test_a_connection_that_breaks_before_tls_stands_sent_nothing(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hanging_up = threading.Thread(target=_hang_up_on_all, args=(listener,))
        hanging_up.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        try:
            with pytest.raises(errors.GatewayError) as caught:
                CALLS[name](Transport(SERVICE, url, timeout=TIMEOUT))
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            hanging_up.join()

    assert type(caught.value) is errors.UnavailableError


@pytest.mark.parametrize("name", WRITES)
def test_a_write_over_tls_that_breaks_after_it_was_sent_is_unknown(
    authority: Authority, name: str
) -> None:
    with RawServer(break_encryption, tls=authority.server()) as server:
        http = Transport(
            SERVICE, server.url, timeout=TIMEOUT, ca_file=str(authority.file)
        )

        with pytest.raises(errors.GatewayError) as caught:
            WRITES[name](http)

        assert type(caught.value) is errors.OutcomeUnknownError
        assert len(server.requests) == 1


def _hang_up_on_all(listener: socket.socket) -> None:
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        connection.recv(1)
        connection.close()
