"""What the cluster screens read: live, at most two calls a page."""

from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from audit.selectors import Entry, Standing, list_latest
from audit.wording import FIELDS
from clusters.models import ClusterFigures
from clusters.status import ClusterStatus, SentChange, Trouble
from console import policy
from gateways import configured, errors
from gateways.imply_manager.models import Cluster
from gateways.keycloak.models import Roles

ROLE_LACKS = (
    "The Imply Manager shows this console no clusters: its service account lacks "
    "manage-clusters."
)

# What an entry tells besides the flags.
NO_FLAGS = (FIELDS["update_started"], FIELDS["resource_version"])


@dataclass(frozen=True, slots=True)
class ClusterList:
    """The clusters, or why there are none to be seen."""

    rows: list[ClusterStatus]
    trouble: Trouble | None = None

    @property
    def with_oauth(self) -> int:
        return sum(row.oauth == "on" for row in self.rows)


def is_configured() -> bool:
    return bool(settings.IMPLY_MANAGER_URL)


def manager_url() -> str:
    return str(settings.IMPLY_MANAGER_URL)


def flags_path() -> str:
    """Where a configuration holds feature flags, by this installation's settings."""
    return str(settings.IMPLY_FEATURE_FLAGS_PATH)


def writes_are_live() -> bool:
    """Else the console only tells what to do in Imply Manager, and sends nothing."""
    return bool(settings.IMPLY_FLAG_WRITES == "live")


def list_clusters(roles: Roles) -> ClusterList:
    """By environment and name. One call; another if one cluster is restarting."""
    try:
        clusters = configured.clusters().list_clusters()
    except errors.GatewayError as exc:
        return ClusterList([], describe_trouble(exc))
    behind = [cluster for cluster in clusters if cluster.runs_former_version]
    former = _former(behind[0]) if len(behind) == 1 else None
    clusters.sort(key=lambda c: (c.environment, c.name))
    found = ClusterList([_status(c, former, roles) for c in clusters])
    _remember(found)
    return found


def get_known_figures() -> ClusterFigures:
    """As the clusters were last read: without a call."""
    return ClusterFigures.get()


def get_cluster(cluster_id: str, roles: Roles) -> ClusterStatus:
    """One call; another while the servers run with the version before."""
    cluster = configured.clusters().get_cluster(cluster_id)
    former = _former(cluster) if cluster.runs_former_version else None
    return _status(cluster, former, roles)


def look_again(cluster_id: str, roles: Roles) -> ClusterStatus | Trouble:
    """The same for a page that is open: it stays while the Manager is away."""
    try:
        return get_cluster(cluster_id, roles)
    except errors.NotFoundError:
        raise
    except errors.GatewayError as exc:
        return describe_trouble(exc)


def find_sent_change(cluster: Cluster) -> SentChange | None:
    """The change that made the present version, if it was sent from here."""
    for entry in list_latest(object_id=cluster.id):
        if _made(entry, cluster.resource_version):
            return SentChange(
                words=[
                    f"{change['field']} {change['after']}"
                    for change in entry.changes
                    if change["field"] not in NO_FLAGS
                ],
                by=entry.record.actor_name or entry.record.actor_username,
                sent_at=entry.record.at,
                accepted_at=entry.settled_at,
                entry_id=entry.record.id,
            )
    return None


def describe_trouble(exc: errors.GatewayError) -> Trouble:
    """In words, by what happened; 401 and 403 have the same code at the Manager."""
    if isinstance(exc, errors.AccessDeniedError):
        return Trouble(f"{exc.service} denies this console that", ROLE_LACKS, 502)
    if isinstance(exc, errors.CredentialsRefusedError):
        title = f"{exc.service} does not accept this console"
        return Trouble(title, "It refuses the token of its service account.", 502)
    if isinstance(exc, errors.UnavailableError):
        return Trouble(f"{exc.service} is not answering", "Try again in a moment.", 503)
    text = "What it sent is not what this console expects. Is its address right?"
    return Trouble(f"{exc.service} answered unreadably", text, 502)


def _made(entry: Entry, version: int | None) -> bool:
    """Whether the Manager accepted it, and told that it made this version."""
    if entry.outcome is not Standing.SUCCEEDED or entry.settled is None:
        return False
    told = entry.settled.changes.get("resource_version") or {}
    return version is not None and told.get("after") == version


def _former(cluster: Cluster) -> Cluster | None:
    """The version before. Without it the page says that it does not know."""
    with suppress(errors.GatewayError):
        return configured.clusters().get_former(cluster)
    return None


def _remember(found: ClusterList) -> None:
    figures = {"clusters": len(found.rows), "with_oauth": found.with_oauth}
    ClusterFigures.objects.update_or_create(
        pk=1, defaults={**figures, "read_at": timezone.now()}
    )


def _status(cluster: Cluster, former: Cluster | None, roles: Roles) -> ClusterStatus:
    own = former if former and former.id == cluster.id else None
    may_change = policy.may_change_flags(roles, cluster.environment)
    return ClusterStatus(cluster, own, timezone.now(), may_change)
