"""Locks of objects: one change at a time, and none while an outcome is unknown.

Taken with the intent, given back with an outcome that is known. Until then whoever
wants to settle it takes a lease, so that any number of workers can.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.models import OpenIntent, Record

# Longer than any call with its deadline takes: whoever took the lock is gone by then.
ORPHANED_AFTER = timedelta(seconds=60)
# Longer than the readings that settle one outcome take, each with its deadline.
LEASE = timedelta(seconds=150)


def take(intent: Record, key: str) -> None:
    """In the intent's transaction. Raises IntegrityError: someone else has it."""
    OpenIntent.objects.create(object_key=key, intent=intent, taken_at=intent.at)


def give_back(intent_id: int) -> bool:
    """False: there was none any more."""
    return bool(OpenIntent.objects.filter(intent_id=intent_id).delete()[0])


def keep(intent: Record, key: str) -> None:
    """Nobody knows the outcome, so the object takes no change until it is settled.

    A lock that was settled too early, or released, is taken again if it is free.
    """
    now = timezone.now()
    if not OpenIntent.objects.filter(intent_id=intent.id).update(lost_at=now):
        lock = OpenIntent(
            object_key=key, intent=intent, taken_at=intent.at, lost_at=now
        )
        OpenIntent.objects.bulk_create([lock], ignore_conflicts=True)


def find_holder(key: str) -> OpenIntent | None:
    return OpenIntent.objects.filter(object_key=key).first()


def find_of(intent_id: int) -> OpenIntent | None:
    return OpenIntent.objects.filter(intent_id=intent_id).first()


def is_lost(lock: OpenIntent) -> bool:
    """Whether nobody is there any more who would learn the outcome."""
    return bool(lock.lost_at) or lock.taken_at < timezone.now() - ORPHANED_AFTER


def has_lost() -> bool:
    return _to_settle().exists()


def list_lost() -> list[int]:
    """The intents to settle; what was not looked at for longest comes first."""
    in_turn = _to_settle().order_by(F("checked_at").asc(nulls_first=True), "taken_at")
    return list(in_turn.values_list("intent_id", flat=True))


def lease(intent_id: int) -> OpenIntent | None:
    """The lock of a lost outcome, for us alone; None: settled, or another is at it."""
    now = timezone.now()
    until = now + LEASE
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    if not _lost().filter(free, intent_id=intent_id).update(leased_until=until):
        return None
    leased = OpenIntent.objects.filter(intent_id=intent_id, leased_until=until)
    return leased.select_related("intent").first()


def note(
    lock: OpenIntent,
    *,
    reading: str = "",
    since: datetime | None = None,
    finding: str = "",
) -> None:
    """What a reading has given so far; without words, that it gave nothing.

    It ends the lease.
    """
    _leased(lock).update(
        leased_until=None,
        checked_at=timezone.now(),
        reading=reading,
        read_since=since,
        finding=finding[:500],
    )


def give_back_leased(lock: OpenIntent) -> bool:
    """False: the lease ran out, so what was found counts for nothing."""
    return bool(_leased(lock).delete()[0])


def _leased(lock: OpenIntent) -> QuerySet[OpenIntent]:
    return OpenIntent.objects.filter(
        intent_id=lock.intent_id, leased_until=lock.leased_until
    )


def _lost() -> QuerySet[OpenIntent]:
    begun = timezone.now() - ORPHANED_AFTER
    return OpenIntent.objects.filter(Q(lost_at__isnull=False) | Q(taken_at__lt=begun))


def _to_settle() -> QuerySet[OpenIntent]:
    """Without what takes a person: reading it again and again would not help."""
    return _lost().filter(finding="")
