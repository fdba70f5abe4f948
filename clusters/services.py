"""What the cluster screens change: on record first, and only a cluster that stood still.

A changed configuration makes the Manager restart the cluster, so changing flags and
restarting are one call (docs/adr/0008).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings

from audit.models import Action, Outcome
from audit.recorder import Attempt, Object, prepare, record_event, recording
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

    def __init__(self, hindrance: Hindrance, cluster: Cluster, detail: str = "") -> None:
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


def change_flags(
    cluster_id: str,
    wanted: Mapping[str, bool],
    *,
    seen: int,
    actor: Actor,
    operation: UUID,
    reason: str,
) -> Cluster:
    """Set flags, by which the Manager restarts the cluster.

    `seen` is the version of the configuration that the person saw. Nothing to change:
    nothing is sent or recorded. Raises HinderedError, MayNotChangeError.
    """
    confirmed, cluster = _begin(cluster_id, Action.CLUSTER_FLAGS, actor, operation)
    differences = changes(cluster.flags or (), wanted)
    if cluster.flags is not None and not differences:
        return cluster
    recorded = {
        label: {"before": _word(not on), "after": _word(on)}
        for label, on in differences.items()
    }
    with recording(
        Action.CLUSTER_FLAGS,
        actor=confirmed,
        obj=_object(cluster),
        operation=operation,
        changes={**recorded, **_version(cluster)},
        reason=reason,
    ) as attempt:
        latest = _still(cluster_id, seen)
        _send(latest, merged(latest.flags or (), wanted), attempt)
    return cluster


def restart_cluster(
    cluster_id: str, *, seen: int, actor: Actor, operation: UUID, reason: str
) -> Cluster:
    """Send the configuration once more, because its update failed. Otherwise as above.

    A configuration that is in force is not sent: that would change nothing.
    """
    confirmed, cluster = _begin(cluster_id, Action.CLUSTER_RESTART, actor, operation)
    if not cluster.runs_former_version:
        return cluster
    with recording(
        Action.CLUSTER_RESTART,
        actor=confirmed,
        obj=_object(cluster),
        operation=operation,
        changes=_version(cluster),
        reason=reason,
    ) as attempt:
        latest = _still(cluster_id, seen)
        _send(latest, latest.flags or (), attempt)
    return cluster


def _begin(
    cluster_id: str, action: Action, actor: Actor, operation: UUID
) -> tuple[ConfirmedActor, Cluster]:
    """The right and the cluster, read anew. Raises MayNotChangeError: recorded."""
    if settings.IMPLY_FLAG_WRITES != "live":
        raise GuidedOnlyError
    prepare(operation)
    confirmed = access.confirm(actor)
    cluster = configured.clusters().get_cluster(cluster_id)
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


def _send(cluster: Cluster, flags: tuple[str, ...], attempt: Attempt) -> None:
    try:
        version = configured.clusters().update_flags(cluster, flags)
    except ConflictError as exc:
        raise HinderedError(Hindrance.REFUSED, cluster, exc.detail) from exc
    attempt.changes["resource_version"]["after"] = version


def _object(cluster: Cluster) -> Object:
    return Object("cluster", cluster.name, cluster.id)


def _version(cluster: Cluster) -> dict[str, Any]:
    return {"resource_version": {"before": cluster.resource_version, "after": None}}


def _word(on: bool) -> str:  # noqa: FBT001
    return "on" if on else "off"
