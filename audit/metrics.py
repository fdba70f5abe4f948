"""What is counted of the audit log (docs/operations.md lists it)."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from prometheus_client import Counter

from audit.models import Record

_records = Counter(
    "console_records",
    "Outcomes and events that the audit log got.",
    ["action", "outcome"],
)


def count_what_is_recorded() -> None:
    """Whoever writes it; an intent counts when its outcome comes."""
    post_save.connect(_count, sender=Record, dispatch_uid="audit.metrics")


def _count(instance: Record, **_: Any) -> None:
    if instance.outcome:
        series = _records.labels(instance.action, instance.outcome)
        transaction.on_commit(series.inc)
