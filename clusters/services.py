"""What the cluster screens change: on record first, and as the person saw it.

A changed configuration makes the Manager restart the cluster, so changing flags and
restarting are one call (docs/adr/0008).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings

from audit.models import Action, Outcome
from audit.recorder import Object, demand_new, prepare, record_event, recording
from clusters.flags import changes, merged
from console import access, policy
from console.access import Actor, ConfirmedActor
from gateways import configured
from gateways.errors import ConflictError, RefusedError
from gateways.imply_manager.models import Cluster


class Hindrance(StrEnum):
    """Why nothing was sent, or why the Manager refused."""

    CHANGED = "changed"
    BUSY = "busy"
    NO_FIELD = "no_field"
    REFUSED = "refused"


class HinderedError(RefusedError):
    """The cluster is not as the person saw it, or takes no change now."""

    def __init__(
        self, hindrance: Hindrance, cluster: Cluster, detail: str = ""
    ) -> None:
        super().__init__(configured.MANAGER, REASONS[hindrance], detail=detail)
        self.hindrance = hindrance
        self.cluster = cluster


class MayNotChangeError(Exception):
    """The person lacks the right in this environment; that is recorded."""

    def __init__(self, cluster: Cluster, entry_id: int) -> None:
        super().__init__(cluster.name)
        self.cluster = cluster
        self.entry_id = entry_id


class GuidedOnlyError(Exception):
    """This installation sends no changes to the Manager."""


REASONS = {
    Hindrance.CHANGED: "The cluster was changed meanwhile. Nothing was sent.",
    Hindrance.BUSY: "An update of the cluster is running. Nothing was sent.",
    Hindrance.NO_FIELD: "Its configuration has no feature flags. Nothing was sent.",
    Hindrance.REFUSED: "An update is running, or the cluster was changed meanwhile.",
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the person saw, and confirmed, by the form that they sent.

    `seen` is the version of the configuration.
    """

    seen: int
    operation: UUID
    reason: str


def change_flags(
    cluster_id: str,
    wanted: Mapping[str, bool],
    confirmation: Confirmation,
    *,
    actor: Actor,
) -> None:
    """Set flags, by which the Manager restarts the cluster.

    Nothing to change: nothing is sent or recorded.
    Raises HinderedError, MayNotChangeError.
    """
    action = Action.CLUSTER_FLAGS
    confirmed, cluster = _begin(cluster_id, action, actor, confirmation.operation)
    differences = changes(cluster.flags or (), wanted)
    if differences or cluster.flags is None:
        recorded = {
            label: {"before": "off" if on else "on", "after": "on" if on else "off"}
            for label, on in differences.items()
        }
        _send(action, confirmed, cluster, confirmation, wanted, recorded)


def restart_cluster(
    cluster_id: str, confirmation: Confirmation, *, actor: Actor
) -> None:
    """Send the configuration once more, because its update failed.

    One that is in force is not sent: that would change nothing.
    Raises HinderedError, MayNotChangeError.
    """
    action = Action.CLUSTER_RESTART
    confirmed, cluster = _begin(cluster_id, action, actor, confirmation.operation)
    if cluster.runs_former_version:
        started = {"before": start_of_update(cluster), "after": None}
        recorded = {"update_started": started}
        _send(action, confirmed, cluster, confirmation, {}, recorded)


def start_of_update(cluster: Cluster) -> str | None:
    """When its latest update began, for the record."""
    update = cluster.update
    return update.started_at.isoformat() if update and update.started_at else None


def _begin(
    cluster_id: str, action: Action, actor: Actor, operation: UUID
) -> tuple[ConfirmedActor, Cluster]:
    """The right and the cluster, read anew. Raises MayNotChangeError: recorded."""
    if settings.IMPLY_FLAG_WRITES != "live":
        raise GuidedOnlyError
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    cluster = configured.clusters().get_cluster(cluster_id)
    demand_new(actor, operation)  # or it is what the same form made of it
    if not policy.may_change_flags(confirmed.roles, cluster.environment):
        record = record_event(
            action,
            actor=confirmed,
            outcome=Outcome.FAILED,
            obj=_object(cluster),
            explanation="They may not change clusters of this environment.",
        )
        raise MayNotChangeError(cluster, record.id)
    return confirmed, cluster


def _still(cluster_id: str, seen: int) -> Cluster:
    """The cluster right before the change, under its lock. Raises HinderedError."""
    cluster = configured.clusters().get_cluster(cluster_id)
    if cluster.is_busy:
        raise HinderedError(Hindrance.BUSY, cluster)
    if cluster.resource_version != seen:
        raise HinderedError(Hindrance.CHANGED, cluster)
    if cluster.flags is None:
        raise HinderedError(Hindrance.NO_FIELD, cluster)
    return cluster


def _send(
    action: Action,
    actor: ConfirmedActor,
    cluster: Cluster,
    confirmation: Confirmation,
    wanted: Mapping[str, bool],
    recorded: Mapping[str, Any],
) -> None:
    version: dict[str, Any] = {"before": cluster.resource_version, "after": None}
    try:
        with recording(
            action,
            actor=actor,
            obj=_object(cluster),
            operation=confirmation.operation,
            changes={**recorded, "resource_version": version},
            reason=confirmation.reason,
        ) as attempt:
            latest = _still(cluster.id, confirmation.seen)
            after = configured.clusters().update_flags(
                latest, merged(latest.flags or (), wanted)
            )
            attempt.changes["resource_version"]["after"] = after
    except ConflictError as exc:
        hindered = HinderedError(Hindrance.REFUSED, cluster, exc.detail)
        hindered.entry_id = exc.entry_id
        raise hindered from exc


def _object(cluster: Cluster) -> Object:
    return Object("cluster", cluster.name, cluster.id)
