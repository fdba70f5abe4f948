"""The console's own access token."""

import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

import pytest
import responses

from gateways import errors
from gateways.client_authentication import BySecret
from gateways.tokens import ServiceAccountToken
from gateways.transport import DEADLINE, Transport
from tests.unit.gateways.raw_server import RawServer, Script, after, answer, silence

BASE = "http://keycloak.example/auth"
URL = f"{BASE}/realms/northwind/protocol/openid-connect/token"
CANARY = "canary-secret"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("gateways.tokens.time.monotonic", clock)
    return clock


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def token_of(base: str, deadline: float = DEADLINE) -> ServiceAccountToken:
    return ServiceAccountToken(
        Transport("Keycloak", base, timeout=(2, 2), deadline=deadline),
        realm="northwind",
        authentication=BySecret("api-client-console", CANARY),
    )


def good(value: str = "t", expires_in: object = 300) -> dict[str, object]:
    return {"access_token": value, "expires_in": expires_in, "token_type": "Bearer"}


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    """What each of so many threads, started together, returns or raises."""
    together = threading.Barrier(count)
    results: list[object] = []

    def run() -> None:
        together.wait()
        try:
            results.append(work())
        except errors.GatewayError as exc:
            results.append(exc)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_it_is_asked_for_with_the_client_credentials_grant(
    mock: responses.RequestsMock,
) -> None:
    mock.post(URL, json=good("abc"))

    assert token_of(BASE).value() == "abc"

    request = mock.calls[0].request
    assert parse_qs(str(request.body)) == {
        "grant_type": ["client_credentials"],
        "client_id": ["api-client-console"],
        "client_secret": [CANARY],
    }
    assert CANARY not in str(request.url)


def test_making_one_asks_for_nothing(mock: responses.RequestsMock) -> None:
    token_of(BASE)

    assert len(mock.calls) == 0


def test_it_is_kept(mock: responses.RequestsMock) -> None:
    mock.post(URL, json=good())
    token = token_of(BASE)

    assert [token.value() for _ in range(5)] == ["t"] * 5
    assert len(mock.calls) == 1


@pytest.mark.parametrize(
    ("expires_in", "kept_for"),
    [(300, 270), (60, 30), (50, 25), (10, 5), ("300", 270), (86400, 86370)],
)
def test_it_is_renewed_before_it_ends(
    mock: responses.RequestsMock, clock: Clock, expires_in: object, kept_for: int
) -> None:
    mock.post(URL, json=good("first", expires_in))
    mock.post(URL, json=good("second", expires_in))
    token = token_of(BASE)

    assert token.value() == "first"
    clock.now += kept_for - 0.1
    assert token.value() == "first"
    clock.now += 0.1
    assert token.value() == "second"


def test_one_that_is_over_at_once_is_used_once(mock: responses.RequestsMock) -> None:
    mock.post(URL, json=good("first", 0))
    mock.post(URL, json=good("second", 0))
    token = token_of(BASE)

    assert [token.value(), token.value()] == ["first", "second"]


def test_a_dropped_one_is_replaced(mock: responses.RequestsMock) -> None:
    mock.post(URL, json=good("first"))
    mock.post(URL, json=good("second"))
    token = token_of(BASE)

    token.drop(token.value())

    assert token.value() == "second"


def test_dropping_an_older_one_keeps_the_newer(mock: responses.RequestsMock) -> None:
    mock.post(URL, json=good("newer"))
    token = token_of(BASE)
    token.drop("nothing yet")

    assert token.value() == "newer"
    token.drop("older")

    assert token.value() == "newer"
    assert len(mock.calls) == 1


def test_a_burst_of_threads_costs_one_token() -> None:
    slowly = after(0.5, answer(body=good("shared")))
    with RawServer(slowly) as server:
        token = token_of(server.url)

        assert in_threads(20, token.value) == ["shared"] * 20
        assert len(server.requests) == 1


def test_a_burst_of_refused_calls_costs_one_more_token() -> None:
    with RawServer(answer(body=good("a")), answer(body=good("b"))) as server:
        token = token_of(server.url)
        first = token.value()

        def retry() -> str:
            token.drop(first)
            return token.value()

        assert in_threads(20, retry) == ["b"] * 20
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (after(0.5, answer(401)), errors.CredentialsRefusedError),
        (after(0.5, answer(500)), errors.UnavailableError),
        (silence, errors.UnavailableError),
    ],
    ids=["refused", "broken", "silent"],
)
def test_threads_that_wait_in_vain_wait_together(
    script: Script, kind: type[Exception]
) -> None:
    with RawServer(script) as server:
        token = token_of(server.url, deadline=1)
        started = time.monotonic()

        failures = in_threads(20, token.value)

        assert time.monotonic() - started < 5
        assert {type(failure) for failure in failures} == {kind}
        # Each its own: whoever records a failure writes on it.
        assert len({id(failure) for failure in failures}) == 20
        assert len(server.requests) == 1


def test_after_a_failure_the_next_one_tries_again(
    mock: responses.RequestsMock,
) -> None:
    mock.post(URL, status=401)
    mock.post(URL, json=good("late"))
    token = token_of(BASE)

    with pytest.raises(errors.CredentialsRefusedError):
        token.value()

    assert token.value() == "late"


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refused_credentials_are_named_so(
    mock: responses.RequestsMock, status: int
) -> None:
    description = "Invalid client or Invalid client credentials"
    mock.post(URL, status=status, json={"error_description": description})

    with pytest.raises(errors.GatewayError) as caught:
        token_of(BASE).value()

    assert type(caught.value) is errors.CredentialsRefusedError
    assert caught.value.status == status
    assert len(mock.calls) == 1


@pytest.mark.parametrize(
    ("status", "calls"), [(302, 1), (429, 1), (500, 1), (502, 3), (503, 3), (504, 3)]
)
def test_a_service_that_is_away_is_no_refusal(
    mock: responses.RequestsMock, status: int, calls: int
) -> None:
    mock.post(URL, status=status)

    with pytest.raises(errors.GatewayError) as caught:
        token_of(BASE).value()

    assert type(caught.value) is errors.UnavailableError
    assert len(mock.calls) == calls


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b'{"access_token": "t"}',
        b'{"expires_in": 300}',
        b'{"access_token": "t", "expires_in": null}',
        b'{"access_token": "t", "expires_in": "soon"}',
        b'{"access_token": "t", "expires_in": NaN}',
        b'{"access_token": null, "expires_in": 300}',
        b'{"access_token": "", "expires_in": 300}',
        b'{"access_token": 5, "expires_in": 300}',
    ],
    ids=lambda body: body.decode()[:48],
)
def test_an_answer_without_a_token_is_unreadable(
    mock: responses.RequestsMock, body: bytes
) -> None:
    mock.post(URL, body=body)

    with pytest.raises(errors.GatewayError) as caught:
        token_of(BASE).value()

    assert type(caught.value) is errors.UnreadableAnswerError


def test_nothing_shows_the_secret_or_the_token(mock: responses.RequestsMock) -> None:
    mock.post(URL, json=good(f"token-{CANARY}"))
    token = token_of(BASE)

    token.value()

    assert CANARY not in repr(token)
    assert CANARY not in repr(token._token)
