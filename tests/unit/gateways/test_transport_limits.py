"""How large an answer may be, where a call may go, and how it is addressed."""

import gzip
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from gateways import errors
from gateways.transport import MAX_ANSWER, Transport
from tests.unit.gateways.calls import CALLS, READS, SERVICE
from tests.unit.gateways.raw_server import RawServer, answer, send

BASE = "http://keycloak.example/auth"


def first_line(server: RawServer) -> str:
    return server.requests[0].split(b"\r\n")[0].decode()


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.transport.MAX_ANSWER", 1000)
    expected = errors.UnavailableError if name in READS else errors.OutcomeUnknownError
    with RawServer(answer(body=b" " * 1001)) as server:
        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](Transport(SERVICE, server.url))

        assert type(caught.value) is expected
        assert len(server.requests) == 1


def test_an_answer_may_be_as_large_as_the_limit() -> None:
    body = b"{}" + b" " * (MAX_ANSWER - 2)
    with RawServer(answer(body=body)) as server:
        assert Transport(SERVICE, server.url).get("thing", parse=dict) == {}


def test_the_limit_holds_after_decompression() -> None:
    packed = gzip.compress(b" " * (MAX_ANSWER + 1))
    with (
        RawServer(answer(body=packed, headers={"Content-Encoding": "gzip"})) as server,
        pytest.raises(errors.UnavailableError),
    ):
        Transport(SERVICE, server.url).get("thing", parse=dict)


def test_a_compressed_answer_is_read() -> None:
    packed = gzip.compress(b'{"a": 1}')
    with RawServer(answer(body=packed, headers={"Content-Encoding": "gzip"})) as server:
        assert Transport(SERVICE, server.url).get("thing", parse=dict) == {"a": 1}


def test_an_answer_in_chunks_is_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with RawServer(send(head + b'3\r\n{"a\r\n5\r\n": 1}\r\n0\r\n\r\n')) as server:
        assert Transport(SERVICE, server.url).get("thing", parse=dict) == {"a": 1}


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_that_cannot_be_unpacked(name: str) -> None:
    broken = answer(body=b"not gzip", headers={"Content-Encoding": "gzip"})
    expected = errors.UnavailableError if name in READS else errors.OutcomeUnknownError
    with RawServer(broken) as server:
        with pytest.raises(errors.GatewayError) as caught:
            CALLS[name](Transport(SERVICE, server.url))

        assert type(caught.value) is expected


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("name", CALLS)
def test_a_redirect_is_not_followed(name: str, status: int) -> None:
    with RawServer(answer(204, b"")) as elsewhere:
        away = answer(status, b"", {"Location": f"{elsewhere.url}/thing"})
        with (
            RawServer(away) as server,
            pytest.raises(errors.UnavailableError) as caught,
        ):
            CALLS[name](Transport(SERVICE, server.url))

        assert elsewhere.requests == []
        assert caught.value.status == status
        assert "is its address right?" in str(caught.value)


def test_no_segment_leaves_its_place() -> None:
    with RawServer(answer()) as server:
        http = Transport(SERVICE, f"{server.url}/auth/")

        http.get(
            *("a b", "c/d", "é", "x?y#z", "%2e%2e", "..;", ";v=1", "..\\", "..."),
            parse=dict,
        )

        assert first_line(server) == (
            "GET /auth/a%20b/c%2Fd/%C3%A9/x%3Fy%23z/%252e%252e/..%3B/%3Bv%3D1/..%5C"
            "/... HTTP/1.1"
        )


@pytest.mark.parametrize("segment", ["", ".", ".."])
@pytest.mark.parametrize("name", CALLS)
def test_a_segment_that_would_leave_its_place_is_not_sent(
    name: str, segment: str
) -> None:
    with RawServer(answer()) as server:
        http = Transport(SERVICE, server.url)
        calls: dict[str, Callable[[], Any]] = {
            "get": lambda: http.get("clients", segment, parse=dict),
            "post_form": lambda: http.post_form(segment, "a", form={}, parse=dict),
            "post": lambda: http.post("clients", segment, "secret", parse=dict),
            "post_for_location": lambda: http.post_for_location(segment, json={}),
            "post_for_nothing": lambda: http.post_for_nothing("a", segment, json=[]),
            "put_for_answer": lambda: http.put_for_answer(
                *("clusters", segment), json={}, parse=dict
            ),
            "put": lambda: http.put("clients", segment, json={}),
            "delete": lambda: http.delete("clients", segment),
        }

        with pytest.raises(errors.GatewayError) as caught:
            calls[name]()

        assert type(caught.value) is errors.NotFoundError
        assert server.requests == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_is_one_segment(segments: list[str]) -> None:
    http = Transport(SERVICE, BASE)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(re.compile(".*", re.DOTALL), json={})
        if {"", ".", ".."}.isdisjoint(segments):
            http.get(*segments, parse=dict)
            path = urlsplit(str(mock.calls[0].request.url)).path
            assert [unquote(part) for part in path.split("/")[2:]] == segments
        else:
            with pytest.raises(errors.NotFoundError):
                http.get(*segments, parse=dict)
            assert len(mock.calls) == 0


def test_parameters_are_quoted_too() -> None:
    with RawServer(answer()) as server:
        Transport(SERVICE, server.url).get("c", params={"id": "a&b=é /"}, parse=dict)

        assert first_line(server) == "GET /c?id=a%26b%3D%C3%A9+%2F HTTP/1.1"
