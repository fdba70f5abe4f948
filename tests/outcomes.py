"""Changes whose outcome nobody knows: leaving one behind, and letting time pass."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from audit.models import OpenIntent, Record
from audit.reconciling import APART, Progress, look_at
from audit.recorder import Object
from tests.factories import make_entry

SECOND = timedelta(seconds=1)
TIMES = ("taken_at", "lost_at", "leased_until", "checked_at", "read_since")


def leave_open(
    obj: Object, *, ago: timedelta = timedelta(minutes=2), **values: object
) -> Record:
    """What a console that was killed in the middle of a change leaves behind."""
    about = {"object_type": obj.type, "object_id": obj.id, "object_name": obj.name}
    at = timezone.now() - ago
    intent = make_entry(None, **{"operation": uuid4(), "at": at, **about, **values})
    OpenIntent.objects.create(object_key=obj.key, intent=intent, taken_at=at)
    return intent


def let_pass(time: timedelta) -> None:
    """As if everything about the locks had been so much earlier."""
    for lock in OpenIntent.objects.all():
        for name in TIMES:
            value = getattr(lock, name)
            if value:
                setattr(lock, name, value - time)
        lock.save()


def look_twice(intent_id: int) -> Progress:
    """Two readings that are far enough apart; what the second came to."""
    first = look_at(intent_id)
    assert first is Progress.WAITING, first
    let_pass(APART + SECOND)
    return look_at(intent_id)
