"""The clusters of the demonstration."""

import uuid
from typing import Any

from sandbox.manager.fleet import Cluster, Fleet, Version

_DAY = 86400.0
# Name, environment, software version, resource version, flags, servers of each group.
_CLUSTERS: tuple[tuple[str, str, str, int, list[str], tuple[int, int, int]], ...] = (
    ("analytics-prod", "production", "2026.10.1", 47, ["async-downloads"], (3, 2, 4)),
    (
        "clickstream-prod",
        "production",
        "2026.10.1",
        112,
        ["async-downloads", "oauth2"],
        (3, 3, 6),
    ),
    (
        "analytics-staging",
        "staging",
        "2026.11.0",
        9,
        ["async-downloads", "sql-alerts"],
        (1, 1, 2),
    ),
)


def fleet(now: float) -> Fleet:
    """The three clusters, each with the version before its last change."""
    return Fleet([_cluster(*each, now=now) for each in _CLUSTERS])


def _cluster(
    name: str,
    environment: str,
    software: str,
    number: int,
    flags: list[str],
    servers: tuple[int, int, int],
    *,
    now: float,
) -> Cluster:
    uid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"imply:cluster:{name}"))
    metadata = {"name": name, "uid": uid, "environment": environment}
    masters, queries, data = servers
    before = _spec(software, flags, (masters, queries, data - 1))
    wanted = _spec(software, flags, servers)
    cluster = Cluster(
        [Version(number - 1, dict(metadata), before), Version(number, metadata, wanted)]
    )
    cluster.tell("Created", f"Cluster {name} created", now - 200 * _DAY)
    cluster.tell("Upgraded", f"Upgraded to version {software}", now - 12 * _DAY)
    cluster.tell("Scaled", f"Scaled to {data} data servers", now - 3 * _DAY)
    return cluster


def _spec(software: str, flags: list[str], servers: tuple[int, int, int]) -> Any:
    masters, queries, data = servers
    return {
        "version": software,
        "desiredState": "STARTED",
        "awsInstanceRole": "imply-defaultrole",
        "awsKeyPair": "imply-northwind",
        "awsTags": [{"name": "owner", "value": "data-platform"}],
        "encryptVolumes": True,
        "commonRuntimeProperties": [
            {"name": "druid.startup.logging.logProperties", "value": "true"}
        ],
        "featureFlags": list(flags),
        "master": {
            "replicas": masters,
            "instanceType": "m6i.large",
            "coordinatorRuntimeProperties": [
                {"name": "druid.coordinator.period", "value": "PT30S"}
            ],
        },
        "query": {"replicas": queries, "instanceType": "m6i.2xlarge"},
        "data": {"replicas": data, "instanceType": "r6id.2xlarge"},
    }
