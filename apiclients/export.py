"""The list as a CSV file: everything that its filters let through, in its order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from apiclients.models import IndexedClient
from apiclients.selectors import count_clients, iter_clients
from audit.models import Action
from audit.recorder import record_event
from console.access import Actor

HEADER = (
    *("API Client ID", "Description", "Status", "Access token lifespan (s)"),
    *("Permissions", "Secret made", "Last used", "Owner"),
)


def export_clients(
    filters: Mapping[str, Any], *, words: Sequence[str], actor: Actor
) -> Iterator[tuple[Any, ...]]:
    """Rows for the file, on record before the first is read; no call to Keycloak.

    `words` tells of the filters. Raises NotRecordedError.
    """
    count = count_clients(filters)
    told = [f"{count:,} client{'' if count == 1 else 's'}", *words]
    record_event(Action.LIST_EXPORT, actor=actor, explanation=". ".join(told))
    return map(_cells, iter_clients(filters))


def _cells(client: IndexedClient) -> tuple[Any, ...]:
    return (
        client.client_id,
        client.description,
        "Enabled" if client.enabled else "Disabled",
        _lifespan(client.access_token_lifespan),
        client.permissions,
        _instant(client.secret_created_at),
        _instant(client.last_used_at),
        client.owner,
    )


def _lifespan(seconds: int | None) -> int | str:
    """Keycloak means by a negative one: as long as the session."""
    if seconds is None:
        return "organization default"
    return seconds if seconds >= 0 else "session limit"


def _instant(value: datetime | None) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if value else ""
