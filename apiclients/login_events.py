"""Reading Keycloak's login events into counts per client and day.

From where the last reading ended: a watermark in milliseconds, and the ids of that
millisecond, since Keycloak's filter is inclusive. A page is counted in one transaction
with the watermark, so a reading that dies half way counts nothing twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from apiclients.models import ClientUse, DailyUse, IndexedClient, MintedToken, Watch
from gateways import configured
from gateways.keycloak.events import LoginEvent

KEPT_ADDRESSES = 5
KEPT_DAYS = 400
# How far the clocks of Keycloak and of this console may be apart.
CLOCKS = timedelta(hours=1)


def read_login_events() -> None:
    """Count what happened since the last reading. Raises a gateway's error."""
    gateway, begun = configured.events(), timezone.now()
    keeps = gateway.keeps_logins()
    Watch.get()
    Watch.objects.filter(pk=1).update(keeps_logins=keeps, checked_at=begun)
    if not keeps:
        return
    oldest = _as_time(begun - timedelta(days=KEPT_DAYS))
    for page in gateway.iter_pages(max(Watch.get().read_up_to, oldest)):
        _count_page(page)
    Watch.objects.filter(pk=1, since=None).update(since=timezone.now())
    # So that the next one does not look through a long silence again.
    silent = _as_time(begun - CLOCKS)
    Watch.objects.filter(pk=1, read_up_to__lt=silent).update(
        read_up_to=silent, read_ids=[]
    )


def forget_old_days() -> None:
    limit = timezone.now().date() - timedelta(days=KEPT_DAYS)
    DailyUse.objects.filter(day__lt=limit).delete()


def _as_time(instant: datetime) -> int:
    """As events have it: in milliseconds."""
    return int(instant.timestamp() * 1000)


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
            self.last_failed_at, self.last_failure = event.at, event.error[:100]
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
        uses = _by_client(fresh)
        _add_days(uses)
        _add_last_use(uses)
        _move_on(watch, page)


def _by_client(events: list[LoginEvent]) -> dict[str, _Use]:
    """Without the console itself, and without the tokens that it got for others."""
    tokens = [event.token_id for event in events]
    own = set(MintedToken.objects.filter(jti__in=tokens).values_list("jti", flat=True))
    uses: dict[str, _Use] = {}
    for event in events:
        ours = event.client_id in ("", settings.KEYCLOAK_CLIENT_ID)
        if not ours and event.token_id not in own:
            uses.setdefault(event.client_id, _Use()).add(event)
    return uses


def _add_days(uses: Mapping[str, _Use]) -> None:
    """Two statements, however many clients; nobody else counts meanwhile."""
    wanted = {day for use in uses.values() for day in use.days}
    known = {
        (row.client_id, row.day): row
        for row in DailyUse.objects.filter(client_id__in=uses, day__in=wanted)
    }
    rows = []
    for client_id, use in uses.items():
        for day, (tokens, failures) in use.days.items():
            row = known.get((client_id, day)) or DailyUse(client_id=client_id, day=day)
            row.tokens += tokens
            row.failures += failures
            rows.append(row)
    DailyUse.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["client_id", "day"],
        update_fields=["tokens", "failures"],
    )


def _add_last_use(uses: Mapping[str, _Use]) -> None:
    known = ClientUse.objects.in_bulk(list(uses))
    rows = [
        _merged(known.get(client_id) or ClientUse(client_id=client_id), use)
        for client_id, use in uses.items()
    ]
    ClientUse.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["client_id"],
        update_fields=["last_used_at", "addresses", "last_failed_at", "last_failure"],
    )
    use = ClientUse.objects.filter(client_id=OuterRef("client_id"))
    # By both columns of an index; by the second alone it would read every row.
    IndexedClient.objects.filter(
        protected__in=(False, True), client_id__in=uses
    ).update(last_used_at=Subquery(use.values("last_used_at")[:1]))


def _merged(row: ClientUse, use: _Use) -> ClientUse:
    row.addresses = _latest_first([*use.addresses, *row.addresses])
    row.last_used_at = use.last_used_at or row.last_used_at
    if use.last_failed_at:
        row.last_failed_at, row.last_failure = use.last_failed_at, use.last_failure
    return row


def _move_on(watch: Watch, page: list[LoginEvent]) -> None:
    last = page[-1].time
    if last < watch.read_up_to:
        return  # another reading was faster: going back would count events twice
    kept = watch.read_ids if last == watch.read_up_to else []
    ids = {*kept, *(event.id for event in page if event.time == last)}
    watch.read_up_to, watch.read_ids = last, sorted(ids)
    watch.since = watch.since or datetime.fromtimestamp(page[0].time / 1000, UTC)
    watch.save()


def _latest_first(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, addresses)))[:KEPT_ADDRESSES]
