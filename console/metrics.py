"""What the operator's monitoring is told (docs/operations.md lists it).

What happens in a process is counted there, and added up over the processes of one web
server. How things stand is read from the database when somebody asks.
"""

import os
from collections.abc import Iterator
from datetime import datetime

from django.db import Error
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apiclients.selectors import get_synchronisation
from audit.models import Verification
from audit.unsettled import count_unsettled
from gateways.metrics import BUCKETS

_requests = Counter(
    "console_requests", "Answers to requests.", ["view", "method", "status"]
)
_seconds = Histogram(
    "console_request_seconds", "How long answers took.", ["view"], buckets=BUCKETS
)


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    _requests.labels(view, method, status).inc()
    _seconds.labels(view).observe(seconds)


class Standing(Collector):
    """How things stand in the database, the same in every process."""

    def collect(self) -> Iterator[Metric]:
        try:
            known = list(self._read())
        except Error:
            known = []
        yield _gauge("database_up", "1 while the database answers.", bool(known))
        yield from known

    def _read(self) -> Iterator[Metric]:
        unsettled = count_unsettled()
        yield _gauge("intents_open", "Changes under way.", unsettled.open)
        yield _gauge(
            "intents_unknown",
            "Changes of which nobody knows whether they happened.",
            unsettled.unknown,
        )
        yield _gauge(
            "intents_unknown_oldest_seconds",
            "The age of the oldest of these; 0 when there is none.",
            _age(unsettled.oldest_unknown_at),
        )
        yield from _chain()
        yield from _index()
        waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
        yield _gauge(
            "tasks_waiting",
            "Tasks that no worker has begun.",
            waiting.count(),
        )


def _chain() -> Iterator[Metric]:
    last = Verification.objects.first()
    if last is None:
        return
    yield _gauge(
        "chain_verified_sequence",
        "The number of the last entry up to which the audit log was verified.",
        last.sequence,
    )
    yield _gauge(
        "chain_verified_age_seconds", "Seconds since that was done.", _age(last.at)
    )
    yield _gauge(
        "chain_broken", "1 where the audit log was found to be broken.", bool(last.kind)
    )


def _index() -> Iterator[Metric]:
    state = get_synchronisation()
    if state.finished_at is None or state.started_at is None:
        return
    yield _gauge(
        "index_age_seconds",
        "Seconds since all API clients were read for the list.",
        _age(state.finished_at),
    )
    took = (state.finished_at - state.started_at).total_seconds()
    if took >= 0:  # otherwise the next reading has begun
        yield _gauge("index_sync_seconds", "How long that took.", took)


def exposition() -> bytes:
    """All of it in Prometheus' text format."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Own())
    registry.register(Standing())
    return generate_latest(registry)


class _Own(Collector):
    """What this process counted, where it is the only one."""

    def collect(self) -> Iterator[Metric]:
        return (m for m in REGISTRY.collect() if m.name.startswith("console_"))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"console_{name}", text, value)


def _age(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0
