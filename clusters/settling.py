"""What the Manager says of a change of a cluster whose outcome was lost. Only reads."""

from audit.models import Action
from audit.reconciling import Finding, Loss, Verdict, settles
from clusters.flags import known_flags
from clusters.services import start_of_update
from gateways import configured
from gateways.errors import NotFoundError
from gateways.imply_manager.models import Cluster

GONE = Finding(Verdict.NEEDS_PERSON, "The Manager does not know the cluster any more.")
CHANGED = Finding(
    Verdict.NEEDS_PERSON,
    "The configuration was changed again since. Open the Setup of the cluster and "
    "compare its feature flags with those below.",
)


@settles(Action.CLUSTER_FLAGS)
def were_flags_changed(loss: Loss) -> Finding:
    """By the version: our change makes the next one, with the flags as wanted."""
    cluster = _find(loss.intent.object_id)
    if cluster is None:
        return GONE
    version = loss.intent.changes["resource_version"]
    if cluster.resource_version == version["before"]:
        return Finding(
            Verdict.DID_NOT_HAPPEN, "The configuration has the same version as before."
        )
    if cluster.resource_version != version["before"] + 1:
        return CHANGED
    flags = {flag.label: flag.key in (cluster.flags or ()) for flag in known_flags()}
    wanted = {
        name: change["after"] == "on"
        for name, change in loss.intent.changes.items()
        if name != "resource_version"
    }
    if any(flags.get(name) is not on for name, on in wanted.items()):
        return CHANGED
    after = {**version, "after": cluster.resource_version}
    return Finding(
        Verdict.HAPPENED,
        "The next version of the configuration has the flags of this change.",
        changes={"resource_version": after},
    )


@settles(Action.CLUSTER_RESTART)
def was_restarted(loss: Loss) -> Finding:
    """By the start of the latest update, as a restart makes no new version."""
    cluster = _find(loss.intent.object_id)
    if cluster is None:
        return GONE
    changes = loss.intent.changes
    if cluster.resource_version != changes["resource_version"]["before"]:
        return CHANGED
    if start_of_update(cluster) == changes["update_started"]["before"]:
        return Finding(Verdict.DID_NOT_HAPPEN, "No update has begun since.")
    return Finding(Verdict.HAPPENED, "An update of the cluster has begun since.")


def _find(cluster_id: str) -> Cluster | None:
    try:
        return configured.clusters().get_cluster(cluster_id)
    except NotFoundError:
        return None
