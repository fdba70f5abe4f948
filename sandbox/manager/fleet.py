"""The clusters: their versions, and the updates that bring a version into force."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sandbox.model import JsonObject

_KEPT_EVENTS = 20
GROUPS = ("master", "query", "data")


class End(StrEnum):
    """What becomes of updates."""

    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


@dataclass
class Version:
    """A configuration, and the latest update that was to bring it into force."""

    number: int
    metadata: JsonObject
    spec: JsonObject
    update: JsonObject | None = None
    applied: bool = True


@dataclass
class Cluster:
    """`versions` in their order; the last is the one that is wanted."""

    versions: list[Version]
    state: str = "RUNNING"
    started_at: float | None = None  # of the update that runs, if one does
    events: list[JsonObject] = field(default_factory=list)

    @property
    def wanted(self) -> Version:
        return self.versions[-1]

    @property
    def in_force(self) -> Version:
        """The configuration with which the servers run."""
        return next(v for v in reversed(self.versions) if v.applied)

    @property
    def id(self) -> str:
        return str(self.wanted.metadata["uid"])

    @property
    def name(self) -> str:
        return str(self.wanted.metadata["name"])

    @property
    def environment(self) -> str:
        return str(self.wanted.metadata.get("environment", ""))

    def find(self, number: int) -> Version | None:
        return next((v for v in self.versions if v.number == number), None)

    def add_version(
        self, metadata: JsonObject, spec: JsonObject, *, applied: bool = True
    ) -> Version:
        version = Version(
            self.wanted.number + 1, deepcopy(metadata), deepcopy(spec), applied=applied
        )
        self.versions.append(version)
        return version

    def tell(self, kind: str, message: str, now: float) -> None:
        """Add an event; the newest is first."""
        event = {"time": instant(now), "type": kind, "message": message}
        self.events = [event, *self.events][:_KEPT_EVENTS]


class Fleet:
    """All clusters, and how their updates go. Time passes when somebody looks."""

    def __init__(self, clusters: list[Cluster]) -> None:
        self.clusters = clusters
        self.restart_seconds = 15.0
        self.end = End.SUCCEED
        self.message = ""

    @property
    def mark(self) -> object:
        """Something else after each change of a cluster."""
        return [(c.name, c.wanted.number, c.state, c.started_at) for c in self.clusters]

    def look(self, now: float) -> list[Cluster]:
        """The clusters as they are now: updates have gone on, or have ended."""
        for cluster in self.clusters:
            if cluster.started_at is None:
                continue
            if now >= cluster.started_at + self.restart_seconds:
                self._finish(cluster, cluster.started_at + self.restart_seconds)
            else:
                self._go_on(cluster, (now - cluster.started_at) / self.restart_seconds)
        return self.clusters

    def get(self, cluster_id: str, *, now: float) -> Cluster | None:
        return next((c for c in self.look(now) if c.id == cluster_id), None)

    def start_update(self, cluster: Cluster, now: float) -> None:
        """Restart all servers, so that the wanted version comes into force."""
        cluster.wanted.applied = False
        cluster.wanted.update = {
            "type": "HARD",
            "state": "IN_PROGRESS",
            "startedAt": instant(now),
            "message": "Stopping all servers",
        }
        cluster.started_at, cluster.state = now, "UPDATING"
        text = f"Update to resource version {cluster.wanted.number} started"
        cluster.tell("UpdateStarted", text, now)
        self.look(now)

    def _go_on(self, cluster: Cluster, part: float) -> None:
        servers = server_groups(cluster.wanted.spec)
        done = int(part * len(servers))
        update = cluster.wanted.update or {}
        group = servers[done] if servers else "all"
        update["message"] = (
            f"Restarting {group} servers, {done} of {len(servers)} servers done"
        )

    def _finish(self, cluster: Cluster, at: float) -> None:
        version, update = cluster.wanted, cluster.wanted.update or {}
        cluster.started_at, cluster.state = None, "RUNNING"
        update["finishedAt"] = instant(at)
        if self.end is End.SUCCEED:
            version.applied = True
            update["state"] = "SUCCEEDED"
            update["message"] = self.message or "All servers run the new configuration"
        elif self.end is End.FAIL:
            update["state"] = "FAILED"
            update["message"] = self.message or (
                "A query server did not become healthy within 300 s. "
                "The servers run the former configuration again"
            )
        else:
            self._revert(cluster, update)
        cluster.tell(f"Update{update['state'].title()}", update["message"], at)

    def _revert(self, cluster: Cluster, update: JsonObject) -> None:
        """Cancelled: all that was done is undone, the configuration too."""
        update["state"] = "CANCELLED"
        update["message"] = self.message or (
            "Cancelled by an operator. All servers were reverted"
        )
        before = cluster.in_force
        cluster.add_version(before.metadata, before.spec).update = dict(update)


def clusters_from_json(data: list[JsonObject]) -> list[Cluster]:
    """What `dataclasses.asdict` made of them. Raises TypeError or KeyError."""
    return [
        Cluster(**{**item, "versions": [Version(**v) for v in item["versions"]]})
        for item in data
    ]


def server_groups(spec: JsonObject) -> list[str]:
    """For each server the name of its group, masters first."""
    return [
        group
        for group in GROUPS
        for _ in range(int((spec.get(group) or {}).get("replicas", 0)))
    ]


def instant(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def cluster_json(cluster: Cluster) -> dict[str, Any]:
    """The cluster as it is wanted, and how it is."""
    version = cluster.wanted
    status = {
        "resourceVersion": version.number,
        "state": cluster.state,
        **({"update": version.update} if version.update else {}),
        "events": cluster.events,
    }
    return {"metadata": version.metadata, "spec": version.spec, "status": status}


def version_json(version: Version) -> dict[str, Any]:
    """The cluster as it was configured."""
    status: JsonObject = {"resourceVersion": version.number}
    if version.update:
        status["update"] = version.update
    return {"metadata": version.metadata, "spec": version.spec, "status": status}
