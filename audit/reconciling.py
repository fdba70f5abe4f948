"""Finding out what became of a change: by reading upstream, never by doing it again.

A change whose answer was lost, or whose console was killed, keeps its object locked.
What reads the other service is registered by the screens, as only they know it. Here
is when a reading counts: that something happened, at once; that it did not, or that
nobody can tell, when a second reading says so as well a while later, since a request
whose answer was lost may still be under way.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import locks
from audit.chain import append, writing
from audit.models import Action, OpenIntent, Outcome, Phase, Record
from audit.recorder import (
    NOT_WRITTEN,
    NotRecordedError,
    Object,
    append_outcome,
    make_record,
)
from console.access import ConfirmedActor
from gateways.errors import GatewayError, UnavailableError
from gateways.transport import DEADLINE

# Two readings so far apart have to agree: no call runs longer, with a margin.
APART = timedelta(seconds=DEADLINE + 10)
# A person may release what could not even be read for so long.
UNREAD_FOR = timedelta(minutes=10)
NO_READER = "This console has no way to find out."

logger = logging.getLogger("audit")


class Verdict(StrEnum):
    HAPPENED = "happened"
    DID_NOT_HAPPEN = "did not happen"
    NEEDS_PERSON = "needs a person"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reading says of a change: in words, and what it learned on the way."""

    verdict: Verdict
    explanation: str
    object_id: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """A change that nobody knows the outcome of, and since when."""

    intent: Record
    lost_at: datetime


Reader = Callable[[Loss], Finding]
_readers: dict[str, Reader] = {}


class Progress(StrEnum):
    """What a look at an outcome came to."""

    SETTLED = "settled"
    WAITING = "waiting"
    NEEDS_PERSON = "needs a person"
    ELSEWHERE = "elsewhere"  # settled already, or looked at by another worker


def settles(*actions: Action) -> Callable[[Reader], Reader]:
    """Register what tells whether such a change happened. It may raise GatewayError."""

    def register(reader: Reader) -> Reader:
        _readers.update(dict.fromkeys(actions, reader))
        return reader

    return register


def can_settle(action: str) -> bool:
    return action in _readers


def look_at_all() -> None:
    """Look at each lost outcome once."""
    for intent_id in locks.list_lost():
        try:
            progress = look_at(intent_id)
        except UnavailableError as exc:
            logger.warning("outcome of entry %d: %s", intent_id, exc)
            return  # the next ones would only wait as long
        except GatewayError as exc:
            logger.warning("outcome of entry %d: %s", intent_id, exc)
        else:
            logger.info("outcome of entry %d: %s", intent_id, progress)


def look_at(intent_id: int) -> Progress:
    """Read upstream what became of this change, and settle it if that is clear.

    Raises GatewayError: it could not be read. NotRecordedError.
    """
    lock = locks.lease(intent_id)
    if lock is None:
        return Progress.ELSEWHERE
    begun = timezone.now()
    try:
        finding = _read(lock)
    except BaseException:
        locks.note(lock)
        raise
    return _conclude(lock, finding, begun)


def _read(lock: OpenIntent) -> Finding:
    reader = _readers.get(lock.intent.action)
    if reader is None:
        return Finding(Verdict.NEEDS_PERSON, NO_READER)
    lost_at = lock.lost_at or lock.taken_at + locks.ORPHANED_AFTER
    return reader(Loss(lock.intent, lost_at))


def _conclude(lock: OpenIntent, finding: Finding, begun: datetime) -> Progress:
    if finding.verdict is Verdict.HAPPENED:
        return _settle(lock, Outcome.SUCCEEDED, finding)
    agreed_since = lock.read_since if lock.reading == finding.verdict else None
    if agreed_since is None or begun < agreed_since + APART:
        since = agreed_since or timezone.now()
        locks.note(lock, reading=finding.verdict, since=since, finding=lock.finding)
        return Progress.WAITING
    if finding.verdict is Verdict.DID_NOT_HAPPEN:
        return _settle(lock, Outcome.FAILED, finding)
    locks.note(
        lock,
        reading=finding.verdict,
        since=agreed_since,
        finding=finding.explanation,
    )
    return Progress.NEEDS_PERSON


def _settle(lock: OpenIntent, outcome: Outcome, finding: Finding) -> Progress:
    """Append the outcome, unless somebody else was faster."""
    intent = lock.intent
    intent.object_id = finding.object_id or intent.object_id
    intent.changes = {**intent.changes, **finding.changes}
    try:
        with writing(durable=True):
            append_outcome(intent, outcome, finding.explanation)
            if not locks.give_back_leased(lock):
                transaction.set_rollback(True)
                return Progress.ELSEWHERE
    except NOT_WRITTEN as exc:
        raise NotRecordedError from exc
    return Progress.SETTLED


def may_release(lock: OpenIntent) -> bool:
    """Whether it takes a person; or nothing could be read for long."""
    if lock.finding:
        return True
    unread = not lock.reading and locks.is_lost(lock)
    return unread and lock.taken_at < timezone.now() - UNREAD_FOR


def record_release(lock: OpenIntent, *, actor: ConfirmedActor, reason: str) -> None:
    """Let the object take changes again although nobody knows the outcome.

    It is an entry of its own, and one more outcome of the change: still unknown.
    Does nothing if it was settled or released meanwhile. Raises NotRecordedError.
    """
    intent = lock.intent
    obj = Object(intent.object_type, intent.object_name, intent.object_id)
    event = make_record(
        actor,
        Action.OUTCOME_RELEASE,
        obj,
        changes={"entry": {"before": None, "after": intent.id}},
        reason=reason,
    )
    event.phase, event.outcome = Phase.EVENT, Outcome.SUCCEEDED
    who = actor.name or actor.username
    try:
        with writing(durable=True):
            append(event)
            append_outcome(intent, Outcome.UNKNOWN, f"Released by {who}: {reason}")
            if not locks.give_back(intent.id):
                transaction.set_rollback(True)
    except NOT_WRITTEN as exc:
        raise NotRecordedError from exc
