"""What machines ask: does the process live, may it get requests, how does it do.

Without a session, and without anything that a stranger should not know.
"""

import logging
import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from audit.recorder import NotRecordedError, demand_writable
from console.metrics import exposition
from gateways import configured
from gateways.breaker import State

logger = logging.getLogger("console.health")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process lives. Nothing else is asked, so nothing else can make it fail."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether this process may get requests.

    What other services do is shown and decides nothing: while Keycloak is away the list
    and the audit log are still wanted.
    """
    hindrance = _hindrance()
    if hindrance:
        logger.warning("not ready: %s", hindrance)
    answer = {
        "status": f"not ready: {hindrance}" if hindrance else "ready",
        "upstreams": _upstreams(),
    }
    return JsonResponse(answer, status=503 if hindrance else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _hindrance() -> str:
    """What is in the way of requests; empty when nothing is."""
    if _is_draining():
        return "stopping"
    try:
        if not _migrations.are_current():
            return "migrations are missing"
        demand_writable()
    except NotRecordedError:
        return "the audit log is not writable"
    except (Error, ImproperlyConfigured):
        return "the database is not answering"
    return ""


def _is_draining() -> bool:
    """gunicorn.conf.py makes this file when it is told to stop."""
    file = os.environ.get("DRAINING_FILE")
    return bool(file) and Path(str(file)).exists()


class _Migrations:
    """Looked up until they are current: a process never needs others afterwards."""

    def __init__(self) -> None:
        self._current = False

    def are_current(self) -> bool:
        if not self._current:
            executor = MigrationExecutor(connection)
            leaves = executor.loader.graph.leaf_nodes()
            self._current = not executor.migration_plan(leaves)
        return self._current


_migrations = _Migrations()


def _upstreams() -> dict[str, str]:
    """As far as this process knows from its own calls."""
    services = [configured.KEYCLOAK]
    if settings.IMPLY_MANAGER_URL:
        services.append(configured.MANAGER)
    return {
        service: "answering"
        if configured.upstream(service).breaker.state is State.CLOSED
        else "not answering"
        for service in services
    }
