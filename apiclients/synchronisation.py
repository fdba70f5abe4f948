"""Reading the whole realm into the client index, and one client at a time.

One pass at a time. Unchanged rows cost no write. A row that a pass did not see is asked
for by uuid before it goes, since pages shift while clients come and go; so a pass that
dies half way harms nothing.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls.converters import UUIDConverter
from django.utils import timezone

from apiclients import catalogue, permission_counts
from apiclients.models import (
    PASS_EXPIRES_AFTER,
    CatalogueRole,
    ClientUse,
    DailyUse,
    IndexedClient,
    Synchronisation,
)
from apiclients.roles import is_protected
from console import policy
from gateways import configured
from gateways.errors import GatewayError, NotFoundError
from gateways.keycloak.models import Client, Role
from gateways.keycloak.roles import RoleGateway

COLUMNS = (
    *("client_id", "description", "owner", "enabled"),
    *("access_token_lifespan", "secret_created_at", "protected"),
)

BATCH = 1000
PROGRESS_EVERY = timedelta(seconds=1)

logger = logging.getLogger("apiclients")


def synchronise() -> None:
    """One full pass, unless another is under way. Raises a gateway's error."""
    started = timezone.now()
    if not _claim(started):
        return
    try:
        _pass(started)
    except Exception as exc:
        # What nobody expected may quote anything; a gateway's error holds no secret.
        reason = str(exc) if isinstance(exc, GatewayError) else type(exc).__name__
        _note(failed_at=timezone.now(), failure=reason[:300])
        raise
    _note(finished_at=timezone.now(), failure="")


def is_api_client(client: Client) -> bool:
    """Keycloak's own ids are uuids; what an import named otherwise has no page here."""
    has_address = re.fullmatch(UUIDConverter.regex, client.uuid)
    return bool(has_address) and policy.is_api_client(
        client, console_client_id=settings.KEYCLOAK_CLIENT_ID
    )


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
    """The client is gone from Keycloak, and with it what is known of its use.

    Another client may get the same id one day.
    """
    for row in IndexedClient.objects.filter(uuid=uuid):
        ClientUse.objects.filter(client_id=row.client_id).delete()
        DailyUse.objects.filter(client_id=row.client_id).delete()
        row.delete()


@dataclass(slots=True)
class _Seen:
    """What a pass has met so far."""

    started: datetime
    uuids: set[str]
    protected: frozenset[str]


def _pass(started: datetime) -> None:
    defaults = configured.realm().get_defaults()
    _note(
        access_token_lifespan=defaults.access_token_lifespan,
        session_limit=defaults.session_limit,
    )
    roles = configured.roles()
    realm_roles = roles.list_realm_roles()
    seen = _Seen(started, set(), _administrators(roles, realm_roles))
    environments = []
    noted_at = started
    for page in configured.clients().iter_pages():
        _write_page([c for c in page if is_api_client(c)], seen)
        environments += catalogue.environments_among(page)
        if timezone.now() > noted_at + PROGRESS_EVERY:
            noted_at = timezone.now()
            _note(clients_so_far=len(seen.uuids))
    _note(clients_so_far=len(seen.uuids))
    _check_the_missing(seen)
    catalogue.synchronise(roles, realm_roles, environments)
    permission_counts.count_if_due(roles, started)
    _fill_in_last_use()


def _fill_in_last_use() -> None:
    """For rows that are younger than the events that tell of their use."""
    use = ClientUse.objects.filter(client_id=OuterRef("client_id"))
    IndexedClient.objects.filter(last_used_at=None).filter(Exists(use)).update(
        last_used_at=Subquery(use.values("last_used_at")[:1])
    )


def _administrators(roles: RoleGateway, realm_roles: list[Role]) -> frozenset[str]:
    """The usernames that could administer Keycloak, as far as member lists show it.

    Of environment roles, as the last pass found them. Groups have no such lists: before
    a change the client's own roles are read, which nothing can hide.
    """
    uuid = configured.realm_management_uuid()
    names: set[str] = set()
    for role in roles.list_client_roles(uuid):
        names.update(roles.iter_client_role_members(uuid, role))
    for composite in (role for role in realm_roles if role.composite):
        if policy.is_protected(roles.expand(composite)):
            names.update(roles.iter_realm_role_members(composite.name))
    for row in CatalogueRole.objects.filter(protected=True).exclude(client_uuid=""):
        with suppress(NotFoundError):  # gone since the last pass
            names.update(roles.iter_client_role_members(row.client_uuid, row.name))
    return frozenset(names)


def _is_protected(client: Client, seen: _Seen, *, before: bool) -> bool:
    """By the member lists; what only the client itself showed, by looking again."""
    listed = service_account(client) in seen.protected
    return listed or (before and is_protected(client))


def _write_page(clients: Iterable[Client], seen: _Seen) -> None:
    """Add what is new and change what differs, in two statements."""
    found = {client.uuid: client for client in clients}
    known = IndexedClient.objects.in_bulk(list(found))
    now = timezone.now()
    new, changed = [], []
    for uuid, client in found.items():
        row = known.get(uuid)
        before = bool(row and row.protected)
        columns = _columns(client, _is_protected(client, seen, before=before), now)
        if row is None:
            new.append(IndexedClient(uuid=uuid, **columns))
        elif row.synced_at > seen.started and uuid not in seen.uuids:
            continue  # refreshed while the page was on its way, so it knows better
        elif _differs(row, columns):
            changed.append(IndexedClient(uuid=uuid, **columns))
    if new:
        IndexedClient.objects.bulk_create(new, ignore_conflicts=True)
    if changed:
        # An upsert: bulk_update() names each row once for each column, and takes long.
        IndexedClient.objects.bulk_create(
            changed,
            update_conflicts=True,
            update_fields=[*COLUMNS, "synced_at"],
            unique_fields=["uuid"],
        )
    seen.uuids.update(found)


def _check_the_missing(seen: _Seen) -> None:
    for uuid, before in _known_before(seen.started):
        if uuid in seen.uuids:
            continue
        try:
            client = configured.clients().get_client(uuid)
        except NotFoundError:
            forget_client(uuid)
        else:
            if is_api_client(client):
                protected = _is_protected(client, seen, before=before)
                refresh_client(client, protected=protected)
            else:
                forget_client(uuid)


def _known_before(started: datetime) -> Iterator[tuple[str, bool]]:
    """All rows that are older than the pass, some at a time: uuid and `protected`."""
    known = IndexedClient.objects.filter(synced_at__lt=started).order_by("uuid")
    last = ""
    while batch := list(
        known.filter(uuid__gt=last).values_list("uuid", "protected")[:BATCH]
    ):
        yield from batch
        last = batch[-1][0]


def service_account(client: Client) -> str:
    """The username of the account that a client acts as."""
    return f"service-account-{client.client_id.lower()}"


def _columns(client: Client, protected: bool, now: datetime) -> dict[str, Any]:
    lifespan = client.access_token_lifespan
    return {
        "client_id": client.client_id,
        "description": client.description[:255],
        "owner": client.owner[:255],
        "enabled": client.enabled,
        "access_token_lifespan": None if lifespan is None else clamped(lifespan),
        "secret_created_at": client.secret_created_at,
        "protected": protected,
        "synced_at": now,
    }


def clamped(lifespan: int) -> int:
    """What was mistyped elsewhere must not stop the pass at a column's limits."""
    return max(-1, min(lifespan, 2**31 - 1))


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
