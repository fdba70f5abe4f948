"""What the API client screens read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from apiclients import synchronisation
from apiclients.filters import VISIBLE, matching
from apiclients.fingerprints import fingerprint
from apiclients.lifespans import Limits
from apiclients.listing import find_rows
from apiclients.models import IndexedClient, Synchronisation
from apiclients.roles import read_roles
from audit.selectors import Entry, count_people_who_saw_secret, list_latest
from audit.wording import describe_changes
from console import policy
from console.paging import DEFAULT_SIZE, Order, Page, get_page
from gateways import configured
from gateways.errors import NotFoundError
from gateways.keycloak.models import Client, ClientChange, ClientSecret, Roles

# The list's sortable columns: what the address says, and the index's column.
SORTS = {
    "id": "client_id",
    "status": "enabled",
    "lifespan": "access_token_lifespan",
    "permissions": "permissions",
    "secret-age": "secret_created_at",
    "last-used": "last_used_at",
    "owner": "owner",
}
NULLABLE = (
    "access_token_lifespan",
    "permissions",
    "secret_created_at",
    "last_used_at",
)
# Of these people think as ages: the latest instant is the smallest.
AGES = ("secret_created_at", "last_used_at")


@dataclass(frozen=True, slots=True)
class Subject:
    """A client and its service account with its roles, read just before a change."""

    client: Client
    account: str
    roles: Roles


def list_clients(
    filters: Mapping[str, Any], params: Mapping[str, str]
) -> Page[IndexedClient]:
    """A page of the index, without a call to Keycloak."""
    rows, order, total = find_rows(filters, _order(filters.get("sort", "")))
    return get_page(
        rows,
        order,
        after=params.get("after", ""),
        before=params.get("before", ""),
        size=filters.get("size") or DEFAULT_SIZE,
        total=total,
    )


def count_clients(filters: Mapping[str, Any]) -> int:
    return IndexedClient.objects.filter(matching(filters)).count()


def iter_clients(filters: Mapping[str, Any]) -> Iterator[IndexedClient]:
    """All of them in the list's order, a few at a time."""
    order = _order(filters.get("sort", ""))
    rows = IndexedClient.objects.filter(matching(filters))
    for stretch in order.stretches(None, reverse=False):
        yield from stretch.of(rows).iterator(chunk_size=500)


def has_any_client() -> bool:
    return IndexedClient.objects.filter(VISIBLE).exists()


def get_synchronisation() -> Synchronisation:
    return Synchronisation.get()


def get_limits() -> Limits:
    """The organization's lifespans; from Keycloak until the first synchronisation."""
    known = get_known_limits(Synchronisation.get())
    if known:
        return known
    defaults = configured.realm().get_defaults()
    return Limits(defaults.access_token_lifespan, defaults.session_limit)


def get_known_limits(state: Synchronisation) -> Limits | None:
    """The organization's lifespans, as the last synchronisation found them."""
    if state.access_token_lifespan and state.session_limit:
        return Limits(state.access_token_lifespan, state.session_limit)
    return None


def last_token_ends_at(client: Client) -> datetime:
    """When a token issued to the client this moment stops working."""
    issued = get_limits().issued(client.access_token_lifespan)
    return timezone.now() + timedelta(seconds=issued)


def list_differences(client: Client, wanted: ClientChange) -> list[dict[str, str]]:
    """What the client has now against what a person wanted, in words."""
    now = ClientChange.of(client)
    changes = {
        field.name: {
            "before": getattr(now, field.name),
            "after": getattr(wanted, field.name),
        }
        for field in fields(wanted)
        if getattr(now, field.name) != getattr(wanted, field.name)
    }
    return [
        {"label": row["field"], "theirs": row["before"], "yours": row["after"]}
        for row in describe_changes(changes)
    ]


def editable(client: Client) -> ClientChange:
    return ClientChange.of(client)


def get_client(uuid: str) -> Client:
    """An API client as it is, for reading: one call, three at first sight.

    Raises NotFoundError, and the same for what is no API client or protected: whoever
    guesses a uuid learns nothing.
    """
    row = IndexedClient.objects.filter(uuid=uuid).first()
    if row is None:
        return get_subject(uuid).client
    if row.protected:
        raise _not_found()
    client = _get_visible(uuid)
    synchronisation.refresh_client(client, protected=False, known=row)
    return client


def get_subject(uuid: str) -> Subject:
    """An API client before a change, with its roles as they are now.

    Raises NotFoundError as `get_client` does.
    """
    client = _get_visible(uuid)
    account = configured.clients().get_service_account_id(uuid)
    roles = read_roles(client, account)
    protected = policy.is_protected(roles)
    synchronisation.refresh_client(client, protected=protected)
    if protected:
        raise _not_found()
    return Subject(client, account, roles)


def list_latest_entries(client: Client) -> list[Entry]:
    """What was done to this client, the newest first."""
    return list_latest(object_id=client.uuid)


def count_people_who_saw(client: Client) -> int:
    """How many people showed or copied the present secret."""
    return count_people_who_saw_secret(client.uuid, since=client.secret_created_at)


def get_fingerprint(uuid: str, secret: ClientSecret | None = None) -> str:
    """Of the present secret, which is read for this and dropped unless it is known."""
    return fingerprint(secret or configured.clients().read_secret(uuid))


def token_endpoint() -> str:
    return f"{settings.KEYCLOAK_ISSUER}/protocol/openid-connect/token"


def _get_visible(uuid: str) -> Client:
    try:
        client = configured.clients().get_client(uuid)
    except NotFoundError:
        synchronisation.forget_client(uuid)
        raise
    if not synchronisation.is_api_client(client):
        raise _not_found()
    return client


def _not_found() -> NotFoundError:
    return NotFoundError(configured.KEYCLOAK, "no such client", status=404)


def _order(sort: str) -> Order:
    column = SORTS.get(sort.removeprefix("-"), "client_id")
    descending = sort.startswith("-") is not (column in AGES)
    return Order(column, "uuid", descending, nullable=column in NULLABLE)
