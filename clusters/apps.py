"""The clusters app."""

from django.apps import AppConfig


class ClustersConfig(AppConfig):
    name = "clusters"

    def ready(self) -> None:
        from clusters import settling  # noqa: F401  # it registers what it can settle
