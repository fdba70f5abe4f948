"""Log lines: one event a line whatever it says, and whose request it was."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from console import logs
from console.logs import JsonFormatter, LineFormatter
from gateways.transport import request_id

NASTY = [
    "a\nb",
    "a\r\n2026-01-01T00:00:00.000Z INFO console all is well",
    "\x1b[31mred\x1b[0m",
    "a\u2028b\u2029c\x85d",
    "\x00\x07\x7f\x9b",
    "\u202egnp.exe",
    '{"level": "INFO"}\n{"forged": true}',
    "\ud800",
]


def event(message: str, *args: Any, **details: Any) -> logging.LogRecord:
    return logging.LogRecord(
        *("console", logging.WARNING, "file.py", 1, message, args, None), **details
    )


def failure(text: str) -> logging.LogRecord:
    record = event("failed")
    try:
        raise ValueError(text)
    except ValueError:
        record.exc_info = sys.exc_info()
    return record


@pytest.fixture
def of_a_request() -> Iterator[None]:
    tokens = [
        (request_id, request_id.set("req-1234")),
        (logs.address, logs.address.set("192.0.2.7")),
        (logs.person, logs.person.set("client-admin")),
    ]
    yield
    for variable, token in tokens:
        variable.reset(token)


@pytest.mark.usefixtures("of_a_request")
def test_a_line_names_the_request_its_address_and_the_person() -> None:
    moment, *words = LineFormatter().format(event("it is %s", "so")).split(" ")

    assert datetime.fromisoformat(moment).tzinfo
    rest = "WARNING console req-1234 192.0.2.7 client-admin it is so"
    assert " ".join(words) == rest


@pytest.mark.usefixtures("of_a_request")
def test_json_names_them_too() -> None:
    fields = json.loads(JsonFormatter().format(event("it is %s", "so")))

    assert datetime.fromisoformat(fields.pop("at")).tzinfo
    assert fields == {
        "level": "WARNING",
        "logger": "console",
        "request_id": "req-1234",
        "address": "192.0.2.7",
        "person": "client-admin",
        "message": "it is so",
    }


def test_json_leaves_out_what_is_not_known() -> None:
    assert set(json.loads(JsonFormatter().format(event("x")))) == {
        *("at", "level", "logger", "message")
    }


@pytest.mark.parametrize("formatter", [LineFormatter(), JsonFormatter()])
@pytest.mark.parametrize("text", NASTY)
def test_an_event_stays_in_one_line(formatter: logging.Formatter, text: str) -> None:
    line = formatter.format(event("said %s", text))

    assert len(line.splitlines()) == 1
    assert line.isprintable()
    line.encode()


@given(st.text())
def test_any_text_stays_in_one_line_and_json_keeps_it(text: str) -> None:
    line = LineFormatter().format(event("%s", text))
    packed = JsonFormatter().format(event("%s", text))

    assert len(line.splitlines()) == 1
    assert packed.isascii()
    assert json.loads(packed)["message"] == text


@pytest.mark.parametrize("text", NASTY)
def test_a_traceback_looks_like_no_event(text: str) -> None:
    first, *others = LineFormatter().format(failure(text)).splitlines()
    packed = JsonFormatter().format(failure(text))

    assert first.endswith("failed")
    assert len(others) >= 3
    assert all(line.startswith("    ") and line.isprintable() for line in others)
    assert len(packed.splitlines()) == 1
    assert "ValueError" in json.loads(packed)["traceback"]


@pytest.mark.django_db
def test_each_request_is_one_line_without_its_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "console.requests")
    seen: list[str] = []
    caplog.handler.setFormatter(JsonFormatter())

    response = Client().get("/sign-in/?next=s3cret", REMOTE_ADDR="192.0.2.7")

    seen = [line for line in caplog.text.splitlines() if "console.requests" in line]
    (fields,) = map(json.loads, seen)
    assert fields["request_id"] == response["X-Request-ID"]
    assert fields["address"] == "192.0.2.7"
    assert fields["message"].startswith("GET /sign-in/ 200 ")
    assert "s3cret" not in seen[0]


def test_between_requests_a_line_belongs_to_none() -> None:
    assert (request_id.get(), logs.address.get(), logs.person.get()) == ("-", "-", "-")


@pytest.mark.parametrize("kind", ["line", "json"])
def test_both_kinds_can_be_chosen(kind: str) -> None:
    chosen = logs.configuration(kind, "INFO")["formatters"]["chosen"]["()"]

    assert issubclass(chosen, logging.Formatter)


def test_another_kind_stops_the_start() -> None:
    with pytest.raises(KeyError):
        logs.configuration("yaml", "INFO")
