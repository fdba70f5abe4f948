"""The control endpoint's part about clusters: how updates end, changes elsewhere."""

from sandbox.manager.fleet import Cluster, End
from sandbox.messages import Response, error, no_content, parsed_json
from sandbox.model import JsonObject
from sandbox.routing import Call, Router

routes = Router("/manager")


@routes.route("POST", "")
def set_updates(call: Call) -> Response:
    """How long updates take and how they end; also those that run."""
    body, fleet = _body(call), call.state.fleet
    try:
        fleet.restart_seconds = float(
            body.get("restart_seconds", fleet.restart_seconds)
        )
        fleet.end = End(body.get("end", fleet.end))
    except (TypeError, ValueError) as problem:
        raise error(400, f"No such update: {problem}") from problem
    fleet.message = str(body.get("message") or "")
    return no_content()


@routes.route("POST", "/clusters/{name}")
def change_cluster(call: Call) -> Response:
    """Change a cluster as if elsewhere: in force at once, no update.

    `spec` and `metadata` are merged (null removes a field), `state` and `update` are
    taken as they are.
    """
    body, cluster = _body(call), _cluster(call)
    wanted = cluster.wanted
    if "spec" in body or "metadata" in body:
        cluster.add_version(
            _merged(wanted.metadata, body.get("metadata") or {}),
            _merged(wanted.spec, body.get("spec") or {}),
        )
    if "state" in body:
        cluster.state = body["state"]
    if "update" in body:
        cluster.wanted.update = body["update"]
    return no_content()


def _merged(old: JsonObject, new: JsonObject) -> JsonObject:
    return {k: v for k, v in {**old, **new}.items() if v is not None}


def _cluster(call: Call) -> Cluster:
    for cluster in call.state.fleet.look(call.state.now()):
        if cluster.name == call.path["name"]:
            return cluster
    raise error(404, f"No cluster {call.path['name']!r}")


def _body(call: Call) -> JsonObject:
    data = parsed_json(call.request.body or b"{}")
    if not isinstance(data, dict):
        raise error(400, "The body is not a JSON object")
    return data
