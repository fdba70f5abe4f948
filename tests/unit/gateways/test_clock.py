"""A clock that is set while a call is under way, or between two, changes nothing."""

import time

import pytest

from gateways import errors
from gateways.breaker import Breaker, State
from gateways.client_authentication import BySecret
from gateways.tokens import ServiceAccountToken
from gateways.transport import Transport
from tests.unit.gateways.calls import SERVICE
from tests.unit.gateways.raw_server import RawServer, answer, drip, silence

DAY = 86400.0
jumps = pytest.mark.parametrize("jump", [-DAY, DAY], ids=["back", "ahead"])


def set_clock(monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    """What people call the time; how long something takes is measured otherwise."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)


@jumps
def test_a_deadline_is_not_moved(jump: float, monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with RawServer(drip(head, b" " * 1000, pause=0.02)) as server:
        http = Transport(SERVICE, server.url, timeout=(1, 1), deadline=0.4)
        set_clock(monkeypatch, jump)
        started = time.monotonic()

        with pytest.raises(errors.UnavailableError):
            http.get("thing", parse=dict)

        assert 0.3 < time.monotonic() - started < 3


@jumps
def test_a_timeout_is_not_moved(jump: float, monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(silence) as server:
        set_clock(monkeypatch, jump)
        started = time.monotonic()

        with pytest.raises(errors.OutcomeUnknownError):
            Transport(SERVICE, server.url, timeout=(1, 0.2)).delete("thing")

        assert 0.1 < time.monotonic() - started < 3


@jumps
def test_a_token_stays_as_good_as_it_was(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(body={"access_token": "t", "expires_in": 300})) as server:
        token = ServiceAccountToken(
            Transport(SERVICE, server.url),
            realm="r",
            authentication=BySecret("console", "only-for-tests"),
        )
        token.value()

        set_clock(monkeypatch, jump)

        assert token.value() == "t"
        assert len(server.requests) == 1


@jumps
def test_a_service_is_left_alone_no_longer_and_no_shorter(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = Breaker(failures=1, rest=60)
    breaker.failed()

    set_clock(monkeypatch, jump)

    assert breaker.state is State.OPEN
