"""Reading Keycloak's login events into counts per client and day.

From where the last reading ended: a watermark in milliseconds, and the ids of that
millisecond, since Keycloak's filter is inclusive. A page is counted in one transaction
with the watermark, so a reading that dies half way counts nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apiclients.models import ClientUse, DailyUse, IndexedClient, Watch
from gateways import configured
from gateways.keycloak.events import LoginEvent

KEPT_ADDRESSES = 5
KEPT_DAYS = 400


def read_login_events() -> None:
    """Count what happened since the last reading. Raises a gateway's error."""
    gateway = configured.events()
    keeps = gateway.keeps_logins()
    Watch.get()
    Watch.objects.filter(pk=1).update(keeps_logins=keeps, checked_at=timezone.now())
    if not keeps:
        return
    for page in gateway.iter_pages(Watch.get().read_up_to):
        _count_page(page)
    Watch.objects.filter(pk=1, since=None).update(since=timezone.now())


def forget_old_days() -> None:
    limit = timezone.now().date() - timedelta(days=KEPT_DAYS)
    DailyUse.objects.filter(day__lt=limit).delete()


@dataclass(slots=True)
class _Use:
    """What one page of events says of one client."""

    days: dict[date, list[int]] = field(default_factory=dict)
    last_used_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_failure: str = ""
    addresses: list[str] = field(default_factory=list)

    def add(self, event: LoginEvent) -> None:
        counts = self.days.setdefault(event.at.date(), [0, 0])
        counts[bool(event.error)] += 1
        if event.error:
            self.last_failed_at, self.last_failure = event.at, event.error
        else:
            self.last_used_at = event.at
            self.addresses = _latest_first([event.address, *self.addresses])


def _count_page(page: list[LoginEvent]) -> None:
    with transaction.atomic():
        watch = Watch.objects.select_for_update().get(pk=1)
        read = set(watch.read_ids)
        fresh = [
            event
            for event in page
            if event.time > watch.read_up_to
            or (event.time == watch.read_up_to and event.id not in read)
        ]
        for client_id, use in _by_client(fresh).items():
            _add(client_id, use)
        _move_on(watch, page)


def _by_client(events: Iterable[LoginEvent]) -> dict[str, _Use]:
    uses: dict[str, _Use] = {}
    for event in events:
        if event.client_id not in ("", settings.KEYCLOAK_CLIENT_ID):
            uses.setdefault(event.client_id, _Use()).add(event)
    return uses


def _add(client_id: str, use: _Use) -> None:
    for day, (tokens, failures) in use.days.items():
        row, _ = DailyUse.objects.get_or_create(client_id=client_id, day=day)
        DailyUse.objects.filter(pk=row.pk).update(
            tokens=F("tokens") + tokens, failures=F("failures") + failures
        )
    known, _ = ClientUse.objects.get_or_create(client_id=client_id)
    known.addresses = _latest_first([*use.addresses, *known.addresses])
    known.last_used_at = use.last_used_at or known.last_used_at
    if use.last_failed_at:
        known.last_failed_at, known.last_failure = (
            use.last_failed_at,
            use.last_failure[:100],
        )
    known.save()
    IndexedClient.objects.filter(client_id=client_id).update(
        last_used_at=known.last_used_at
    )


def _move_on(watch: Watch, page: list[LoginEvent]) -> None:
    last = page[-1].time
    kept = watch.read_ids if last == watch.read_up_to else []
    ids = {*kept, *(event.id for event in page if event.time == last)}
    watch.read_up_to, watch.read_ids = last, sorted(ids)
    watch.since = watch.since or datetime.fromtimestamp(page[0].time / 1000, UTC)
    watch.save()


def _latest_first(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, addresses)))[:KEPT_ADDRESSES]
