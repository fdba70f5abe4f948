"""Clusters in the Imply Manager API."""

from collections.abc import Mapping
from typing import Any

from gateways.errors import InvalidError
from gateways.imply_manager.models import FLAGS_PATH, Cluster
from gateways.transport import Transport

CLUSTERS = ("api", "v1", "clusters")


class ClusterGateway:
    """The clusters that the console's service account may manage.

    `flags_path` names the field that holds feature flags: an array of strings.
    """

    def __init__(self, transport: Transport, *, flags_path: str = FLAGS_PATH) -> None:
        self._http = transport
        self._flags_path = flags_path

    def list_clusters(self) -> list[Cluster]:
        return self._http.get(*CLUSTERS, parse=self._many)

    def get_cluster(self, cluster_id: str) -> Cluster:
        """Raises NotFoundError."""
        return self._http.get(*CLUSTERS, cluster_id, parse=self._one)

    def get_former(self, cluster: Cluster) -> Cluster:
        """The cluster as it was configured before. Raises NotFoundError."""
        version = str((cluster.resource_version or 0) - 1)
        return self._http.get(
            *CLUSTERS, cluster.id, "history", version, parse=self._one
        )

    def update_flags(self, cluster: Cluster, flags: tuple[str, ...]) -> int | None:
        """Send the cluster as it was read, with other flags; its version then, if told.

        The Manager restarts the cluster to bring a change into force.
        Raises ConflictError: an update runs, or the cluster was changed meanwhile.
        """
        try:
            representation = cluster.with_flags(flags, self._flags_path)
        except (LookupError, TypeError):
            reason = f"{self._flags_path} is no field that can be sent"
            raise InvalidError(self._http.service, reason, detail=reason) from None
        return self._http.put_for_answer(
            *CLUSTERS, cluster.id, json=representation, parse=_version
        )

    def _one(self, data: Mapping[str, Any]) -> Cluster:
        return Cluster.from_json(data, self._flags_path)

    def _many(self, data: Any) -> list[Cluster]:
        """A bare array, or one in `values` or `items`."""
        if isinstance(data, Mapping):
            data = data["values"] if "values" in data else data["items"]
        if not isinstance(data, list):
            raise TypeError("no list")
        return [self._one(item) for item in data]


def _version(data: Mapping[str, Any]) -> int | None:
    """Of an answer that is JSON at all; what it holds is not published."""
    version = (data.get("status") or {}).get("resourceVersion")
    return version if isinstance(version, int) else None
