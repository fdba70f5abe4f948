"""Things that tests are about, with values where the test does not care."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apiclients.models import IndexedClient
from audit.chain import append, hash_of_record, lock_head
from audit.models import Action, Outcome, Phase, Record
from console.access import Actor, ConfirmedActor
from gateways.keycloak.models import Client, Roles

CLIENT_ADMIN = Roles(realm=frozenset({"administer-clients"}))
MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def make_actor(**values: Any) -> Actor:
    return Actor(**{**_actor(), **values})


def make_confirmed_actor(**values: Any) -> ConfirmedActor:
    return ConfirmedActor(**{**_actor(), **values})


def make_client(client_id: str = "svc-reports", **changed: Any) -> Client:
    """An API client as Keycloak answers it; `changed` are fields of `Client`."""
    client = Client.from_json(
        {
            "id": str(uuid4()),
            "clientId": client_id,
            "enabled": True,
            "protocol": "openid-connect",
            "publicClient": False,
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": False,
            "fullScopeAllowed": True,
            "attributes": {"client.secret.creation.time": "1760000000"},
        }
    )
    return replace(client, **changed)


def make_indexed_client(client_id: str = "svc-reports", **values: Any) -> IndexedClient:
    """A row of the client index, saved."""
    defaults = {"enabled": True, "synced_at": timezone.now(), "uuid": str(uuid4())}
    return IndexedClient.objects.create(client_id=client_id, **{**defaults, **values})


def make_event(**values: Any) -> Record:
    """An entry that stands alone, saved."""
    event = {"phase": Phase.EVENT, "action": Action.SIGN_IN}
    return make_record(**{**event, "outcome": Outcome.SUCCEEDED, **values})


def make_entry(outcome: Outcome | None = Outcome.SUCCEEDED, **values: Any) -> Record:
    """An intent and its outcome, saved; the intent. None: no outcome yet."""
    intent = make_record(**values)
    if outcome:
        settle(intent, outcome)
    return intent


def settle(intent: Record, outcome: Outcome, **values: Any) -> Record:
    """Another outcome of this intent, saved."""
    same = ("action", "actor_username", "actor_name", "object_name", "object_id")
    repeated = {name: getattr(intent, name) for name in same}
    return make_record(
        **{**repeated, **values}, phase=Phase.OUTCOME, intent=intent, outcome=outcome
    )


def make_record(**values: Any) -> Record:
    defaults = {
        "at": timezone.now(),
        "phase": Phase.INTENT,
        "action": Action.CLIENT_DELETE,
        "actor_issuer": "https://id.example/realms/northwind",
        "actor_subject": "b0b",
        "actor_username": "client-admin",
        "actor_name": "Bob Tanaka",
        "address": "192.0.2.7",
        "request_id": "req-0123456789ab",
    }
    is_session = str(values.get("action", "")).startswith("session.")
    if not is_session:
        defaults |= {"object_type": "client", "object_name": "svc-reports"}
    record = Record(**{**defaults, **values})
    append(record)
    return record


def append_all(records: Iterable[Record]) -> list[Record]:
    """Many records in few statements, chained as if appended one by one."""
    with transaction.atomic():
        head = lock_head()
        made = []
        for record in records:
            record.id, record.previous_hash = head.sequence + 1, head.hash
            record.hash = hash_of_record(record)
            head.sequence, head.hash = record.id, record.hash
            made.append(record)
        Record.objects.bulk_create(made, batch_size=1000)
        head.save(force_update=True)
    return made


def _actor() -> dict[str, Any]:
    return {
        "issuer": "https://id.example/realms/northwind",
        "subject": "b0b",
        "username": "client-admin",
        "name": "Bob Tanaka",
        "roles": CLIENT_ADMIN,
        "roles_read_at": time.time(),
        "address": "192.0.2.7",
        "request_id": "req-0123456789ab",
    }
