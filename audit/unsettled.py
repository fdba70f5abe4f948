"""How many changes have no outcome that can be trusted, for those who watch over it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from audit.filters import UNDER_WAY
from audit.models import IndexedEntry, OpenIntent, Outcome


@dataclass(frozen=True, slots=True)
class Unsettled:
    """`open`: under way. `unknown`: nobody knows whether they happened."""

    open: int
    unknown: int
    oldest_unknown_at: datetime | None


def count_unsettled() -> Unsettled:
    """By the locks and the index of the list: never by the whole log."""
    left = OpenIntent.objects.filter(intent__outcomes=None)
    abandoned = left.filter(taken_at__lte=timezone.now() - UNDER_WAY)
    unknown = IndexedEntry.objects.filter(outcome=Outcome.UNKNOWN)
    count = abandoned.count()
    oldest = [
        abandoned.aggregate(at=Min("taken_at"))["at"],
        unknown.aggregate(at=Min("at"))["at"],
    ]
    return Unsettled(
        open=left.count() - count,
        unknown=count + unknown.count(),
        oldest_unknown_at=min(filter(None, oldest), default=None),
    )
