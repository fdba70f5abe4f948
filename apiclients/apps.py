"""The API clients app."""

from django.apps import AppConfig


class ApiClientsConfig(AppConfig):
    name = "apiclients"

    def ready(self) -> None:
        from apiclients import settling  # noqa: F401  # it registers what it can settle
