"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import checks, metrics  # noqa: F401 - the checks register themselves

        metrics.count_what_is_recorded()
