"""What the audit screens read: entries, an intent with its outcome or an event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextChoices
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString

from audit import locks, reconciling, wording
from audit.filters import UNDER_WAY, matching
from audit.models import (
    Action,
    Checkpoint,
    Forwarding,
    IndexedEntry,
    OpenIntent,
    Outcome,
    Phase,
    Record,
    Verification,
)
from audit.recorder import Object
from console.paging import Order, Page, get_page

# How old the oldest record may be that waits to be forwarded.
PUNCTUAL = timedelta(minutes=5)
NEWEST_FIRST = Order("at", "record_id", descending=True)


class Standing(TextChoices):
    """What an entry's outcome is now."""

    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"
    OPEN = "open", "Under way"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log as people read it. `record` holds the rest."""

    record: Record
    settled: Record | None

    @property
    def outcome(self) -> Standing:
        if self.settled:
            return Standing(self.settled.outcome)
        young = self.record.at > timezone.now() - UNDER_WAY
        return Standing.OPEN if young else Standing.UNKNOWN

    @property
    def summary(self) -> SafeString:
        return wording.sentence(self.record, done=self.outcome is Standing.SUCCEEDED)

    @property
    def clause(self) -> SafeString:
        """The sentence as it goes on after the person's name."""
        return wording.after_a_name(self.summary)

    @property
    def category(self) -> str:
        return wording.category(self.record)

    @property
    def explanation(self) -> str:
        return self.settled.explanation if self.settled else ""

    @property
    def settled_at(self) -> datetime | None:
        """When an intent got its outcome; an event has it from the start."""
        waited = self.settled and self.settled is not self.record
        return self.settled.at if self.settled and waited else None

    @property
    def object_id(self) -> str:
        """Known only afterwards where something was created."""
        return (self.settled or self.record).object_id

    @property
    def changes(self) -> list[dict[str, str]]:
        return wording.describe_changes((self.settled or self.record).changes)


def list_entries(filters: Mapping[str, Any], params: Mapping[str, str]) -> Page[Entry]:
    """A page of entries, newest first: two queries, and one for some filters."""
    page = get_page(
        matching(filters),
        NEWEST_FIRST,
        after=params.get("after", ""),
        before=params.get("before", ""),
    )
    return page.with_rows([entry_of(row) for row in page.rows])


def list_latest(*, object_id: str = "", count: int = 10) -> list[Entry]:
    """The newest entries, of one object or of all."""
    rows = matching({}).order_by("-at", "-record_id")
    if object_id:
        rows = rows.filter(object_id=object_id)
    return [entry_of(row) for row in rows[:count]]


def get_entry(entry_id: int) -> Entry:
    """Raises Http404."""
    return entry_of(get_object_or_404(matching({}), record__id=entry_id))


def entry_of(row: IndexedEntry) -> Entry:
    # An event is its own outcome: the same record, not one like it.
    alone = row.settled_id == row.record_id
    return Entry(row.record, row.record if alone else row.settled)


def get_verification() -> Verification | None:
    """What the scheduled verification found last; None before the first."""
    return Verification.objects.first()


def get_covering_checkpoint(entry_id: int) -> Checkpoint | None:
    """The first that vouches for this entry."""
    return (
        Checkpoint.objects.filter(sequence__gte=entry_id).order_by("sequence").first()
    )


def find_entries(operations: Iterable[UUID]) -> dict[UUID, Entry]:
    """What was done under these keys of forms: one query."""
    rows = matching({}).filter(
        record__phase=Phase.INTENT, record__operation__in=list(operations)
    )
    entries = [entry_of(row) for row in rows]
    return {e.record.operation: e for e in entries if e.record.operation}


@dataclass(frozen=True, slots=True)
class Check:
    """How far it is with a change whose outcome nobody knows."""

    lock: OpenIntent

    @property
    def finding(self) -> str:
        """What it takes a person for, in words."""
        return self.lock.finding

    @property
    def may_release(self) -> bool:
        return reconciling.may_release(self.lock)

    @property
    def next_at(self) -> datetime | None:
        """When a second reading may confirm the first."""
        since = self.lock.read_since
        return since + reconciling.APART if since else None


def get_check(entry_id: int) -> Check | None:
    """None: the outcome is known, or still to come, or nothing waits for it."""
    lock = locks.find_of(entry_id)
    return Check(lock) if lock and locks.is_lost(lock) else None


def find_unsettled(object_type: str, object_id: str) -> Entry | None:
    """The change of this object whose outcome nobody knows: mostly one query."""
    lock = locks.find_holder(Object(object_type, "", object_id).key)
    return get_entry(lock.intent_id) if lock and locks.is_lost(lock) else None


def count_people_who_saw_secret(uuid: str, *, since: datetime | None) -> int:
    """How many people were shown, or copied, or made, the secret a client has now."""
    seen = Record.objects.filter(
        object_id=uuid,
        action__in=[Action.SECRET_SHOW, Action.SECRET_COPY, Action.SECRET_REGENERATE],
        outcome=Outcome.SUCCEEDED,
    )
    if since:
        seen = seen.filter(at__gte=since)
    return seen.values("actor_issuer", "actor_subject").distinct().count()


def is_known_secret(uuid: str, fingerprint: str) -> bool:
    """Whether a regeneration of this client is known to have made this secret."""
    made = Record.objects.filter(
        object_id=uuid,
        action=Action.SECRET_REGENERATE,
        outcome=Outcome.SUCCEEDED,
        changes__fingerprint__after=fingerprint,
    )
    return made.exists()


@dataclass(frozen=True, slots=True)
class ForwardingDelay:
    """Records that the collector does not have yet, since when, and why if known."""

    waiting_since: datetime
    failure: str


def get_forwarding_delay() -> ForwardingDelay | None:
    """None while the collector is up to date, or where there is none."""
    if not settings.AUDIT_FORWARD_URL:
        return None
    state = Forwarding.objects.filter(pk=1).first() or Forwarding()
    waiting = Record.objects.filter(id__gt=state.shipped_up_to).order_by("id").first()
    late = waiting and waiting.at < timezone.now() - PUNCTUAL
    return ForwardingDelay(waiting.at, state.failure) if waiting and late else None
