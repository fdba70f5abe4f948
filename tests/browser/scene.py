"""Setting the scene for a browser: what is in Keycloak, the index and the log."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.utils import timezone

from apiclients.models import (
    CatalogueRole,
    ClientUse,
    DailyUse,
    IndexedClient,
    MintedToken,
    Synchronisation,
    Watch,
)
from apiclients.synchronisation import refresh_client
from audit.append_only import append_only_lifted
from audit.models import ChainHead, OpenIntent, Record
from audit.selectors import Entry, get_entry
from clusters.models import ClusterFigures
from gateways import configured
from tests.factories import make_entry
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_permissions.roles import read_catalogue

LEARNED = (
    *(CatalogueRole, ClientUse, DailyUse, IndexedClient, MintedToken),
    *(Watch, ClusterFigures),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a test may arrange, and look at afterwards."""

    sandbox: SandboxControl

    def clear(self) -> None:
        self.sandbox.reset(clients=0)
        for model in LEARNED:
            model.objects.all().delete()
        self.clear_log()
        self.set_synchronisation(started_at=timezone.now(), finished_at=timezone.now())

    def set_synchronisation(self, **values: Any) -> None:
        """As if this were what a pass has found, with the realm's own lifespans."""
        lifespans = {"access_token_lifespan": 300, "session_limit": 36000}
        Synchronisation.objects.all().delete()
        Synchronisation.objects.create(pk=1, **{**lifespans, **values})

    def clear_log(self) -> None:
        with append_only_lifted():
            OpenIntent.objects.all().delete()
            Record.objects.exclude(intent=None).delete()
            Record.objects.all().delete()
            ChainHead.objects.all().delete()

    def fill(self, clients: int) -> None:
        """So many rows in the index alone: the list asks Keycloak for nothing."""
        now = timezone.now()
        IndexedClient.objects.bulk_create(
            IndexedClient(
                uuid=str(uuid4()),
                client_id=f"svc-batch-{number:05}",
                description=f"Nightly batch job {number}",
                owner=f"team-{number % 23:02}@northwind.example",
                enabled=number % 17 != 0,
                access_token_lifespan=(None, 900, 3600, 28800)[number % 4],
                secret_created_at=now - timedelta(days=number * 37 % 730),
                synced_at=now,
            )
            for number in range(1, clients + 1)
        )

    def add_client(self, client_id: str = "svc-reports", **representation: Any) -> str:
        """A client, in Keycloak and in the index; its uuid."""
        uuid = self.sandbox.add_client(client_id, **representation)
        refresh_client(configured.clients().get_client(uuid), protected=False)
        self.sandbox.forget_calls()
        return uuid

    def read_catalogue(self) -> None:
        """The roles that there are, as a synchronisation finds them."""
        read_catalogue()
        self.sandbox.forget_calls()

    def watch_logins(self, *, keeps_logins: bool = True) -> None:
        """As if login events had been read for 200 days, or there were none to read."""
        since = timezone.now() - timedelta(days=200) if keeps_logins else None
        values = {"keeps_logins": keeps_logins, "since": since}
        Watch.objects.update_or_create(pk=1, defaults=values)

    def add_use(self, client_id: str, *, failure: str = "") -> None:
        """A token a minute ago, and some on most days before."""
        now = timezone.now()
        ClientUse.objects.create(
            client_id=client_id,
            last_used_at=now - timedelta(minutes=1),
            addresses=["198.51.100.17", "2001:db8:85a3::8a2e:370:7334"],
            last_failed_at=now - timedelta(hours=3) if failure else None,
            last_failure=failure,
        )
        DailyUse.objects.bulk_create(
            DailyUse(
                client_id=client_id,
                day=(now - timedelta(days=ago)).date(),
                tokens=ago * 37 % 113,
                failures=ago % 5,
            )
            for ago in range(90)
        )

    def lock(self, uuid: str, client_id: str) -> None:
        """As if a change of this client were under way."""
        intent = make_entry(None, object_id=uuid, object_name=client_id)
        OpenIntent.objects.create(
            object_key=f"client/{uuid}", intent=intent, taken_at=timezone.now()
        )

    def end_all_sessions(self) -> None:
        Session.objects.all().delete()

    def entries(self) -> list[Entry]:
        """The newest first, each intent with its outcome."""
        ids = Record.objects.filter(intent=None).order_by("-id")
        return [get_entry(pk) for pk in ids.values_list("pk", flat=True)]
