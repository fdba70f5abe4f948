"""The token that goes along, and what happens when it is refused."""

import pytest

from gateways import errors
from gateways.transport import Transport
from tests.unit.gateways.calls import CALLS, READS, SERVICE, SILENT
from tests.unit.gateways.raw_server import RawServer, answer, reset

REFUSED = answer(401, {"error": "HTTP 401 Unauthorized"})


class NumberedToken:
    """A new number after each that was dropped."""

    def __init__(self) -> None:
        self.number = 1
        self.dropped: list[str] = []

    def value(self) -> str:
        return f"token-{self.number}"

    def drop(self, value: str) -> None:
        self.dropped.append(value)
        self.number += 1


class NoToken:
    def __init__(self, failure: errors.GatewayError) -> None:
        self._failure = failure

    def value(self) -> str:
        raise self._failure

    def drop(self, value: str) -> None:
        raise AssertionError("there was none")


def tokens_sent(server: RawServer) -> list[bytes]:
    lines = [line for request in server.requests for line in request.split(b"\r\n")]
    start = b"Authorization: Bearer "
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


@pytest.mark.parametrize("name", CALLS)
def test_a_refused_token_is_replaced_once(name: str) -> None:
    body = b"" if name in SILENT else b"{}"
    token = NumberedToken()
    with RawServer(REFUSED, answer(201, body, {"Location": "/clients/1"})) as server:
        CALLS[name](Transport(SERVICE, server.url, token=token))

    assert tokens_sent(server) == [b"token-1", b"token-2"]
    assert token.dropped == ["token-1"]


@pytest.mark.parametrize("name", CALLS)
def test_a_second_refusal_is_final(name: str) -> None:
    token = NumberedToken()
    with RawServer(REFUSED) as server:
        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](Transport(SERVICE, server.url, token=token))

        assert type(caught.value) is errors.CredentialsRefusedError
        assert len(server.requests) == 2


@pytest.mark.parametrize("name", CALLS)
def test_without_a_token_a_refusal_is_final_at_once(name: str) -> None:
    with RawServer(REFUSED) as server:
        with pytest.raises(errors.CredentialsRefusedError):
            CALLS[name](Transport(SERVICE, server.url))

        assert len(server.requests) == 1
        assert tokens_sent(server) == []


@pytest.mark.parametrize("name", [name for name in CALLS if name not in READS])
def test_a_write_that_gets_no_answer_with_its_new_token_is_unknown(name: str) -> None:
    with RawServer(REFUSED, reset, answer(204, b"")) as server:
        with pytest.raises(errors.OutcomeUnknownError):
            CALLS[name](Transport(SERVICE, server.url, token=NumberedToken()))

        assert len(server.requests) == 2


def test_a_forbidden_call_keeps_its_token() -> None:
    token = NumberedToken()
    with RawServer(answer(403)) as server, pytest.raises(errors.AccessDeniedError):
        Transport(SERVICE, server.url, token=token).delete("thing")

    assert token.dropped == []


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "failure",
    [
        errors.CredentialsRefusedError(SERVICE, "HTTP 401", status=401),
        errors.UnavailableError(SERVICE, "no answer"),
        errors.UnreadableAnswerError(SERVICE, "an answer we cannot read"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_without_a_token_to_be_had_nothing_is_sent(
    name: str, failure: errors.GatewayError
) -> None:
    with RawServer(answer()) as server:
        with pytest.raises(errors.RefusedError) as caught:
            CALLS[name](Transport(SERVICE, server.url, token=NoToken(failure)))

        assert caught.value is failure
        assert server.requests == []


@pytest.mark.parametrize("name", CALLS)
def test_if_the_token_takes_all_the_time_nothing_is_sent(name: str) -> None:
    with RawServer(answer()) as server:
        http = Transport(SERVICE, server.url, token=NumberedToken(), deadline=0)

        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](http)

        assert type(caught.value) is errors.UnavailableError
        assert server.requests == []
