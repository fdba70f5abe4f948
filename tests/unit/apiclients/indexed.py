"""The client index as tests look at it."""

from datetime import UTC, datetime

from apiclients.models import IndexedClient, Synchronisation

ALWAYS_THERE = ("legacy-provisioner", "platform-automation")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def index() -> dict[str, IndexedClient]:
    """Without the demonstration realm's own protected clients."""
    rows = IndexedClient.objects.exclude(client_id__in=ALWAYS_THERE)
    return {row.client_id: row for row in rows}


def long_ago() -> None:
    """Everything that stands in the index was read long ago."""
    IndexedClient.objects.update(synced_at=LONG_AGO)


def state() -> Synchronisation:
    return Synchronisation.objects.get()
