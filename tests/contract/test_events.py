"""Login events: who got a token, and who was refused."""

import time

import pytest

from gateways.keycloak.events import LoginEvent
from gateways.keycloak.models import Client
from tests.contract.support import MakeClient, Upstream, claims_in


def events_of(upstream: Upstream, client: Client, since: int) -> list[LoginEvent]:
    pages = upstream.events.iter_pages(since)
    mine = (event for page in pages for event in page)
    return [event for event in mine if event.client_id == client.client_id]


@pytest.fixture
def start() -> int:
    return int(time.time() * 1000) - 1000


def test_the_realm_keeps_logins(upstream: Upstream) -> None:
    assert upstream.events.keeps_logins() is True


def test_a_token_is_an_event(
    upstream: Upstream, make_client: MakeClient, start: int
) -> None:
    client = make_client()
    claims = claims_in(upstream.token_of(client))

    (event,) = events_of(upstream, client, start)

    assert event.id
    assert event.error == ""
    assert event.token_id == claims["jti"]
    assert event.address == "127.0.0.1"
    assert start < event.time < start + 20_000


def test_a_refusal_is_an_event(
    upstream: Upstream, make_client: MakeClient, start: int
) -> None:
    client = make_client()
    upstream.ask_token(client.client_id, "wrong")

    (event,) = events_of(upstream, client, start)

    assert event.error == "invalid_client_credentials"
    assert event.token_id == ""


def test_events_come_in_order_and_each_has_its_own_id(
    upstream: Upstream, make_client: MakeClient, start: int
) -> None:
    client = make_client()
    numbers = [claims_in(upstream.token_of(client))["jti"] for _ in range(5)]

    found = events_of(upstream, client, start)

    assert [event.token_id for event in found] == numbers
    assert [event.time for event in found] == sorted(event.time for event in found)
    assert len({event.id for event in found}) == 5


def test_the_watermark_is_inclusive_and_exact(
    upstream: Upstream, make_client: MakeClient, start: int
) -> None:
    client = make_client()
    for _ in range(2):
        upstream.token_of(client)
        time.sleep(0.01)
    first, second = events_of(upstream, client, start)

    assert events_of(upstream, client, first.time) == [first, second]
    assert events_of(upstream, client, first.time + 1) == [second]
    assert events_of(upstream, client, second.time) == [second]
    assert events_of(upstream, client, second.time + 1) == []


def test_events_outlive_their_client(
    upstream: Upstream, make_client: MakeClient, start: int
) -> None:
    client = make_client()
    upstream.token_of(client)

    upstream.clients.delete_client(client.uuid)

    assert len(events_of(upstream, client, start)) == 1


@pytest.mark.parametrize("size", [1, 2, 3])
def test_events_come_in_pages(
    upstream: Upstream,
    make_client: MakeClient,
    start: int,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = make_client()
    for _ in range(3):
        upstream.token_of(client)
    whole = events_of(upstream, client, start)
    monkeypatch.setattr("gateways.keycloak.events.PAGE_SIZE", size)

    pages = list(upstream.events.iter_pages(whole[0].time))

    # The event that ends a page may begin the next: a reader takes each once.
    assert list(dict.fromkeys(event for page in pages for event in page)) == whole
    assert all(len(page) == size for page in pages[:-1])
