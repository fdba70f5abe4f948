"""What every change of a client passes first: the client as it is, and the right."""

from uuid import UUID

from django.conf import settings

from apiclients.selectors import Subject, get_subject
from audit.models import Action, Outcome
from audit.recorder import Object, demand_new, record_event
from console import limits, policy
from console.access import Actor, ConfirmedActor
from gateways.errors import NotFoundError
from gateways.keycloak.models import Client


class BeyondRightsError(Exception):
    """The client's roles go beyond what this person may hand out; that is recorded."""

    def __init__(
        self, client: Client, roles: list[str], entry_id: int, *, thing: str
    ) -> None:
        super().__init__(f"{client.client_id} holds {', '.join(roles)}")
        self.client = client
        self.roles = roles
        self.entry_id = entry_id
        self.thing = thing


def get_subject_once(uuid: str, actor: Actor, operation: UUID) -> Subject:
    """The client before a change, as it was not left by the same form a moment ago.

    Raises FormUsedError, RepeatedOperationError.
    """
    try:
        subject = get_subject(uuid)
    except NotFoundError:
        demand_new(actor, operation)
        raise
    demand_new(actor, operation)
    return subject


def demand_secret_rights(
    subject: Subject, actor: ConfirmedActor, action: Action, *, thing: str = "secret"
) -> None:
    """Who gets a client's secret, or its token, gets its powers; and not without end.

    Raises BeyondRightsError, limits.TooOftenError.
    """
    beyond = policy.roles_beyond(
        subject.roles, actor.roles, delegable=settings.DELEGABLE_ROLES
    )
    if beyond:
        record = record_event(
            action,
            actor=actor,
            outcome=Outcome.FAILED,
            obj=object_of(subject.client),
            explanation=f"The client holds roles beyond theirs: {', '.join(beyond)}",
        )
        raise BeyondRightsError(subject.client, beyond, record.id, thing=thing)
    try:
        limits.spend(limits.REVEALS, actor.issuer, actor.subject)
    except limits.TooOftenError as exc:
        exc.entry_id = record_event(
            action,
            actor=actor,
            outcome=Outcome.FAILED,
            obj=object_of(subject.client),
            explanation="Too many secrets and tokens in ten minutes.",
        ).id
        raise


def object_of(client: Client) -> Object:
    return Object("client", client.client_id, client.uuid)
