"""Login events, as the gateway asks for them and reads them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from responses.matchers import query_param_matcher

from gateways import errors
from gateways.keycloak.events import KINDS, EventGateway, LoginEvent
from gateways.transport import Transport

EVENTS = "http://keycloak.example/auth/admin/realms/northwind/events"
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


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2)])
def test_events_come_in_pages_the_oldest_first(
    gateway: EventGateway,
    answers: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
    total: int,
    pages: int,
) -> None:
    monkeypatch.setattr("gateways.keycloak.events.PAGE_SIZE", 3)
    rows = [LOGIN | {"id": f"e{number}"} for number in range(total)]
    for first in range(0, total + 1, 3):
        asked = {
            "type": list(KINDS),
            "direction": "asc",
            "dateFrom": 5,
            "first": first,
            "max": 3,
        }
        answers.get(
            EVENTS, json=rows[first : first + 3], match=[query_param_matcher(asked)]
        )

    read = list(gateway.iter_pages(5))

    assert [event.id for page in read for event in page] == [r["id"] for r in rows]
    assert len(read) == pages


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
