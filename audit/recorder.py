"""The only way to change anything upstream: on record first.

The intent is durable before the call, the outcome is appended after it, and only then
does the person see the result. If the intent cannot be written, nothing is sent.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.dispatch import Signal
from django.utils import timezone

from audit import locks, sent_forms
from audit.chain import append, writing
from audit.models import Action, Outcome, Phase, Record
from console.access import Actor, ConfirmedActor
from gateways.errors import GatewayError, RefusedError

ATTEMPTS = 3  # where others take and give back the lock in the same moment
# What a database raises that refuses, or that is gone.
NOT_WRITTEN = (DatabaseError, InterfaceError)

outcome_lost = Signal()  # somebody has to find out what became of a change
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


class OutcomeLostError(ObjectBusyError):
    """Nobody knows what became of an earlier change of this object."""


@contextmanager
def recording(
    action: Action,
    *,
    actor: ConfirmedActor,
    obj: Object,
    operation: UUID | None = None,
    part: str = "",
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Iterator[Attempt]:
    """Write the intent, let the caller make its one call, append the outcome.

    With an `operation` key the work is done once however often it is sent, and the
    object takes no other change until the outcome is known; a reading goes without.
    `part` tells the calls of one operation apart. Never use this inside
    transaction.atomic(): the intent must be durable before the call.

    Raises NotRecordedError, FormUsedError, RepeatedOperationError, ObjectBusyError:
    nothing was sent; OutcomeNotRecordedError; and what the call raises, on record.
    """
    intent = make_record(actor, action, obj, changes=changes, reason=reason)
    intent.phase = Phase.INTENT
    if operation:
        intent.operation = _key(operation, part)
    _open(intent, obj, actor, operation)
    attempt = Attempt(intent.id, obj.id, deepcopy(intent.changes))
    try:
        yield attempt
    except RefusedError as exc:
        exc.entry_id = intent.id
        _close(intent, obj, attempt, Outcome.FAILED, exc.detail or exc.reason)
        raise
    except GatewayError as exc:
        exc.entry_id = intent.id
        _close(intent, obj, attempt, Outcome.UNKNOWN, exc.reason)
        raise
    except BaseException as exc:
        _close(intent, obj, attempt, Outcome.UNKNOWN, type(exc).__name__)
        raise
    _close(intent, obj, attempt, Outcome.SUCCEEDED)


def prepare(actor: Actor, operation: UUID | None = None, part: str = "") -> None:
    """Before anything is asked of another service: can it be recorded, and is it new?

    `recording` makes sure of both; this spares the calls that come before it.
    Raises NotRecordedError, FormUsedError, RepeatedOperationError.
    """
    if operation:
        demand_new(actor, operation, part)
    demand_writable()


def demand_new(actor: Actor, operation: UUID, part: str = "") -> None:
    """Raises NotRecordedError, FormUsedError, RepeatedOperationError.

    What was read before this, and is as wanted already, the same form did not make so.
    """
    try:
        _demand_new(actor, operation, _key(operation, part))
    except NOT_WRITTEN as exc:
        raise NotRecordedError from exc


def demand_writable() -> None:
    """Write a line and take it back, and its number with it. Raises NotRecordedError.

    A savepoint of its own, so that a transaction round all this stays good.
    """
    try:
        with writing(), transaction.atomic():
            append(Record(at=timezone.now(), phase=Phase.EVENT))
            transaction.set_rollback(True)
    except NOT_WRITTEN as exc:
        logger.exception("log not writable")
        raise NotRecordedError from exc


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
    record = make_record(actor, action, about, changes=changes, explanation=explanation)
    record.phase, record.outcome = Phase.EVENT, outcome
    try:
        append(record)
    except NOT_WRITTEN as exc:
        raise NotRecordedError from exc
    return record


def make_record(
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


def _open(
    intent: Record, obj: Object, actor: ConfirmedActor, operation: UUID | None
) -> None:
    try:
        for _ in range(ATTEMPTS):
            try:
                return _write_intent(intent, obj, actor, operation)
            except IntegrityError:
                _say_what_stood_in_the_way(intent, obj, actor, operation)
                intent.pk = None  # it has gone meanwhile, so once more
    except NOT_WRITTEN as exc:
        logger.exception("intent not recorded %s", intent.request_id)
        raise NotRecordedError from exc
    raise NotRecordedError


def _write_intent(
    intent: Record, obj: Object, actor: ConfirmedActor, operation: UUID | None
) -> None:
    """Write the intent and take the object's lock, in one durable transaction."""
    with writing(durable=True):
        append(intent)
        if operation:
            sent_forms.bind(operation, actor)
            locks.take(intent, obj.key)


def _say_what_stood_in_the_way(
    intent: Record, obj: Object, actor: ConfirmedActor, operation: UUID | None
) -> None:
    if operation and intent.operation:
        _demand_new(actor, operation, intent.operation)
    holder = locks.find_holder(obj.key)
    if holder:
        error = OutcomeLostError if locks.is_lost(holder) else ObjectBusyError
        raise error(holder.intent_id)


def _key(operation: UUID, part: str) -> UUID:
    return uuid5(operation, part) if part else operation


def _demand_new(actor: Actor, operation: UUID, key: UUID) -> None:
    sent_forms.demand_own(operation, actor)
    first = Record.objects.filter(phase=Phase.INTENT, operation=key).first()
    if first:
        raise RepeatedOperationError(first.id)


def _close(
    intent: Record, obj: Object, attempt: Attempt, outcome: Outcome, said: str = ""
) -> None:
    """Append the outcome and give the lock back; it stays where nobody knows."""
    intent.object_id, intent.changes = attempt.object_id, attempt.changes
    lost = outcome == Outcome.UNKNOWN and intent.operation
    try:
        with writing(durable=True):
            append_outcome(intent, outcome, said)
            if lost:
                locks.keep(intent, obj.key)
            else:
                locks.give_back(intent.id)
    except NOT_WRITTEN as exc:
        logger.exception("outcome not recorded %s", intent.request_id)
        raise OutcomeNotRecordedError(intent.id) from exc
    if lost:
        # Whatever goes wrong there must not hide what went wrong here.
        outcome_lost.send_robust(sender=Record, intent=intent)


def append_outcome(intent: Record, outcome: Outcome, explanation: str) -> None:
    """In a transaction that also sees to the object's lock."""
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
