"""When a service is left alone, when it is asked again, and by how many at once."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from gateways import errors
from gateways.breaker import Breaker, State, Upstream
from gateways.transport import Transport
from tests.unit.gateways.calls import CALLS, SERVICE, WRITES
from tests.unit.gateways.raw_server import RawServer, Script, answer, reset, silence


class Clock:
    """One that only goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, rest=10, clock=clock)


@pytest.fixture
def upstream(breaker: Breaker) -> Upstream:
    return Upstream(SERVICE, at_once=2, patience=0.05, breaker=breaker)


def open_it(breaker: Breaker) -> None:
    for _ in range(3):
        assert breaker.admits()
        breaker.failed()


def test_a_breaker_opens_after_failures_in_a_row(breaker: Breaker) -> None:
    open_it(breaker)

    assert breaker.state is State.OPEN
    assert not breaker.admits()


def test_an_answer_in_between_starts_the_count_anew(breaker: Breaker) -> None:
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.answered()

    assert breaker.state is State.CLOSED


def test_after_its_rest_exactly_one_call_goes_out(
    breaker: Breaker, clock: Clock
) -> None:
    open_it(breaker)
    clock.now += 9.9
    assert not breaker.admits()
    clock.now += 0.2

    assert breaker.state is State.HALF_OPEN
    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_a_probe_that_is_answered_closes_it(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    clock.now += 11
    assert breaker.admits()

    breaker.answered()

    assert breaker.state is State.CLOSED
    assert all(breaker.admits() for _ in range(3))


def test_a_probe_that_fails_opens_it_for_another_rest(
    breaker: Breaker, clock: Clock
) -> None:
    open_it(breaker)
    clock.now += 11
    assert breaker.admits()

    breaker.failed()

    clock.now += 9.9
    assert not breaker.admits()
    clock.now += 0.2
    assert breaker.admits()


def test_a_probe_that_is_never_heard_of_blocks_nobody(
    breaker: Breaker, clock: Clock
) -> None:
    open_it(breaker)
    clock.now += 11
    assert breaker.admits()

    clock.now += 11

    assert breaker.admits()


@pytest.mark.parametrize("script", [reset, silence], ids=["reset", "silence"])
def test_a_service_that_does_not_answer_is_not_asked_any_more(
    upstream: Upstream, script: Script
) -> None:
    with RawServer(script) as server:
        http = Transport(SERVICE, server.url, timeout=(1, 0.05), upstream=upstream)
        for _ in range(3):
            with pytest.raises(errors.OutcomeUnknownError):
                http.delete("thing")
        asked = len(server.requests)

        for name in CALLS:
            with pytest.raises(errors.GatewayError) as caught:
                CALLS[name](http)
            assert type(caught.value) is errors.UnavailableError
            assert "not asked" in caught.value.reason

        assert len(server.requests) == asked == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503])
def test_an_answer_never_opens_it(upstream: Upstream, status: int) -> None:
    with RawServer(answer(status)) as server:
        http = Transport(SERVICE, server.url, upstream=upstream)

        for _ in range(6):
            with pytest.raises(errors.GatewayError):
                http.delete("thing")

        assert len(server.requests) == 6
        assert upstream.breaker.state is State.CLOSED


def test_an_answer_that_is_too_large_does_not_open_it(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.transport.MAX_ANSWER", 10)
    with RawServer(answer(body=b" " * 100)) as server:
        http = Transport(SERVICE, server.url, upstream=upstream)

        for _ in range(6):
            with suppress(errors.GatewayError):
                http.get("thing", parse=dict)

    assert upstream.breaker.state is State.CLOSED


def test_once_it_answers_again_everything_goes_on(
    upstream: Upstream, clock: Clock
) -> None:
    with RawServer(reset, reset, reset, answer(204, b"")) as server:
        http = Transport(SERVICE, server.url, upstream=upstream)
        for _ in range(3):
            with pytest.raises(errors.OutcomeUnknownError):
                http.delete("thing")
        clock.now += 11

        http.delete("thing")
        http.delete("thing")

        assert len(server.requests) == 5


def test_the_transports_of_a_service_share_what_they_learn(upstream: Upstream) -> None:
    with RawServer(reset) as away, RawServer(answer(204, b"")) as other:
        for _ in range(3):
            with pytest.raises(errors.OutcomeUnknownError):
                Transport(SERVICE, away.url, upstream=upstream).delete("thing")

        with pytest.raises(errors.UnavailableError):
            Transport(SERVICE, away.url, upstream=upstream).put("thing", json={})
        Transport("Another", other.url, upstream=Upstream("Another")).delete("thing")

        assert (len(away.requests), len(other.requests)) == (3, 1)


def test_no_more_than_a_few_wait_for_one_service(upstream: Upstream) -> None:
    with RawServer(silence) as server:
        http = Transport(SERVICE, server.url, timeout=(1, 3), upstream=upstream)
        waiting = [_in_a_thread(lambda: http.delete("thing")) for _ in range(2)]
        _until(lambda: len(server.requests) == 2)

        for name in WRITES:
            with pytest.raises(errors.UnavailableError) as caught:
                WRITES[name](http)
            assert "too many" in caught.value.reason

        assert len(server.requests) == 2
    for thread in waiting:
        thread.join(10)


def test_a_turn_is_given_back_whatever_happens(upstream: Upstream) -> None:
    with RawServer(answer(403), answer(500), answer(204, b"")) as server:
        http = Transport(SERVICE, server.url, upstream=upstream)
        for _ in range(2):
            with pytest.raises(errors.GatewayError):
                http.delete("thing")

        for _ in range(3):
            http.delete("thing")

        assert len(server.requests) == 5


def test_getting_a_token_does_not_take_the_turn_of_its_own_call() -> None:
    upstream = Upstream(SERVICE, at_once=1, patience=0.05)
    with RawServer(answer()) as server:
        plain = Transport(SERVICE, server.url, upstream=upstream)
        http = Transport(SERVICE, server.url, token=_Asking(plain), upstream=upstream)

        http.get("thing", parse=dict)

        assert len(server.requests) == 2


class _Asking:
    """A token that has to be fetched from the same service."""

    def __init__(self, http: Transport) -> None:
        self._http = http

    def value(self) -> str:
        self._http.post_form("token", form={}, parse=dict)
        return "token"

    def drop(self, value: str) -> None:
        raise AssertionError("it was good")


def _in_a_thread(call: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        with suppress(errors.GatewayError):
            call()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come to that")
