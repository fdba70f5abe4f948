"""Clusters as they are: the list, and the pages of one."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from clusters import selectors
from clusters.status import ClusterStatus, Trouble
from console.access import require_role
from console.http import ConsoleRequest

POLL_SECONDS = 10
STOP_POLLING = 286  # htmx's own status

P = ParamSpec("P")
View = Callable[Concatenate[ConsoleRequest, P], HttpResponse]


def require_manager(view: View[P]) -> View[P]:
    """Without a Manager there are no clusters, whatever their id."""

    @wraps(view)
    def found(
        request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not selectors.is_configured():
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[P]", found)


@require_safe
@require_role
def cluster_list(request: ConsoleRequest) -> HttpResponse:
    if not selectors.is_configured():
        return render(request, "clusters/not_configured.html")
    clusters = selectors.list_clusters(request.actor.roles)
    status = clusters.trouble.status if clusters.trouble else 200
    context = {"clusters": clusters}
    return render(request, "clusters/cluster_list.html", context, status=status)


@require_safe
@require_role
@require_manager
def cluster_overview(request: ConsoleRequest, cluster_id: str) -> HttpResponse:
    status = selectors.get_cluster(cluster_id, request.actor.roles)
    return render(request, "clusters/cluster_overview.html", context_of(status))


@require_safe
@require_role
@require_manager
@vary_on_headers("HX-Target")
def cluster_setup(request: ConsoleRequest, cluster_id: str) -> HttpResponse:
    """Asked again and again while the Manager is at work, with `heard`: when it was."""
    if request.htmx.target == "setup":
        return _poll(request, cluster_id)
    status = selectors.get_cluster(cluster_id, request.actor.roles)
    context = _setup_context(request, status)
    return render(request, "clusters/cluster_setup.html", context)


def _poll(request: ConsoleRequest, cluster_id: str) -> HttpResponse:
    status = selectors.look_again(cluster_id, request.actor.roles)
    if isinstance(status, Trouble):
        context = {
            "trouble": status,
            "heard": _heard(request),
            "poll": request.get_full_path(),
            "poll_seconds": POLL_SECONDS,
        }
        return render(request, "clusters/_setup_away.html", context)
    context = _setup_context(request, status)
    code = 200 if status.cluster.is_busy else STOP_POLLING
    return render(request, "clusters/_setup_part.html", context, status=code)


@require_safe
@require_role
@require_manager
def cluster_flags(request: ConsoleRequest, cluster_id: str) -> HttpResponse:
    """The dialog; where nothing is sent, the steps to take in Imply Manager."""
    status = selectors.get_cluster(cluster_id, request.actor.roles)
    context = {**context_of(status), "manager_url": selectors.manager_url()}
    name = "cluster_flags" if context["live"] else "cluster_guide"
    return render(request, f"clusters/{name}.html", context)


def context_of(status: ClusterStatus) -> dict[str, Any]:
    return {
        "status": status,
        "cluster": status.cluster,
        "update": status.cluster.update,
        "live": selectors.writes_are_live(),
        "flags_path": selectors.flags_path(),
    }


def _setup_context(request: ConsoleRequest, status: ClusterStatus) -> dict[str, Any]:
    cluster = status.cluster
    return {
        **context_of(status),
        "watched": _heard(request) is not None,
        "later": "later" in request.GET,
        "sent": selectors.find_sent_change(cluster) if cluster.is_busy else None,
        "poll": f"{request.path}?heard={int(status.read_at.timestamp())}",
        "poll_seconds": POLL_SECONDS,
    }


def _heard(request: ConsoleRequest) -> datetime | None:
    """When the page that asks last got an answer of the Manager."""
    text = request.GET.get("heard", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)
