"""Login events, as the gateway asks for them and reads them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from gateways import errors
from gateways.keycloak.events import DAY, HOUR, KINDS, EventGateway, LoginEvent
from gateways.transport import Transport

EVENTS = "http://keycloak.example/auth/admin/realms/northwind/events"
NOW = 10 * DAY
LOGIN: dict[str, Any] = {
    "id": "e1",
    "time": 1760000000123,
    "type": "CLIENT_LOGIN",
    "clientId": "reporting",
    "ipAddress": "10.0.0.7",
    "details": {"token_id": "trrtcc:1", "grant_type": "client_credentials"},
}


@pytest.fixture
def gateway(http: Transport) -> EventGateway:
    return EventGateway(http, realm="northwind")


def test_a_login_is_read() -> None:
    event = LoginEvent.from_json(LOGIN)

    assert event == LoginEvent(
        "e1", 1760000000123, "reporting", "10.0.0.7", "", "trrtcc:1"
    )
    assert event.at == datetime(2025, 10, 9, 8, 53, 20, 123000, UTC)


@pytest.mark.parametrize(
    ("error", "expected"),
    [("invalid_client_credentials",) * 2, (None, "unknown"), ("", "unknown")],
)
def test_a_refusal_is_read(error: str | None, expected: str) -> None:
    event = LoginEvent.from_json(
        LOGIN | {"type": "CLIENT_LOGIN_ERROR", "error": error, "details": None}
    )

    assert event.error == expected
    assert event.token_id == ""


def test_an_event_needs_only_its_kind_and_time() -> None:
    event = LoginEvent.from_json({"type": "CLIENT_LOGIN", "time": 1})

    assert event == LoginEvent("", 1, "", "", "", "")


@pytest.fixture
def stored(
    answers: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    """Events in order, answered as Keycloak does, three at a time."""
    monkeypatch.setattr("gateways.keycloak.events.PAGE_SIZE", 3)
    monkeypatch.setattr("gateways.keycloak.events._now", lambda: NOW)
    events: list[dict[str, Any]] = []

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        assert request.params["type"] == list(KINDS)
        assert request.params["direction"] == "asc"
        since, first, size = (
            int(request.params[name]) for name in ("dateFrom", "first", "max")
        )
        until = int(request.params.get("dateTo", 10**15))
        found = [event for event in events if since <= event["time"] <= until]
        return 200, {}, json.dumps(found[first : first + size])

    answers.add_callback("GET", EVENTS, callback=answer)
    return events


@pytest.mark.parametrize(
    "times",
    [
        [5],
        [5, 6, 7],
        [5, 6, 7, 8],
        [5, 6, 7, 7, 7, 8, 9],
        [5, 5, 5, 5, 5, 5, 5, 6],
        [6, 6, 6, 6, 6, 6],
        [*range(5, 40)],
    ],
)
def test_all_events_come_in_pages_the_oldest_first(
    gateway: EventGateway, stored: list[dict[str, Any]], times: list[int]
) -> None:
    stored += [
        LOGIN | {"id": f"e{number}", "time": time} for number, time in enumerate(times)
    ]

    pages = list(gateway.iter_pages(5))

    read = [event for page in pages for event in page]
    assert list(dict.fromkeys(event.id for event in read)) == [e["id"] for e in stored]
    assert [event.time for event in read] == sorted(event.time for event in read)
    assert all(len(page) <= 3 for page in pages)


def test_no_event_is_no_page(
    gateway: EventGateway, stored: list[dict[str, Any]]
) -> None:
    assert list(gateway.iter_pages(5)) == []


def test_a_later_page_costs_keycloak_no_more_than_the_first(
    gateway: EventGateway,
    stored: list[dict[str, Any]],
    answers: responses.RequestsMock,
) -> None:
    """To skip rows, a database has to read them."""
    stored += [LOGIN | {"id": f"e{time}", "time": time} for time in range(100)]

    list(gateway.iter_pages(0))

    skipped = {parse_qs(str(call.request.url))["first"][0] for call in answers.calls}
    assert skipped == {"0"}


def test_keycloak_is_asked_for_a_stretch_of_time_at_once(
    gateway: EventGateway,
    stored: list[dict[str, Any]],
    answers: responses.RequestsMock,
) -> None:
    """Else its database may sort all events that there are, for each page."""
    stored += [
        LOGIN | {"id": f"e{number}", "time": 5 * DAY + number * HOUR}
        for number in range(40)
    ]

    pages = list(gateway.iter_pages(DAY))

    assert {event.time for page in pages for event in page} == {
        event["time"] for event in stored
    }
    asked = [
        parse_qs(str(call.request.url).partition("?")[2]) for call in answers.calls
    ]
    lengths = [
        int(query["dateTo"][0]) - int(query["dateFrom"][0])
        for query in asked
        if "dateTo" in query
    ]
    assert lengths[:5] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR]
    assert max(lengths) == DAY
    assert min(lengths[10:]) <= 4 * HOUR
    assert "dateTo" not in asked[-1]
    assert len(asked) < 50


def test_events_that_expire_meanwhile_shift_nothing(
    gateway: EventGateway, stored: list[dict[str, Any]]
) -> None:
    stored += [LOGIN | {"id": f"e{time}", "time": time} for time in range(9)]
    pages = gateway.iter_pages(0)
    read = next(pages)
    del stored[:2]

    read += [event for page in pages for event in page]

    assert {event.time for event in read} == set(range(9))


@pytest.mark.parametrize("answer", [{}, [{}], [{"type": "CLIENT_LOGIN"}], ["x"]])
def test_events_that_make_no_sense_are_unreadable(
    gateway: EventGateway, answers: responses.RequestsMock, answer: Any
) -> None:
    answers.get(EVENTS, json=answer or [{}])

    with pytest.raises(errors.UnreadableAnswerError):
        next(gateway.iter_pages(0))


@pytest.mark.parametrize(
    ("enabled", "types", "expected"),
    [
        (True, [*KINDS, "LOGIN"], True),
        (True, KINDS[:1], False),
        (True, [], False),
        (False, KINDS, False),
    ],
)
def test_whether_logins_are_kept(
    gateway: EventGateway,
    answers: responses.RequestsMock,
    enabled: bool,
    types: Sequence[str],
    expected: bool,
) -> None:
    config = {"eventsEnabled": enabled, "enabledEventTypes": list(types)}
    answers.get(f"{EVENTS}/config", json=config)

    assert gateway.keeps_logins() is expected
