"""Setting the scene for a browser: what is in Keycloak, the index and the log."""

from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection

from apiclients.models import IndexedClient, Synchronisation
from apiclients.synchronisation import synchronise
from audit.models import OpenIntent, Record
from audit.selectors import Entry, get_entry
from tests.databases import append_only_lifted
from tests.sandbox_control import SandboxControl


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a test may arrange, and look at afterwards."""

    sandbox: SandboxControl

    def clear(self) -> None:
        self.sandbox.reset(clients=0)
        IndexedClient.objects.all().delete()
        Synchronisation.objects.all().delete()
        self.clear_log()
        synchronise()
        self.sandbox.forget_calls()

    def clear_log(self) -> None:
        with append_only_lifted(connection):
            OpenIntent.objects.all().delete()
            Record.objects.exclude(intent=None).delete()
            Record.objects.all().delete()

    def fill(self, clients: int) -> None:
        """So many fabricated clients, in Keycloak and in the index."""
        self.sandbox.reset(clients=clients)
        synchronise()

    def add_client(self, client_id: str = "svc-reports", **representation: Any) -> str:
        """A client, in Keycloak and in the index; its uuid."""
        uuid = self.sandbox.add_client(client_id, **representation)
        synchronise()
        self.sandbox.forget_calls()
        return uuid

    def end_all_sessions(self) -> None:
        Session.objects.all().delete()

    def entries(self) -> list[Entry]:
        """The newest first, each intent with its outcome."""
        ids = Record.objects.filter(intent=None).order_by("-id")
        return [get_entry(pk) for pk in ids.values_list("pk", flat=True)]
