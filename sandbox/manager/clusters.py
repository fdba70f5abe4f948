"""`/clusters`: reading, changing, former versions, servers."""

from typing import Any

from sandbox.manager.access import cluster_in, environments
from sandbox.manager.checking import checked
from sandbox.manager.errors import bad_argument, conflict, not_found
from sandbox.manager.fleet import cluster_json, server_groups, version_json
from sandbox.messages import JSON, Response, as_json
from sandbox.routing import Call, Router

routes = Router("/api/v1/clusters")


@routes.route("GET", "")
def list_clusters(call: Call) -> Response:
    """Only those of environments that the caller may manage."""
    allowed = environments(call)
    clusters = call.state.fleet.look(call.state.now())
    return _json([cluster_json(c) for c in clusters if c.environment in allowed])


@routes.route("GET", "/{cluster}")
def read(call: Call) -> Response:
    return _json(cluster_json(cluster_in(call)))


@routes.route("PUT", "/{cluster}")
def change(call: Call) -> Response:
    """Another configuration: it comes into force by a restart that starts at once.

    The same once more: nothing happens, unless it is not in force yet.
    """
    cluster = cluster_in(call)
    metadata, spec = checked(call.request.body, cluster)
    if cluster.started_at is not None:
        raise conflict(f"An update of cluster {cluster.name} is in progress")
    wanted = cluster.wanted
    if (metadata, spec) != (wanted.metadata, wanted.spec):
        cluster.add_version(metadata, spec, applied=False)
    if not cluster.wanted.applied:
        call.state.fleet.start_update(cluster, call.state.now())
    return _json(cluster_json(cluster))


@routes.route("GET", "/{cluster}/history/{version}")
def read_version(call: Call) -> Response:
    cluster, number = cluster_in(call), call.path["version"]
    if not number.isdecimal():
        message = "Resource version must be an integer, 0 or more"
        raise bad_argument("MalformedValue", "resourceVersion", message)
    version = cluster.find(int(number))
    if version is None:
        raise not_found(cluster.id, number)
    return _json(version_json(version))


@routes.route("GET", "/{cluster}/servers")
def list_servers(call: Call) -> Response:
    cluster = cluster_in(call)
    numbers: dict[str, int] = {}
    servers = []
    for group in server_groups(cluster.wanted.spec):
        numbers[group] = numbers.get(group, 0) + 1
        name = f"{cluster.name}-{group}-{numbers[group]}"
        servers.append({"name": name, "type": group, "state": cluster.state})
    return _json(servers)


def _json(payload: Any) -> Response:
    return as_json(payload, content_type=JSON)
