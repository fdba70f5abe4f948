"""How long a call waits: for headers that drip, and where it is asked to wait."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from gateways import errors
from gateways.transport import LONGEST_PAUSE, Transport
from tests.unit.gateways.calls import CALLS, READS, SERVICE, WRITES
from tests.unit.gateways.raw_server import RawServer, answer, drip, send

OK = answer(body={}, headers={"Location": "/thing/1"})
LONG_HEAD = b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 1000 + b"\r\n\r\n"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been slept, and was not."""
    slept: list[float] = []
    monkeypatch.setattr("gateways.transport.time.sleep", slept.append)
    return slept


@pytest.mark.parametrize("name", CALLS)
def test_headers_that_drip_end_with_the_deadline(name: str) -> None:
    expected = errors.UnavailableError if name in READS else errors.OutcomeUnknownError
    with RawServer(drip(b"", LONG_HEAD, pause=0.02)) as server:
        started = time.monotonic()

        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](Transport(SERVICE, server.url, timeout=(1, 1), deadline=0.3))

        assert type(caught.value) is expected
        assert time.monotonic() - started < 3
        assert len(server.requests) == 1


def test_headers_without_end_are_not_read_for_ever() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-More: y\r\n" * 5000
    with RawServer(send(endless)) as server:
        with pytest.raises(errors.OutcomeUnknownError):
            Transport(SERVICE, server.url).delete("thing")

        assert len(server.requests) == 1


def test_a_kept_connection_has_the_whole_deadline_for_its_next_answer() -> None:
    slow_head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with RawServer(drip(b"", slow_head, pause=0.005)) as server:
        http = Transport(SERVICE, server.url, timeout=(1, 1), deadline=2)

        for _ in range(3):
            http.get("thing", parse=dict)

        assert (len(server.requests), server.connections) == (3, 1)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("name", READS)
def test_a_read_waits_as_long_as_the_service_asks(
    name: str, status: int, pauses: list[float]
) -> None:
    busy = answer(status, b"", {"Retry-After": "1"})
    with RawServer(busy, OK) as server:
        assert READS[name](Transport(SERVICE, server.url)) == {}

        assert len(server.requests) == 2
    assert pauses == [1]


def test_the_time_may_be_told_by_a_date(pauses: list[float]) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    with RawServer(answer(503, b"", {"Retry-After": soon}), OK) as server:
        Transport(SERVICE, server.url).get("thing", parse=dict)

        assert len(server.requests) == 2
    assert 0 <= pauses[0] <= 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wanted", [str(int(LONGEST_PAUSE) + 1), "3600", "9" * 30])
def test_a_read_does_not_wait_longer_than_a_person_would(
    status: int, wanted: str, pauses: list[float]
) -> None:
    with RawServer(answer(status, b"", {"Retry-After": wanted}), OK) as server:
        with pytest.raises(errors.UnavailableError) as caught:
            Transport(SERVICE, server.url).get("thing", parse=dict)

        assert caught.value.status == status
        assert len(server.requests) == 1
    assert pauses == []


def test_a_wait_that_ends_after_the_deadline_is_not_begun(pauses: list[float]) -> None:
    with RawServer(answer(503, b"", {"Retry-After": "2"}), OK) as server:
        with pytest.raises(errors.UnavailableError):
            Transport(SERVICE, server.url, deadline=1.5).get("thing", parse=dict)

        assert len(server.requests) == 1
    assert pauses == []


@pytest.mark.parametrize("wanted", ["soon", "", "-1", "1.5", "\x00"])
def test_a_wish_that_makes_no_sense_is_passed_over(
    wanted: str, pauses: list[float]
) -> None:
    with RawServer(answer(503, b"", {"Retry-After": wanted}), OK) as server:
        Transport(SERVICE, server.url).get("thing", parse=dict)

        assert len(server.requests) == 2
    assert len(pauses) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_not_repeated_when_the_service_asks_for_it(
    name: str, status: int, pauses: list[float]
) -> None:
    with RawServer(answer(status, b"", {"Retry-After": "0"}), OK) as server:
        with pytest.raises(errors.GatewayError):
            WRITES[name](Transport(SERVICE, server.url))

        assert len(server.requests) == 1
    assert pauses == []


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_shorter_than_it_says_is_no_answer(name: str) -> None:
    short = send(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}", close=True)
    expected = errors.UnavailableError if name in READS else errors.OutcomeUnknownError
    with RawServer(short) as server:
        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](Transport(SERVICE, server.url, timeout=(1, 1)))

        assert type(caught.value) is expected


@pytest.mark.parametrize("length", ["-1", "many", "1, 2"])
def test_a_length_that_makes_no_sense_is_no_answer_to_a_write(length: str) -> None:
    odd = send(
        f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n<x>".encode(), close=True
    )
    with RawServer(odd) as server:
        with pytest.raises(errors.OutcomeUnknownError):
            Transport(SERVICE, server.url, timeout=(1, 1)).delete("thing")

        assert len(server.requests) == 1
