"""How often a person, and all together, may do what an attacker would do in a row.

Counted in the database in one statement, so that many requests at once, on any number
of processes, cannot pass a limit together.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from console.models import Allowance

WINDOW = timedelta(minutes=10)


class TooOftenError(Exception):
    """Used up until `again_at`. `everyone`: by all together."""

    def __init__(self, what: str, again_at: datetime, *, everyone: bool) -> None:
        super().__init__(f"{what} used up until {again_at:%H:%M:%S}")
        self.what = what
        self.again_at = again_at
        self.everyone = everyone
        self.entry_id: int | None = None  # of the audit entry, set by whoever wrote it


@dataclass(frozen=True, slots=True)
class Limit:
    """The settings that hold how often in ten minutes."""

    what: str
    per_person: str
    for_all: str


REVEALS = Limit("reveal", "REVEALS_PER_PERSON", "REVEALS_FOR_ALL")
SIGN_INS = Limit("sign-in", "SIGN_INS_PER_PERSON", "SIGN_INS_FOR_ALL")


def spend(limit: Limit, issuer: str, subject: str) -> None:
    """Count one more of this person. Raises TooOftenError, and then counts nothing."""
    window = _window(timezone.now())
    person = f"{limit.what} {issuer} {subject}"
    with transaction.atomic():
        for key, most in (
            (person, getattr(settings, limit.per_person)),
            (limit.what, getattr(settings, limit.for_all)),
        ):
            if not _count(key, window, most):
                raise TooOftenError(
                    limit.what, window + WINDOW, everyone=key == limit.what
                )


def forget_old_windows() -> None:
    Allowance.objects.filter(window__lt=_window(timezone.now())).delete()


def _count(key: str, window: datetime, most: int) -> bool:
    row = Allowance.objects.filter(key=key, window=window)
    Allowance.objects.bulk_create(
        [Allowance(key=key, window=window)], ignore_conflicts=True
    )
    return row.filter(used__lt=most).update(used=F("used") + 1) == 1


def _window(now: datetime) -> datetime:
    seconds = WINDOW.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
