"""What the audit screens read: entries, an intent with its outcome or an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString

from audit import wording
from audit.models import Action, Checkpoint, Outcome, Phase, Record, Verification
from console.paging import Order, Page, get_page

# An intent younger than this may still get its outcome from whoever wrote it.
UNDER_WAY = timedelta(seconds=60)
NEWEST_FIRST = Order("id", "id", descending=True)


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
    """A page of entries, newest first: three queries."""
    page = get_page(
        _matching(filters),
        NEWEST_FIRST,
        after=params.get("after", ""),
        before=params.get("before", ""),
        count_all=False,
    )
    return page.with_rows(_with_outcomes(page.rows))


def _with_outcomes(records: Sequence[Record]) -> list[Entry]:
    """Each record with its latest outcome: one query for all of them."""
    outcomes = {
        outcome.intent_id: outcome
        for outcome in Record.objects.filter(
            intent__in=[r.id for r in records if r.phase == Phase.INTENT]
        ).order_by("id")
    }
    return [
        Entry(r, r if r.phase == Phase.EVENT else outcomes.get(r.id)) for r in records
    ]


def list_latest(*, object_id: str = "", count: int = 10) -> list[Entry]:
    """The newest entries, of one object or of all: two queries."""
    rows = Record.objects.exclude(phase=Phase.OUTCOME).order_by("-id")
    if object_id:
        # A creation knew its object's id only afterwards.
        made = Record.objects.filter(phase=Phase.OUTCOME, object_id=object_id)
        rows = rows.filter(Q(object_id=object_id) | Q(pk__in=made.values("intent_id")))
    return _with_outcomes(list(rows[:count]))


def get_entry(entry_id: int) -> Entry:
    """Raises Http404."""
    record = get_object_or_404(Record.objects.exclude(phase=Phase.OUTCOME), id=entry_id)
    return _with_outcomes([record])[0]


def get_verification() -> Verification | None:
    """What the scheduled verification found last; None before the first."""
    return Verification.objects.first()


def get_covering_checkpoint(entry_id: int) -> Checkpoint | None:
    """The first that vouches for this entry."""
    return (
        Checkpoint.objects.filter(sequence__gte=entry_id).order_by("sequence").first()
    )


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


def _matching(filters: Mapping[str, Any]) -> QuerySet[Record]:
    rows = Record.objects.exclude(phase=Phase.OUTCOME)
    if since := filters.get("since"):
        rows = rows.filter(at__gte=since)
    if until := filters.get("until"):
        rows = rows.filter(at__lte=until)
    if person := filters.get("person"):
        rows = rows.filter(
            Q(actor_username__istartswith=person) | Q(actor_name__istartswith=person)
        )
    if action := filters.get("action"):
        rows = rows.filter(action=action)
    if name := filters.get("object"):
        rows = rows.filter(Q(object_name__icontains=name) | Q(object_id=name))
    if outcome := filters.get("outcome"):
        rows = _with_outcome(rows, outcome)
    return rows


def _with_outcome(rows: QuerySet[Record], outcome: str) -> QuerySet[Record]:
    """By the latest outcome; an intent that stayed without one counts as unknown."""
    latest = Record.objects.filter(intent=OuterRef("pk")).order_by("-id")
    rows = rows.annotate(latest=Subquery(latest.values("outcome")[:1]))
    matching = Q(phase=Phase.EVENT, outcome=outcome) | Q(latest=outcome)
    if outcome == Outcome.UNKNOWN:
        begun = timezone.now() - UNDER_WAY
        matching |= Q(phase=Phase.INTENT, latest=None, at__lte=begun)
    return rows.filter(matching)
