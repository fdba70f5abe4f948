"""Counting login events: each once, whatever happens, and not the console's own."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclients import login_events
from apiclients.models import ClientUse, DailyUse, IndexedClient, MintedToken, Watch
from apiclients.usage import get_usage
from gateways import configured
from gateways.errors import UnavailableError
from gateways.keycloak.events import LoginEvent
from tests.plans import explain

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def happened(client_id: str = "etl", at: datetime = NOON, **fields: Any) -> LoginEvent:
    values = {"address": "10.0.0.1", "error": "", "token_id": "", **fields}
    time = int(at.timestamp() * 1000)
    return LoginEvent(str(uuid.uuid4()), time, client_id, **values)


class FakeEvents:
    """Stored events, answered as Keycloak does: the given millisecond included."""

    def __init__(self, events: list[LoginEvent], *, keeps: bool = True) -> None:
        self.events = events
        self.keeps = keeps
        self.fail_after: int | None = None

    def keeps_logins(self) -> bool:
        return self.keeps

    def iter_pages(self, since: int) -> Iterator[list[LoginEvent]]:
        found = [event for event in self.events if event.time >= since]
        for number, first in enumerate(range(0, len(found), 2)):
            if number == self.fail_after:
                raise UnavailableError("Keycloak", "no answer")
            yield found[first : first + 2]


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeEvents]:
    def serve(*stored: LoginEvent, keeps: bool = True) -> FakeEvents:
        fake = FakeEvents(list(stored), keeps=keeps)
        monkeypatch.setattr(configured, "events", lambda: fake)
        return fake

    return serve


def counts() -> dict[tuple[str, date], tuple[int, int]]:
    return {
        (row.client_id, row.day): (row.tokens, row.failures)
        for row in DailyUse.objects.all()
    }


def test_tokens_and_refusals_are_counted_per_client_and_day(
    events: Callable[..., FakeEvents],
) -> None:
    late = NOON + timedelta(days=1)
    events(
        happened(),
        happened(),
        happened(error="invalid_client_credentials"),
        happened("reports", late),
    )

    login_events.read_login_events()

    assert counts() == {
        ("etl", NOON.date()): (2, 1),
        ("reports", late.date()): (1, 0),
    }


def test_a_long_silence_is_looked_through_once(
    events: Callable[..., FakeEvents],
) -> None:
    """Else a realm in which little happens is asked for a year, every minute."""
    events()
    login_events.read_login_events()
    silent = Watch.get().read_up_to

    events(happened(at=timezone.now() - timedelta(minutes=50)))
    login_events.read_login_events()

    hour = timedelta(hours=1)
    assert abs(silent - (timezone.now() - hour).timestamp() * 1000) < 60_000
    assert sum(tokens for tokens, _ in counts().values()) == 1


def test_what_is_older_than_counts_are_kept_is_not_asked_for(
    events: Callable[..., FakeEvents],
) -> None:
    events(happened(at=timezone.now() - timedelta(days=401)))

    login_events.read_login_events()

    assert counts() == {}


def test_nothing_is_counted_twice_by_a_second_reading(
    events: Callable[..., FakeEvents],
) -> None:
    now = timezone.now()
    stored = events(happened(at=now), happened(at=now), happened(at=now))
    login_events.read_login_events()
    stored.events.append(happened(at=now))  # in the very millisecond that was read last

    login_events.read_login_events()
    login_events.read_login_events()

    assert counts() == {("etl", now.date()): (4, 0)}


def test_two_readings_at_once_count_nothing_twice(
    events: Callable[..., FakeEvents],
) -> None:
    """The slower one must not turn back what the faster one has noted."""
    stored = events(*(happened(at=NOON + timedelta(seconds=n)) for n in range(8)))
    slow, fast = stored.iter_pages(0), stored.iter_pages(0)
    Watch.get()
    for page in (*(next(fast) for _ in range(3)), next(slow), next(fast), *slow):
        login_events._count_page(page)

    assert counts() == {("etl", NOON.date()): (8, 0)}


def test_a_reading_that_dies_half_way_goes_on_where_it_was(
    events: Callable[..., FakeEvents],
) -> None:
    stored = events(*(happened(at=NOON + timedelta(seconds=n)) for n in range(5)))
    stored.fail_after = 1
    with pytest.raises(UnavailableError):
        login_events.read_login_events()
    assert counts() == {("etl", NOON.date()): (2, 0)}
    stored.fail_after = None

    login_events.read_login_events()

    assert counts() == {("etl", NOON.date()): (5, 0)}


def test_the_console_and_the_tokens_that_it_got_do_not_count(
    events: Callable[..., FakeEvents],
) -> None:
    MintedToken.objects.create(jti="ours", minted_at=timezone.now())
    events(
        happened(settings.KEYCLOAK_CLIENT_ID),
        happened(token_id="ours"),
        happened(token_id="theirs"),
    )

    login_events.read_login_events()

    assert counts() == {("etl", NOON.date()): (1, 0)}


def test_the_list_learns_when_a_client_was_last_used(
    events: Callable[..., FakeEvents],
) -> None:
    IndexedClient.objects.create(
        uuid="u", client_id="etl", enabled=True, synced_at=timezone.now()
    )
    events(happened(), happened(at=NOON + timedelta(hours=1)))

    login_events.read_login_events()

    assert IndexedClient.objects.get().last_used_at == NOON + timedelta(hours=1)


def test_the_latest_addresses_and_the_last_refusal_are_kept(
    events: Callable[..., FakeEvents],
) -> None:
    events(
        *(happened(address=f"10.0.0.{n}") for n in range(7)),
        happened(address="10.0.0.3"),
        happened(error="invalid_client_credentials"),
    )

    login_events.read_login_events()

    use = ClientUse.objects.get()
    assert use.addresses == ["10.0.0.3", *(f"10.0.0.{n}" for n in (6, 5, 4, 2))]
    assert use.last_failure == "invalid_client_credentials"


def test_a_realm_without_login_events_is_said_to_have_none(
    events: Callable[..., FakeEvents],
) -> None:
    events(happened(), keeps=False)

    login_events.read_login_events()

    assert counts() == {}
    assert get_usage("etl").keeps_logins is False


def test_watching_began_with_the_oldest_event_or_else_now(
    events: Callable[..., FakeEvents],
) -> None:
    events(happened())

    login_events.read_login_events()

    assert Watch.get().since == NOON


def test_the_list_is_not_read_whole_for_a_page_of_events(
    events: Callable[..., FakeEvents],
) -> None:
    events(happened())

    with CaptureQueriesContext(connection) as queries:
        login_events.read_login_events()

    [update] = [q["sql"] for q in queries if 'UPDATE "apiclients_indexed' in q["sql"]]
    assert "SCAN" not in explain(update), explain(update)


def test_counts_are_kept_for_400_days() -> None:
    today = timezone.now().date()
    for age in (0, 399, 400, 401, 800):
        DailyUse.objects.create(client_id="etl", day=today - timedelta(days=age))

    login_events.forget_old_days()

    ages = {
        (today - day).days for day in DailyUse.objects.values_list("day", flat=True)
    }
    assert ages == {0, 399, 400}


def test_a_page_costs_the_same_for_few_clients_as_for_many(
    events: Callable[..., FakeEvents], django_assert_max_num_queries: Any
) -> None:
    page = [happened(f"c{n}") for n in range(400)]
    Watch.get()

    with django_assert_max_num_queries(16):
        login_events._count_page(page)

    assert DailyUse.objects.count() == 400
