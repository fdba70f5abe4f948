"""What the API client screens change: each on record first.

Every service reads the person's roles and the client anew, so that a right or a client
that is gone stops the change; then `recording` lets it make its one call.
"""

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from apiclients import synchronisation
from apiclients.fingerprints import fingerprint, version_of
from apiclients.guards import demand_secret_rights, get_subject_once, object_of
from apiclients.permission_counts import note_count
from apiclients.selectors import get_subject
from audit.models import Action
from audit.recorder import Object, prepare, recording
from console import access
from console.access import Actor, ConfirmedActor
from gateways import configured
from gateways.errors import ConflictError, GatewayError, RefusedError
from gateways.keycloak.models import Client, ClientChange, ClientSecret


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What regenerating gave, and the entry that tells of it."""

    client: Client
    secret: ClientSecret
    entry_id: int


class ClientIdTakenError(Exception):
    """Another client has this id, perhaps in other case."""


class NotConfirmedError(Exception):
    """What was typed is not the client's id. Nothing was sent."""

    def __init__(self, client_id: str) -> None:
        super().__init__(client_id)
        self.client_id = client_id


class ClientChangedError(RefusedError):
    """Someone else changed the client since the form was opened. Nothing was sent."""

    def __init__(self, client: Client) -> None:
        super().__init__(configured.KEYCLOAK, "It was changed meanwhile, so not sent.")
        self.client = client


def create_client(
    client_id: str, wanted: ClientChange, *, actor: Actor, operation: UUID
) -> str:
    """Make an API client; its uuid. Raises ClientIdTakenError."""
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    try:
        with recording(
            Action.CLIENT_CREATE,
            actor=confirmed,
            obj=Object("client", client_id),
            operation=operation,
            changes={name: _change(None, value) for name, value in _values(wanted)},
        ) as attempt:
            attempt.object_id = configured.clients().create_client(
                client_id, wanted, intent=str(operation)
            )
    except ConflictError as exc:
        raise ClientIdTakenError from exc
    _learn_of(attempt.object_id)
    note_count(attempt.object_id, 0)
    return attempt.object_id


def update_client(
    uuid: str,
    wanted: ClientChange,
    *,
    seen: str,
    actor: Actor,
    operation: UUID,
) -> Client:
    """Change a client, if it still is as the person saw it (`seen`: its version).

    Raises ClientChangedError. Nothing to change: nothing is sent or recorded.
    """
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    client = get_subject_once(uuid, confirmed, operation).client
    current = ClientChange.of(client)
    if current == wanted:
        return client
    if version_of(current) != seen:
        raise ClientChangedError(client)
    return send_update(client, wanted, actor=confirmed, operation=operation)


def set_enabled(
    uuid: str, *, enabled: bool, actor: Actor, operation: UUID, reason: str
) -> Client:
    """Let a client get tokens, or stop it. Issued tokens work until they expire.

    Nothing to change: nothing is sent or recorded.
    """
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    client = get_subject_once(uuid, confirmed, operation).client
    if client.enabled is enabled:
        return client
    wanted = replace(ClientChange.of(client), enabled=enabled)
    return send_update(
        client, wanted, actor=confirmed, operation=operation, reason=reason
    )


def send_update(
    client: Client,
    wanted: ClientChange,
    *,
    actor: ConfirmedActor,
    operation: UUID,
    reason: str = "",
) -> Client:
    """Write a change of a client that was read just now. Its one call, on record."""
    changes = _differences(ClientChange.of(client), wanted)
    with recording(
        _action(changes),
        actor=actor,
        obj=object_of(client),
        operation=operation,
        changes=changes,
        reason=reason,
    ):
        latest, merged = _merge(client, wanted)
        updated = configured.clients().update_client(latest, merged)
    synchronisation.refresh_client(updated, protected=False)
    return updated


def delete_client(
    uuid: str, *, typed: str, actor: Actor, operation: UUID, reason: str
) -> Client:
    """Delete a client, its service account and its roles; the client as it was.

    Raises NotConfirmedError: `typed` must be the client's id.
    """
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    client = get_subject_once(uuid, confirmed, operation).client
    if typed != client.client_id:
        raise NotConfirmedError(client.client_id)
    send_deletion(client, actor=confirmed, operation=operation, reason=reason)
    return client


def send_deletion(
    client: Client, *, actor: ConfirmedActor, operation: UUID, reason: str
) -> None:
    """Delete a client that was read just now. Its one call, on record."""
    with recording(
        Action.CLIENT_DELETE,
        actor=actor,
        obj=object_of(client),
        operation=operation,
        changes={
            name: _change(value, None)
            for name, value in _values(ClientChange.of(client))
        },
        reason=reason,
    ):
        configured.clients().delete_client(client.uuid)
    synchronisation.forget_client(client.uuid)


def show_secret(uuid: str, *, actor: Actor) -> ClientSecret:
    """The secret, for the person to see: recorded before they get it.

    Raises BeyondRightsError: it is refused, and that is recorded.
    """
    return _read_secret(uuid, Action.SECRET_SHOW, actor)


def copy_secret(uuid: str, *, actor: Actor) -> ClientSecret:
    """The secret, for the person's clipboard. Otherwise as `show_secret`."""
    return _read_secret(uuid, Action.SECRET_COPY, actor)


def regenerate_secret(
    uuid: str, *, actor: Actor, operation: UUID, reason: str
) -> NewSecret:
    """Replace the secret: the old one stops at once. Callers keep it nowhere.

    Raises BeyondRightsError: it is refused, and that is recorded.
    """
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    subject = get_subject_once(uuid, confirmed, operation)
    demand_secret_rights(subject, confirmed, Action.SECRET_REGENERATE)
    before = fingerprint(configured.clients().read_secret(uuid))
    with recording(
        Action.SECRET_REGENERATE,
        actor=confirmed,
        obj=object_of(subject.client),
        operation=operation,
        changes={"fingerprint": _change(before, None)},
        reason=reason,
    ) as attempt:
        secret = configured.clients().regenerate_secret(uuid)
        attempt.changes["fingerprint"]["after"] = fingerprint(secret)
    _learn_of(uuid)
    return NewSecret(subject.client, secret, attempt.entry_id)


def _merge(seen: Client, wanted: ClientChange) -> tuple[Client, ClientChange]:
    """The client under its lock, and what to write over it: the changed fields alone.

    Raises ClientChangedError: one of these is neither as it was seen nor as wanted.
    """
    latest = configured.clients().get_client(seen.uuid)
    now = ClientChange.of(latest)
    changes = _differences(ClientChange.of(seen), wanted)
    for name, change in changes.items():
        if getattr(now, name) not in (change["before"], change["after"]):
            raise ClientChangedError(latest)
    after = {name: change["after"] for name, change in changes.items()}
    return latest, replace(now, **after)


def _learn_of(uuid: str) -> None:
    """Bring the index up to date by a read; else the next synchronisation does."""
    with suppress(GatewayError):
        client = configured.clients().get_client(uuid)
        synchronisation.refresh_client(client, protected=False)


def _read_secret(uuid: str, action: Action, actor: Actor) -> ClientSecret:
    prepare(actor)
    confirmed = access.confirm(actor)
    subject = get_subject(uuid)
    demand_secret_rights(subject, confirmed, action)
    with recording(action, actor=confirmed, obj=object_of(subject.client)):
        return configured.clients().read_secret(uuid)


def _action(changes: dict[str, Any]) -> Action:
    """Turning a client on or off and nothing else has a name of its own."""
    if list(changes) != ["enabled"]:
        return Action.CLIENT_UPDATE
    on = changes["enabled"]["after"]
    return Action.CLIENT_ENABLE if on else Action.CLIENT_DISABLE


def _values(change: ClientChange) -> list[tuple[str, Any]]:
    return [(field.name, getattr(change, field.name)) for field in fields(change)]


def _differences(old: ClientChange, new: ClientChange) -> dict[str, Any]:
    after = dict(_values(new))
    return {
        name: _change(value, after[name])
        for name, value in _values(old)
        if value != after[name]
    }


def _change(before: Any, after: Any) -> dict[str, Any]:
    return {"before": before, "after": after}
