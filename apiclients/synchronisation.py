"""Reading the whole realm into the client index, and one client at a time.

One pass at a time. Unchanged rows cost no write. A row that a pass did not see is asked
for by uuid before it goes, since pages shift while clients come and go; so a pass that
dies half way harms nothing.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from apiclients.models import PASS_EXPIRES_AFTER, IndexedClient, Synchronisation
from console import policy
from gateways import configured
from gateways.errors import GatewayError, NotFoundError
from gateways.keycloak.models import Client

COLUMNS = (
    *("client_id", "description", "owner", "enabled"),
    *("access_token_lifespan", "secret_created_at", "protected"),
)

logger = logging.getLogger("apiclients")


def synchronise() -> None:
    """One full pass, unless another is under way. Raises a gateway's error."""
    started = timezone.now()
    if not _claim(started):
        return
    try:
        _pass(started)
    except GatewayError as exc:
        _note(failed_at=timezone.now(), failure=str(exc)[:300])
        raise
    _note(finished_at=timezone.now(), failure="")


def is_api_client(client: Client) -> bool:
    return policy.is_api_client(client, console_client_id=settings.KEYCLOAK_CLIENT_ID)


def refresh_client(
    client: Client, *, protected: bool, known: IndexedClient | None = None
) -> None:
    """Bring one row up to date: after an own change, or when its page was opened.

    `known`, the row as it was just read, spares the write where nothing differs.
    """
    columns = _columns(client, protected, timezone.now())
    if known is None or _differs(known, columns):
        IndexedClient.objects.update_or_create(uuid=client.uuid, defaults=columns)


def forget_client(uuid: str) -> None:
    """The client is gone from Keycloak."""
    IndexedClient.objects.filter(uuid=uuid).delete()


@dataclass(slots=True)
class _Seen:
    """What a pass has met so far."""

    uuids: set[str]
    protected: frozenset[str]


def _pass(started: datetime) -> None:
    defaults = configured.realm().get_defaults()
    _note(
        access_token_lifespan=defaults.access_token_lifespan,
        session_limit=defaults.session_limit,
    )
    seen = _Seen(set(), _administrators())
    for page in configured.clients().iter_pages():
        _write_page([c for c in page if is_api_client(c)], seen)
        _note(clients_so_far=len(seen.uuids))
    _check_the_missing(started, seen)


def _administrators() -> frozenset[str]:
    """The usernames that could administer Keycloak, as far as member lists show it.

    Before a change the client's own roles are read, which no composite can hide.
    """
    roles, uuid = configured.roles(), configured.realm_management_uuid()
    names: set[str] = set()
    for role in roles.list_client_roles(uuid):
        names.update(roles.iter_client_role_members(uuid, role))
    for composite in roles.list_composite_roles():
        if policy.is_protected(roles.expand(composite)):
            names.update(roles.iter_realm_role_members(composite.name))
    return frozenset(names)


def _write_page(clients: Iterable[Client], seen: _Seen) -> None:
    """Add what is new and change what differs, in two statements."""
    found = {client.uuid: client for client in clients}
    known = IndexedClient.objects.in_bulk(list(found))
    now = timezone.now()
    new, changed = [], []
    for uuid, client in found.items():
        columns = _columns(client, service_account(client) in seen.protected, now)
        row = known.get(uuid)
        if row is None:
            new.append(IndexedClient(uuid=uuid, **columns))
        elif _differs(row, columns):
            changed.append(IndexedClient(uuid=uuid, **columns))
    IndexedClient.objects.bulk_create(new, ignore_conflicts=True)
    IndexedClient.objects.bulk_update(changed, [*COLUMNS, "synced_at"])
    seen.uuids.update(found)


def _check_the_missing(started: datetime, seen: _Seen) -> None:
    known = IndexedClient.objects.filter(synced_at__lt=started)
    for uuid in list(known.values_list("uuid", flat=True)):
        if uuid in seen.uuids:
            continue
        try:
            client = configured.clients().get_client(uuid)
        except NotFoundError:
            forget_client(uuid)
        else:
            if is_api_client(client):
                protected = service_account(client) in seen.protected
                refresh_client(client, protected=protected)
            else:
                forget_client(uuid)


def service_account(client: Client) -> str:
    """The username of the account that a client acts as."""
    return f"service-account-{client.client_id.lower()}"


def _columns(client: Client, protected: bool, now: datetime) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "description": client.description[:255],
        "owner": client.owner[:255],
        "enabled": client.enabled,
        "access_token_lifespan": client.access_token_lifespan,
        "secret_created_at": client.secret_created_at,
        "protected": protected,
        "synced_at": now,
    }


def _differs(row: IndexedClient, columns: dict[str, Any]) -> bool:
    return any(getattr(row, name) != columns[name] for name in COLUMNS)


def _claim(started: datetime) -> bool:
    """Become the one writer, unless a pass is under way that has not died."""
    Synchronisation.get()
    idle = (
        Q(started_at=None)
        | Q(started_at__lt=started - PASS_EXPIRES_AFTER)
        | Q(finished_at__gte=F("started_at"))
        | Q(failed_at__gte=F("started_at"))
    )
    return bool(
        Synchronisation.objects.filter(idle, pk=1).update(
            started_at=started, clients_so_far=0
        )
    )


def _note(**values: Any) -> None:
    Synchronisation.objects.filter(pk=1).update(**values)
