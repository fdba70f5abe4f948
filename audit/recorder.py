"""The only way to change anything upstream: on record first.

The intent is durable before the call, the outcome is appended after it, and only then
does the person see the result. If the intent cannot be written, nothing is sent.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.utils import timezone

from audit.chain import append, writing
from audit.models import Action, OpenIntent, Outcome, Phase, Record
from console.access import Actor, ConfirmedActor
from gateways.errors import GatewayError, RefusedError

# Longer than any call with its deadline takes: whoever held the lock is gone by then.
LOCK_EXPIRES_AFTER = timedelta(seconds=60)
ABANDONED = "The console stopped before it learned the outcome."
ATTEMPTS = 3  # where others take and give back the lock in the same moment
# What a database raises that refuses, or that is gone.
NOT_WRITTEN = (DatabaseError, InterfaceError)

logger = logging.getLogger("audit")


@dataclass(frozen=True, slots=True)
class Object:
    """What an entry is about. `id` is empty while it is being created."""

    type: str
    name: str
    id: str = ""

    @property
    def key(self) -> str:
        return f"{self.type}/{self.id or self.name}"


@dataclass(slots=True)
class Attempt:
    """A change under way. The caller may add what it learns: an id, an after-value."""

    entry_id: int
    object_id: str
    changes: dict[str, Any]


class NotRecordedError(Exception):
    """The intent could not be written, so nothing was sent."""


class OutcomeNotRecordedError(Exception):
    """The call was made, but what came of it could not be written."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"outcome of entry {entry_id} not recorded")
        self.entry_id = entry_id


class RepeatedOperationError(Exception):
    """This form was sent before; `entry_id` tells of the first time."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"same operation as entry {entry_id}")
        self.entry_id = entry_id


class ObjectBusyError(Exception):
    """Another change of this object is under way; `entry_id` tells which."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"busy with entry {entry_id}")
        self.entry_id = entry_id


@contextmanager
def recording(
    action: Action,
    *,
    actor: ConfirmedActor,
    obj: Object,
    operation: UUID | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Iterator[Attempt]:
    """Write the intent, let the caller make its one call, append the outcome.

    With an `operation` key the work is done once however often it is sent, and no other
    change of the object runs meanwhile; a reading goes without. Never use this inside
    transaction.atomic(): the intent must be durable before the call.

    Raises NotRecordedError, RepeatedOperationError, ObjectBusyError (nothing was sent),
    OutcomeNotRecordedError, and whatever the call raises, after recording it.
    """
    intent = _record(actor, action, obj, changes=changes, reason=reason)
    intent.phase, intent.operation = Phase.INTENT, operation
    _open(intent, obj)
    attempt = Attempt(intent.id, obj.id, deepcopy(intent.changes))
    try:
        yield attempt
    except RefusedError as exc:
        exc.entry_id = intent.id
        _close(intent, attempt, Outcome.FAILED, exc.detail or exc.reason)
        raise
    except GatewayError as exc:
        exc.entry_id = intent.id
        _close(intent, attempt, Outcome.UNKNOWN, exc.reason)
        raise
    except BaseException as exc:
        _close(intent, attempt, Outcome.UNKNOWN, type(exc).__name__)
        raise
    _close(intent, attempt, Outcome.SUCCEEDED)


def prepare(operation: UUID | None = None) -> None:
    """Before anything is asked of another service: can it be recorded, and is it new?

    `recording` makes sure of both; this spares the calls that come before it, and tells
    a deletion sent twice from one of a client that is not there.
    Raises NotRecordedError, RepeatedOperationError.
    """
    try:
        first = _first_with(operation) if operation else None
        if first is None:
            _try_to_write()
    except NOT_WRITTEN as exc:
        logger.exception("log not writable")
        raise NotRecordedError from exc
    if first:
        raise RepeatedOperationError(first.id)


def _try_to_write() -> None:
    """Write a line and take it back, and its number with it.

    A savepoint of its own, so that a transaction round all this stays good.
    """
    with writing(), transaction.atomic():
        append(Record(at=timezone.now(), phase=Phase.EVENT))
        transaction.set_rollback(True)


def record_event(
    action: Action,
    *,
    actor: Actor,
    outcome: Outcome = Outcome.SUCCEEDED,
    obj: Object | None = None,
    changes: Mapping[str, Any] | None = None,
    explanation: str = "",
) -> Record:
    """Write an entry that stands alone, such as a sign-in or a refusal by the policy.

    Raises NotRecordedError.
    """
    about = obj or Object("", "")
    record = _record(actor, action, about, changes=changes, explanation=explanation)
    record.phase, record.outcome = Phase.EVENT, outcome
    try:
        append(record)
    except NOT_WRITTEN as exc:
        raise NotRecordedError from exc
    return record


def _record(
    actor: Actor,
    action: Action,
    obj: Object,
    *,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    explanation: str = "",
) -> Record:
    return Record(
        at=timezone.now(),
        action=action,
        actor_issuer=actor.issuer,
        actor_subject=actor.subject,
        actor_username=actor.username,
        actor_name=actor.name,
        address=actor.address,
        request_id=actor.request_id,
        object_type=obj.type,
        object_id=obj.id,
        object_name=obj.name,
        changes=dict(changes or {}),
        reason=reason,
        explanation=explanation[:500],
    )


def _open(intent: Record, obj: Object) -> None:
    try:
        for _ in range(ATTEMPTS):
            try:
                return _write_intent(intent, obj)
            except IntegrityError:
                _say_what_stood_in_the_way(intent, obj)
                intent.pk = None  # it has gone meanwhile, so once more
    except NOT_WRITTEN as exc:
        logger.exception("intent not recorded %s", intent.request_id)
        raise NotRecordedError from exc
    raise NotRecordedError


def _write_intent(intent: Record, obj: Object) -> None:
    """Write the intent and take the object's lock, in one durable transaction."""
    with writing(durable=True):
        append(intent)
        if intent.operation:
            _take_lock(intent, obj)


def _take_lock(intent: Record, obj: Object) -> None:
    stale = OpenIntent.objects.filter(
        object_key=obj.key, taken_at__lt=intent.at - LOCK_EXPIRES_AFTER
    ).select_related("intent")
    for lock in stale.select_for_update(of=("self",)):
        _append_outcome(lock.intent, Outcome.UNKNOWN, ABANDONED)
        lock.delete()
    OpenIntent.objects.create(object_key=obj.key, intent=intent, taken_at=intent.at)


def _say_what_stood_in_the_way(intent: Record, obj: Object) -> None:
    first = _first_with(intent.operation) if intent.operation else None
    if first:
        raise RepeatedOperationError(first.id)
    holder = OpenIntent.objects.filter(object_key=obj.key).first()
    if holder:
        raise ObjectBusyError(holder.intent_id)


def _first_with(operation: UUID) -> Record | None:
    return Record.objects.filter(phase=Phase.INTENT, operation=operation).first()


def _close(
    intent: Record, attempt: Attempt, outcome: Outcome, explanation: str = ""
) -> None:
    """Append the outcome and give the lock back."""
    intent.object_id, intent.changes = attempt.object_id, attempt.changes
    try:
        with writing(durable=True):
            _append_outcome(intent, outcome, explanation)
            OpenIntent.objects.filter(intent_id=intent.id).delete()
    except NOT_WRITTEN as exc:
        logger.exception("outcome not recorded %s", intent.request_id)
        raise OutcomeNotRecordedError(intent.id) from exc


def _append_outcome(intent: Record, outcome: Outcome, explanation: str) -> None:
    record = Record(
        **{
            name: getattr(intent, name)
            for name in (
                *("action", "actor_issuer", "actor_subject", "actor_username"),
                *("actor_name", "address", "request_id", "operation", "object_type"),
                *("object_id", "object_name", "changes", "reason"),
            )
        }
    )
    record.at, record.phase, record.intent_id = timezone.now(), Phase.OUTCOME, intent.id
    record.outcome, record.explanation = outcome, explanation[:500]
    append(record)
