"""Who may use the Manager API: `manage-clusters`, environment by environment."""

from sandbox.manager.errors import not_found, unauthorized
from sandbox.manager.fleet import Cluster
from sandbox.oidc.bearer import TokenRefusedError, bearer_of
from sandbox.routing import Call

ROLE = "manage-clusters"


def environments(call: Call) -> frozenset[str]:
    """Those whose clusters the caller may manage. Raises HttpError: 401 or 403."""
    try:
        claims = bearer_of(call).claims
    except TokenRefusedError as refusal:
        raise unauthorized(401) from refusal
    access = claims.get("resource_access", {})
    found = frozenset(name for name, held in access.items() if ROLE in held["roles"])
    if not found:
        raise unauthorized(403)
    return found


def cluster_in(call: Call) -> Cluster:
    """The cluster that the path names. Raises HttpError: 401, 403 or 404."""
    allowed = environments(call)
    cluster = call.state.fleet.get(call.path["cluster"], now=call.state.now())
    if cluster is None:
        raise not_found(call.path["cluster"])
    if cluster.environment not in allowed:
        raise unauthorized(403)
    return cluster
