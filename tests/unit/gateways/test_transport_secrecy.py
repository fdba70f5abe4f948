"""What a call says of itself, and what it keeps for itself."""

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from gateways import errors
from gateways.transport import Transport, request_id
from tests.unit.gateways.calls import SERVICE
from tests.unit.gateways.raw_server import (
    RawServer,
    Script,
    answer,
    hang_up,
    reset,
    send,
    silence,
)

CANARY = "canary-5f2e90"

SCRIPTS: dict[str, Script] = {
    "done": answer(body={"value": CANARY}, headers={"X-Secret": CANARY}),
    "no content": answer(204, b""),
    "invalid": answer(400, {"secret": CANARY, "errorMessage": "Too long"}),
    "unauthorized": answer(401, {"error": CANARY}),
    "forbidden": answer(403, {"error": CANARY}),
    "conflict": answer(409, {"value": CANARY}),
    "broken": answer(500, {"error": CANARY}),
    "away": answer(503, CANARY.encode()),
    "unreadable": answer(200, f'{{"value": "{CANARY}"'.encode()),
    "unexpected": answer(200, f'["{CANARY}"]'.encode()),
    "redirect": answer(302, b"", {"Location": f"/elsewhere?code={CANARY}"}),
    "not gzip": answer(body=CANARY.encode(), headers={"Content-Encoding": "gzip"}),
    "cut": send(
        f"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{CANARY}".encode(), close=True
    ),
    "no http": send(f"{CANARY}\r\n".encode(), close=True),
    "silent": silence,
    "closed": hang_up,
    "reset": reset,
}


class CanaryToken:
    def value(self) -> str:
        return f"token-{CANARY}"

    def drop(self, value: str) -> None:
        assert value == self.value()


def everything(server: RawServer) -> list[errors.GatewayError]:
    """Every kind of call with the canary in all that is sent; their failures."""
    body = {"secret": CANARY}
    calls: list[Any] = [
        lambda http: http.get("thing", params={"q": CANARY}, parse=_value),
        lambda http: http.post("thing", json=body, parse=_value),
        lambda http: http.post_form("thing", form=body, parse=_value),
        lambda http: http.post_for_location("thing", json=body),
        lambda http: http.put("thing", json=body),
        lambda http: http.delete("thing"),
    ]
    failures = []
    for call in calls:
        # One each: a service that does not answer is soon not asked any more.
        http = Transport(SERVICE, server.url, token=CanaryToken(), timeout=(1, 0.1))
        try:
            call(http)
        except errors.GatewayError as exc:
            failures.append(exc)
    return failures


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_that_is_sent_or_answered_is_logged_or_raised(
    script: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gateways")
    with RawServer(SCRIPTS[script]) as server:
        failures = everything(server)

        assert any(CANARY.encode() in request for request in server.requests)
    texts = [
        *("".join(traceback.format_exception(failure)) for failure in failures),
        *map(str, failures),
        *map(repr, failures),
        *(str(vars(failure)) for failure in failures),
    ]
    assert len(failures) >= (0 if script == "no content" else 1)
    assert CANARY not in "\n".join(texts)
    assert CANARY not in caplog.text
    assert "Authorization" not in caplog.text
    assert len(caplog.records) >= 6


@pytest.mark.parametrize("script", ["done", "away", "unauthorized", "cut", "no http"])
def test_the_token_is_in_no_log_of_any_library(
    script: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")
    with RawServer(SCRIPTS[script]) as server:
        http = Transport(SERVICE, server.url, token=CanaryToken(), timeout=(1, 0.1))

        try:
            http.put("thing", json={"secret": CANARY})
        except errors.GatewayError:
            logging.getLogger("test").exception("failed")

    assert "urllib3" in caplog.text
    assert CANARY not in caplog.text


def test_an_answer_never_prints_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(SCRIPTS["done"]) as server:
        answered = Transport(SERVICE, server.url)._send("GET", ("thing",))

    assert repr(answered) == "Answer(status=200)"


def test_the_log_names_what_was_done(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateways")
    with RawServer(answer(204, b"")) as server:
        Transport(SERVICE, f"{server.url}/auth").put("clients", "a\nb", json={})

    (record,) = caplog.records
    assert record.levelname == "INFO"
    words = record.getMessage().split(" ")
    assert words[:4] == [SERVICE, "PUT", "/clients/a%0Ab", "204"]
    assert words[4].isdigit()
    assert words[5:] == ["ms"]


def test_the_log_names_what_failed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateways")
    with RawServer(hang_up) as server, pytest.raises(errors.OutcomeUnknownError):
        Transport(SERVICE, server.url).delete("thing")

    assert " DELETE /thing ConnectionError " in caplog.text


def test_the_reference_number_is_sent_along() -> None:
    with RawServer(answer(503), answer()) as server:
        http = Transport(SERVICE, server.url)
        token = request_id.set("r-5678")
        try:
            http.get("thing", parse=dict)
        finally:
            request_id.reset(token)
        http.get("thing", parse=dict)

    sent = [_header(request, "X-Request-ID") for request in server.requests]
    assert sent == ["r-5678", "r-5678", "-"]


def test_what_every_request_carries() -> None:
    with RawServer(answer()) as server:
        http = Transport(SERVICE, server.url, token=CanaryToken())

        http.post("thing", json={"a": 1}, parse=dict)

    (request,) = server.requests
    assert request.startswith(b"POST /thing HTTP/1.1\r\n")
    assert request.endswith(b'\r\n\r\n{"a": 1}')
    assert _header(request, "Accept") == "application/json"
    assert _header(request, "Content-Type") == "application/json"
    assert _header(request, "Authorization") == f"Bearer token-{CANARY}"


def test_a_form_is_sent_as_a_form() -> None:
    with RawServer(answer()) as server:
        Transport(SERVICE, server.url).post_form("t", form={"a": "é&b"}, parse=dict)

    (request,) = server.requests
    assert request.endswith(b"\r\n\r\na=%C3%A9%26b")
    assert _header(request, "Content-Type") == "application/x-www-form-urlencoded"
    assert _header(request, "Authorization") is None


def test_the_environment_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with RawServer(answer()) as server:
        Transport(SERVICE, server.url).get("thing", parse=dict)
        Transport(SERVICE, server.url, token=CanaryToken()).get("thing", parse=dict)

    sent = [_header(request, "Authorization") for request in server.requests]
    assert sent == [None, f"Bearer token-{CANARY}"]


def _value(data: dict[str, str]) -> str:
    if not isinstance(data["value"], str):
        raise TypeError
    raise KeyError(data["value"])  # as a parser would that quotes what it read


def _header(request: bytes, name: str) -> str | None:
    for line in request.decode("latin-1").split("\r\n"):
        if line.lower().startswith(f"{name.lower()}:"):
            return line.partition(":")[2].strip()
    return None
