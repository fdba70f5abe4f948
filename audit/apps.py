"""The audit log as a Django app: what is recorded is counted."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import metrics

        metrics.count_what_is_recorded()
