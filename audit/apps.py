"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import (  # noqa: F401 - the checks register themselves
            checks,
            metrics,
            recorder,
            tasks,
        )

        metrics.count_what_is_recorded()
        recorder.outcome_lost.connect(tasks.settle_soon)
