"""What is sent again, and what never is."""

import socket
import time

import pytest
import requests
import responses

from gateways import errors
from gateways.transport import DEADLINE, TIMEOUT, Transport
from tests.unit.gateways.calls import CALLS, READS, SERVICE, SILENT, WRITES
from tests.unit.gateways.raw_server import (
    RawServer,
    Script,
    after,
    answer,
    drip,
    hang_up,
    reset,
    send,
    silence,
)

OK = answer(body={}, headers={"Location": "/thing/1"})
NOTHING = answer(204, b"")
CUT = send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", close=True)
CUT_CHUNK = send(
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{", close=True
)
NO_HTTP = send(b"SSH-2.0-OpenSSH_9.2\r\n", close=True)
LOST: dict[str, Script] = {
    "reset": reset,
    "closed": hang_up,
    "cut": CUT,
    "cut chunk": CUT_CHUNK,
    "no http": NO_HTTP,
}


def transport(server: RawServer, deadline: float = DEADLINE) -> Transport:
    return Transport(SERVICE, server.url, timeout=(1, 1), deadline=deadline)


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_without_a_clear_answer_is_unknown_and_never_repeated(
    name: str, how: str
) -> None:
    with RawServer(LOST[how], OK) as server:
        with pytest.raises(errors.GatewayError) as caught:
            WRITES[name](transport(server))

        assert type(caught.value) is errors.OutcomeUnknownError
        assert caught.value.status is None
        assert len(server.requests) == 1


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("name", READS)
def test_a_read_whose_connection_breaks_is_repeated(name: str, how: str) -> None:
    with RawServer(LOST[how], LOST[how], OK) as server:
        assert READS[name](transport(server)) == {}

        assert len(server.requests) == 3


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("name", READS)
def test_a_read_is_repeated_twice_at_most(name: str, how: str) -> None:
    with RawServer(LOST[how]) as server:
        with pytest.raises(errors.GatewayError) as caught:
            READS[name](transport(server))

        assert type(caught.value) is errors.UnavailableError
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("name", READS)
def test_a_read_is_repeated_while_the_service_is_away(name: str, status: int) -> None:
    away = answer(status, b"")
    with RawServer(away, away, OK) as server:
        assert READS[name](transport(server)) == {}

        assert len(server.requests) == 3


@pytest.mark.parametrize("name", READS)
def test_a_read_gives_up_while_the_service_stays_away(name: str) -> None:
    with RawServer(answer(503)) as server:
        with pytest.raises(errors.UnavailableError) as caught:
            READS[name](transport(server))

        assert caught.value.status == 503
        assert len(server.requests) == 3


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 429, 500, 501])
@pytest.mark.parametrize("name", READS)
def test_a_read_with_another_answer_is_not_repeated(name: str, status: int) -> None:
    with RawServer(answer(status), OK) as server:
        with pytest.raises(errors.RefusedError):
            READS[name](transport(server))

        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_not_repeated_whatever_the_status(name: str, status: int) -> None:
    with RawServer(answer(status), NOTHING) as server:
        with pytest.raises(errors.OutcomeUnknownError):
            WRITES[name](transport(server))

        assert len(server.requests) == 1


@pytest.mark.parametrize("name", CALLS)
def test_what_waits_in_vain_is_not_repeated(name: str) -> None:
    expected = errors.UnavailableError if name in READS else errors.OutcomeUnknownError
    with RawServer(silence) as server:
        http = Transport(SERVICE, server.url, timeout=(1, 0.1))

        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](http)

        assert type(caught.value) is expected
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", CALLS)
def test_without_a_connection_nothing_was_changed(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "gateways")
    http = Transport(SERVICE, f"http://127.0.0.1:{_unused_port()}", timeout=(1, 1))

    with pytest.raises(errors.GatewayError) as caught:
        CALLS[name](http)

    assert type(caught.value) is errors.UnavailableError
    assert len(caplog.records) == (3 if name in READS else 1)


@responses.activate
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("failure", "of_a_write"),
    [
        (requests.ConnectTimeout(), errors.UnavailableError),
        (requests.ReadTimeout(), errors.OutcomeUnknownError),
        (requests.ConnectionError(), errors.OutcomeUnknownError),
        (requests.exceptions.ChunkedEncodingError(), errors.OutcomeUnknownError),
        (OSError("disk"), errors.OutcomeUnknownError),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_failure_becomes_one_of_ours(
    name: str, failure: Exception, of_a_write: type[errors.GatewayError]
) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        responses.add(method, "http://keycloak.example/thing", body=failure)
    http = Transport(SERVICE, "http://keycloak.example")

    with pytest.raises(errors.GatewayError) as caught:
        CALLS[name](http)

    expected = errors.UnavailableError if name in READS else of_a_write
    assert type(caught.value) is expected


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_that_drips_ends_with_the_deadline(name: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    expected = errors.UnavailableError if name in READS else errors.OutcomeUnknownError
    with RawServer(drip(head, b" " * 1000, pause=0.02)) as server:
        started = time.monotonic()

        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](transport(server, deadline=0.3))

        assert type(caught.value) is expected
        assert time.monotonic() - started < 3
        assert len(server.requests) == 1


def test_repetitions_end_with_the_deadline_too() -> None:
    with RawServer(after(0.6, answer(503))) as server:
        started = time.monotonic()

        with pytest.raises(errors.UnavailableError):
            transport(server, deadline=1).get("thing", parse=dict)

        assert time.monotonic() - started < 1.7
        assert len(server.requests) == 2


def test_a_wait_never_outlasts_the_deadline() -> None:
    with RawServer(silence) as server:
        started = time.monotonic()

        with pytest.raises(errors.UnavailableError):
            Transport(SERVICE, server.url, timeout=(5, 5), deadline=0.2).get(
                "thing", parse=dict
            )

        assert time.monotonic() - started < 3


def test_every_call_has_a_timeout_and_a_deadline() -> None:
    assert TIMEOUT == (3.05, 10)
    assert DEADLINE == 20


def test_reads_share_a_connection() -> None:
    with RawServer(OK) as server:
        http = transport(server)

        for _ in range(3):
            http.get("thing", parse=dict)

        assert (len(server.requests), server.connections) == (3, 1)


def test_a_kept_connection_that_died_costs_a_read_nothing() -> None:
    with RawServer(OK, hang_up, OK) as server:
        http = transport(server)

        http.get("thing", parse=dict)
        http.get("thing", parse=dict)

        assert (len(server.requests), server.connections) == (3, 2)


@pytest.mark.parametrize("name", [*WRITES, "post_form"])
def test_everything_else_has_a_connection_of_its_own(name: str) -> None:
    done = NOTHING if name in SILENT else OK
    with RawServer(OK, done) as server:
        http = transport(server)

        http.get("thing", parse=dict)
        CALLS[name](http)
        CALLS[name](http)

        assert (len(server.requests), server.connections) == (3, 3)


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
