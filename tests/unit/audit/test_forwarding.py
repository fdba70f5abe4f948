"""The forwarder: in order, at least once, one at a time, and honest when it is late."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone

from audit import forwarding
from audit.checks import check_forwarding
from audit.models import Forwarding, Outcome, Record
from audit.selectors import get_forwarding_delay
from audit.tasks import forward_records
from tests.factories import make_entry, make_event
from tests.unit.gateways.collecting import SyslogReceiver
from tests.unit.gateways.raw_server import RawServer, answer

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "BATCH", 3)


@pytest.fixture
def ship_to(settings: LazySettings) -> Callable[[SyslogReceiver], None]:
    def configure(receiver: SyslogReceiver) -> None:
        settings.AUDIT_FORWARD_URL = f"syslog+tcp://localhost:{receiver.port}"

    return configure


@pytest.fixture
def receiver(ship_to: Callable[[SyslogReceiver], None]) -> Iterator[SyslogReceiver]:
    with SyslogReceiver() as running:
        ship_to(running)
        yield running


def number(message: bytes) -> int:
    document: dict[str, Any] = json.loads(message[message.index(b'{"id"') :])
    return int(document["id"])


def recorded() -> list[int]:
    return list(Record.objects.order_by("id").values_list("id", flat=True))


def wait_is_over() -> None:
    Forwarding.objects.update(retry_at=timezone.now(), leased_until=None)


def test_every_record_is_shipped_in_order_and_once(receiver: SyslogReceiver) -> None:
    make_entry(Outcome.FAILED)
    for _ in range(5):
        make_event()

    forward_records.call()
    forward_records.call()

    assert [number(m) for m in receiver.messages] == recorded()
    assert [len(batch) for batch in receiver.batches] == [3, 3, 1]
    state = Forwarding.get()
    assert (state.shipped_up_to, state.lease) == (recorded()[-1], None)


def test_what_is_new_is_shipped_the_next_time(receiver: SyslogReceiver) -> None:
    make_event()
    forward_records.call()
    later = make_event()

    forward_records.call()

    assert [number(m) for m in receiver.batches[-1]] == [later.id]


def test_after_a_crash_before_the_mark_moved_they_are_shipped_again(
    receiver: SyslogReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        make_event()
    with monkeypatch.context() as patch:
        patch.setattr(forwarding.Lease, "move", _crash)
        with pytest.raises(Crash):
            forward_records.call()

    forward_records.call()
    assert len(receiver.batches) == 1, "the lease of the dead one still holds"
    Forwarding.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    forward_records.call()

    first, second, third = ([number(m) for m in b] for b in receiver.batches)
    assert first == second
    assert [*second, *third] == recorded()


def _crash(*_: object) -> None:
    raise Crash


def test_a_collector_that_breaks_off_gets_the_same_again(
    ship_to: Callable[[SyslogReceiver], None],
) -> None:
    for _ in range(4):
        make_event()
    with SyslogReceiver(breaks=1) as receiver:
        ship_to(receiver)
        forward_records.call()
        assert Forwarding.get().shipped_up_to == 0

        forward_records.call()
        assert receiver.connections == 1, "it is not time to try again"
        wait_is_over()
        forward_records.call()

        assert [number(m) for m in receiver.messages] == recorded()


def test_pauses_grow_and_end_with_the_first_success(settings: LazySettings) -> None:
    make_event()
    with SyslogReceiver() as gone:
        settings.AUDIT_FORWARD_URL = f"syslog+tcp://localhost:{gone.port}"
    pauses = []
    for _ in range(6):
        before = timezone.now()
        forward_records.call()
        retry_at = Forwarding.get().retry_at
        assert retry_at
        pauses.append(round((retry_at - before).total_seconds() / 60))
        wait_is_over()

    assert pauses == [1, 2, 4, 8, 15, 15]
    state = Forwarding.get()
    assert (state.failures, state.failure) == (6, "ConnectionRefusedError")
    with SyslogReceiver() as back:
        settings.AUDIT_FORWARD_URL = f"syslog+tcp://localhost:{back.port}"
        forward_records.call()
    state = Forwarding.get()
    assert (state.failures, state.failing_since, state.retry_at) == (0, None, None)


def test_while_one_ships_no_other_does(receiver: SyslogReceiver) -> None:
    make_event()
    Forwarding.get()
    until = timezone.now() + timedelta(seconds=30)
    Forwarding.objects.update(lease=uuid4(), leased_until=until)

    forward_records.call()

    assert receiver.connections == 0


def test_who_lost_the_lease_moves_no_mark(
    receiver: SyslogReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        make_event()
    other, send = uuid4(), forwarding._send

    def taken_over_meanwhile(items: Any) -> None:
        send(items)
        Forwarding.objects.update(lease=other)

    monkeypatch.setattr(forwarding, "_send", taken_over_meanwhile)
    forward_records.call()

    assert len(receiver.batches) == 1
    assert (Forwarding.get().shipped_up_to, Forwarding.get().lease) == (0, other)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", b"application/x-ndjson"),
        ("ecs", b"application/x-ndjson"),
        ("cloudevents", b"application/cloudevents-batch+json"),
    ],
)
def test_over_http_a_batch_is_a_post(
    settings: LazySettings, name: str, content_type: bytes
) -> None:
    events = [make_event(), make_event()]
    with RawServer(answer(200, b"{}")) as server:
        settings.AUDIT_FORWARD_URL = f"{server.url}/in"
        settings.AUDIT_FORWARD_FORMAT = name
        forward_records.call()

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert content_type in head
    lines = json.loads(body) if name == "cloudevents" else body.splitlines()
    assert len(lines) == 2
    assert Forwarding.get().shipped_up_to == events[-1].id


def test_what_a_collector_refuses_stays(settings: LazySettings) -> None:
    make_event()
    with RawServer(answer(403, b"who are you?")) as server:
        settings.AUDIT_FORWARD_URL = server.url
        forward_records.call()

    state = Forwarding.get()
    assert (state.shipped_up_to, state.failure) == (0, "HTTP 403")


def test_without_an_address_nothing_is_shipped_or_late() -> None:
    make_event(at=timezone.now() - timedelta(days=1))

    forward_records.call()

    assert not Forwarding.objects.exists()
    assert get_forwarding_delay() is None


def test_what_waits_for_long_is_said_with_the_reason(settings: LazySettings) -> None:
    settings.AUDIT_FORWARD_URL = "syslog+tcp://localhost:1"
    make_event()
    assert get_forwarding_delay() is None
    old = make_event(at=timezone.now() - timedelta(minutes=6))
    Forwarding.objects.create(pk=1, shipped_up_to=old.id - 1, failure="TimeoutError")

    delay = get_forwarding_delay()

    assert delay
    assert (delay.waiting_since, delay.failure) == (old.at, "TimeoutError")


@pytest.mark.parametrize(
    ("url", "name", "problems"),
    [
        ("", "nonsense", []),
        ("syslog+tls://logs.example:6514", "json", []),
        ("https://logs.example/in", "cloudevents", []),
        ("logs.example:514", "json", ["audit.E001"]),
        ("syslog+tcp://", "json", ["audit.E001"]),
        ("https://logs.example", "csv", ["audit.E002"]),
    ],
)
def test_settings_that_cannot_work_are_found_at_the_start(
    settings: LazySettings, url: str, name: str, problems: list[str]
) -> None:
    settings.AUDIT_FORWARD_URL, settings.AUDIT_FORWARD_FORMAT = url, name

    assert [problem.id for problem in check_forwarding()] == problems
