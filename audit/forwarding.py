"""Ships every record to a collector: in order, at least once, by one forwarder.

A record is never changed and has the next number, so that "after the last one shipped"
says all. The mark moves only when a batch was taken: a crash in between ships it again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from audit.exports import rfc5424
from audit.exports.formats import LINES
from audit.exports.items import Item
from audit.models import Forwarding, Record
from gateways import configured
from gateways.errors import GatewayError

BATCH = 500
# Longer than a batch can take, whatever it waits for.
LEASE = timedelta(minutes=2)
WORKS_FOR = timedelta(seconds=50)  # the next one comes in a minute
LONGEST_PAUSE = timedelta(minutes=15)
NDJSON, EVENTS = "application/x-ndjson", "application/cloudevents-batch+json"

logger = logging.getLogger("audit")


class LeaseLostError(Exception):
    """Another forwarder has taken over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Held while shipping. Every move of the mark proves that it is held still."""

    key: UUID

    def move(self, old: int, new: int) -> None:
        now = timezone.now()
        self._write(
            Q(shipped_up_to=old),
            shipped_up_to=new,
            shipped_at=now,
            leased_until=now + LEASE,
            failing_since=None,
            failures=0,
            failure="",
            retry_at=None,
        )

    def give_back(self) -> None:
        self._write(Q(), lease=None, leased_until=None)

    def fail(self, why: str) -> None:
        """Twice as long a pause after each failure in a row."""
        now, state = timezone.now(), Forwarding.get()
        pause = min(timedelta(minutes=2 ** min(state.failures, 10)), LONGEST_PAUSE)
        self._write(
            Q(),
            failures=state.failures + 1,
            failing_since=state.failing_since or now,
            failure=why[:200],
            retry_at=now + pause,
            lease=None,
            leased_until=None,
        )

    def _write(self, condition: Q, **values: object) -> None:
        held = Forwarding.objects.filter(condition, pk=1, lease=self.key)
        if not held.update(**values):
            raise LeaseLostError


def forward_records() -> None:
    """Ship all that is new, or as much as there is time for."""
    lease = _take_lease() if settings.AUDIT_FORWARD_URL else None
    if lease is None:
        return
    try:
        _ship(lease, until=timezone.now() + WORKS_FOR)
        lease.give_back()
    except GatewayError as exc:
        logger.warning("records not forwarded: %s", exc)
        lease.fail(exc.reason)
    except LeaseLostError:
        logger.warning("another forwarder took over")


def _take_lease() -> Lease | None:
    """None while another one ships, or before it is time to try again."""
    now, lease = timezone.now(), Lease(uuid4())
    Forwarding.get()
    taken = Forwarding.objects.filter(
        Q(leased_until=None) | Q(leased_until__lt=now),
        Q(retry_at=None) | Q(retry_at__lte=now),
        pk=1,
    ).update(lease=lease.key, leased_until=now + LEASE)
    return lease if taken else None


def _ship(lease: Lease, *, until: datetime) -> None:
    mark = Forwarding.get().shipped_up_to
    while records := list(
        Record.objects.filter(id__gt=mark).order_by("id")[:BATCH],
    ):
        _send([Item.of_record(record) for record in records])
        lease.move(mark, records[-1].id)
        mark = records[-1].id
        if timezone.now() > until:
            return


def _send(items: list[Item]) -> None:
    """Raises GatewayError."""
    if settings.AUDIT_FORWARD_URL.startswith("syslog+"):
        configured.syslog().send(rfc5424.line(item).encode() for item in items)
        return
    lines = [LINES[settings.AUDIT_FORWARD_FORMAT](item) for item in items]
    if settings.AUDIT_FORWARD_FORMAT == "cloudevents":
        configured.collector(EVENTS).send(f"[{','.join(lines)}]".encode())
    else:
        configured.collector(NDJSON).send("".join(f"{x}\n" for x in lines).encode())
