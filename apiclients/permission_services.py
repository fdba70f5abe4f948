"""Giving roles to a client, and taking them away: each container a recorded write.

Keycloak lets a composite through that contains anything. So each role is judged by all
that it contains right before the write, and once more right after it: what somebody put
into a composite in between is taken away again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from apiclients import delegation
from apiclients.catalogue import label, labels
from apiclients.guards import object_of
from apiclients.roles import read_roles
from apiclients.selectors import Subject, get_subject
from audit.models import Action, Outcome
from audit.reconciling import look_at
from audit.recorder import (
    NotRecordedError,
    Object,
    ObjectBusyError,
    OutcomeLostError,
    OutcomeNotRecordedError,
    RepeatedOperationError,
    demand_new,
    prepare,
    record_event,
    recording,
)
from console import access
from console.access import Actor, ConfirmedActor
from gateways import configured
from gateways.errors import GatewayError, NotFoundError, RefusedError
from gateways.keycloak.models import Client, Role

TAKEN_BACK = "It held more than allowed when it was read again after assigning."
NOT_READ_AGAIN = "It was assigned, but the roles could not be read again afterwards."


class RolesNotAssignableError(Exception):
    """Some of the roles are gone, or not this person's to assign. Nothing was sent."""

    def __init__(self, client: Client, reasons: dict[str, str], entry_id: int) -> None:
        super().__init__(f"{client.client_id}: {', '.join(reasons)}")
        self.client = client
        self.reasons = reasons
        self.entry_id = entry_id


class RoleNotHeldError(Exception):
    """The client does not hold this role (any more), or the role is gone."""


class Result(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Write:
    """What came of the write to one container."""

    roles: list[Role]
    result: Result
    problem: Exception | None = None

    @property
    def names(self) -> list[str]:
        return [label(role.client_id, role.name) for role in self.roles]

    @property
    def explanation(self) -> str:
        if isinstance(self.problem, OutcomeLostError):
            return (
                "The outcome of an earlier change is being checked, so it was not sent."
            )
        if isinstance(self.problem, ObjectBusyError):
            return "Another change of this client was under way, so it was not sent."
        if isinstance(self.problem, NotRecordedError):
            return "It could not be recorded, so it was not sent."
        if isinstance(self.problem, NotFoundError):
            return "One of these roles is not there any more."
        if isinstance(self.problem, GatewayError) and self.result is Result.REFUSED:
            return f"{self.problem.service}: {self.problem.detail or 'not accepted'}."
        return ""

    @property
    def entry_id(self) -> int | None:
        return getattr(self.problem, "entry_id", None)


@dataclass(slots=True)
class Assignment:
    """What came of a form. `gained`: what tokens carry from now on in addition.

    `undone`: what was taken back because it held more than allowed. `unchecked`: the
    roles could not be read again.
    """

    client: Client
    writes: list[Write]
    gained: list[str] = field(default_factory=list)
    undone: list[Write] = field(default_factory=list)
    unchecked: bool = False

    @property
    def what_tokens_carry(self) -> str:
        if not self.client.full_scope:
            return "Its full scope is off, so its tokens carry none of its roles."
        if not self.gained:
            return "Tokens issued from now on carry what they did before."
        names = ", ".join(self.gained)
        return f"Tokens issued from now on carry in addition: {names}."

    @property
    def is_assigned(self) -> bool:
        done = all(write.result is Result.DONE for write in self.writes)
        return done and not self.undone

    @property
    def is_done(self) -> bool:
        return self.is_assigned and not self.unchecked


def assign_roles(
    uuid: str, role_ids: Sequence[str], *, actor: Actor, operation: UUID
) -> Assignment:
    """Give the client these roles, one write for each container.

    Raises RolesNotAssignableError, before anything is sent. What goes wrong with a
    single write is raised as well; of several writes, each tells what became of it.
    """
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    subject = _visible(uuid, Action.ROLE_ASSIGN, confirmed, role_ids)
    roles, reasons = delegation.judge(role_ids, confirmed)
    if reasons:
        told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        obj = object_of(subject.client)
        entry_id = _record_refusal(Action.ROLE_ASSIGN, confirmed, obj, told)
        raise RolesNotAssignableError(subject.client, reasons, entry_id)
    writes = [
        _write(
            Action.ROLE_ASSIGN, subject, group, confirmed, (operation, f"in {owner}")
        )
        for owner, group in _by_container(roles).items()
    ]
    assignment = Assignment(subject.client, writes)
    if any(write.result in (Result.DONE, Result.UNKNOWN) for write in writes):
        _check_again(assignment, subject, confirmed, operation)
    _raise_a_lone_problem(assignment)
    return assignment


def remove_role(uuid: str, role_id: str, *, actor: Actor, operation: UUID) -> Role:
    """Take away a role that is assigned directly: any, by whoever sees the client.

    Raises RoleNotHeldError, which is recorded.
    """
    key = (operation, role_id)
    prepare(actor, *key)
    confirmed = access.confirm(actor)
    subject = _visible(uuid, Action.ROLE_REMOVE, confirmed, [role_id])
    mapped = configured.role_mappings().list_roles(subject.account)
    role = next((role for role in mapped if role.id == role_id), None)
    if role is None:
        demand_new(actor, *key)  # the same form may have removed it a moment ago
        told = f"The client does not hold it: {delegation.known_names([role_id])}"
        _record_refusal(Action.ROLE_REMOVE, confirmed, object_of(subject.client), told)
        raise RoleNotHeldError
    write = _write(Action.ROLE_REMOVE, subject, [role], confirmed, key)
    if isinstance(write.problem, NotFoundError):
        raise RoleNotHeldError
    if write.problem:
        raise write.problem
    return role


def _visible(
    uuid: str, action: Action, actor: ConfirmedActor, role_ids: Iterable[str]
) -> Subject:
    """The client, or NotFoundError: recorded by its uuid, as all may read that."""
    try:
        return get_subject(uuid)
    except NotFoundError:
        names = delegation.known_names(role_ids)
        told = f"There is no such API client here. Roles: {names}"
        _record_refusal(action, actor, Object("client", uuid, uuid), told)
        raise


def _by_container(roles: Iterable[Role]) -> dict[str, list[Role]]:
    """By the uuid of the client that owns them; empty for the organization's."""
    groups: dict[str, list[Role]] = defaultdict(list)
    for role in roles:
        groups[role.client_uuid].append(role)
    return groups


def _write(
    action: Action,
    subject: Subject,
    roles: list[Role],
    actor: ConfirmedActor,
    key: tuple[UUID, str],
    *,
    reason: str = "",
) -> Write:
    """One call, on record first. What goes wrong is in the answer."""
    gateway = configured.role_mappings()
    try:
        with recording(
            action,
            actor=actor,
            obj=object_of(subject.client),
            operation=key[0],
            part=key[1],
            changes=_changes(action, roles),
            reason=reason,
        ):
            if action is Action.ROLE_ASSIGN:
                gateway.map_roles(subject.account, roles)
            else:
                gateway.unmap_roles(subject.account, roles)
    except RepeatedOperationError as exc:
        return Write(roles, Result.REPEATED, exc)
    except (RefusedError, ObjectBusyError, NotRecordedError) as exc:
        return Write(roles, Result.REFUSED, exc)
    except (GatewayError, OutcomeNotRecordedError) as exc:
        return Write(roles, Result.UNKNOWN, exc)
    return Write(roles, Result.DONE)


def _check_again(
    assignment: Assignment, subject: Subject, actor: ConfirmedActor, operation: UUID
) -> None:
    written = [role for write in assignment.writes for role in write.roles]
    try:
        excess = delegation.find_excess(written, actor)
        if excess:
            _settle_what_was_lost(assignment.writes)
        for owner, group in _by_container(excess).items():
            key = (operation, f"undo {owner}")
            undo = (Action.ROLE_REMOVE, subject, group, actor, key)
            assignment.undone.append(_write(*undo, reason=TAKEN_BACK))
        held = read_roles(subject.client, subject.account)
    except GatewayError:
        assignment.unchecked = True
        if any(write.result is Result.DONE for write in assignment.writes):
            record_event(
                Action.ROLE_ASSIGN,
                actor=actor,
                outcome=Outcome.UNKNOWN,
                obj=object_of(subject.client),
                explanation=NOT_READ_AGAIN,
            )
    else:
        assignment.gained = labels(held - subject.roles)


def _settle_what_was_lost(writes: Iterable[Write]) -> None:
    """As long as its outcome is unknown, what was written could not be taken back."""
    for write in writes:
        if write.result is Result.UNKNOWN and write.entry_id:
            look_at(write.entry_id)


def _raise_a_lone_problem(assignment: Assignment) -> None:
    """A form that is sent twice, or the one write of a form that did not work."""
    problems = [write.problem for write in assignment.writes if write.problem]
    repeated = all(w.result is Result.REPEATED for w in assignment.writes)
    alone = repeated or len(assignment.writes) == 1
    if problems and alone and not assignment.undone:
        raise problems[0]


def _record_refusal(
    action: Action, actor: ConfirmedActor, obj: Object, told: str
) -> int:
    """Its entry's id."""
    return record_event(
        action, actor=actor, outcome=Outcome.FAILED, obj=obj, explanation=told
    ).id


def _changes(action: Action, roles: list[Role]) -> dict[str, Any]:
    names = [label(role.client_id, role.name) for role in roles]
    before, after = (None, names) if action is Action.ROLE_ASSIGN else (names, None)
    return {"permissions": {"before": before, "after": after}}
