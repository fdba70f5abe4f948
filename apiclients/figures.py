"""The figures of the Overview, counted with the list's own filters."""

from dataclasses import dataclass

from django.db.models import Count

from apiclients.filters import (
    last_used,
    matching,
    secret_older_than,
    with_lifespan,
    with_permissions,
)
from apiclients.models import IndexedClient


@dataclass(frozen=True, slots=True)
class Figures:
    clients: int
    old_secrets: int
    unused: int
    long_lived: int
    used: int
    never_seen: int
    without_permissions: int


def get_figures() -> Figures:
    """One query over the index."""
    counts = IndexedClient.objects.filter(matching({})).aggregate(
        clients=Count("uuid"),
        old_secrets=Count("uuid", filter=secret_older_than("90")),
        unused=Count("uuid", filter=last_used("not-90")),
        long_lived=Count("uuid", filter=with_lifespan("long")),
        used=Count("uuid", filter=last_used("90")),
        never_seen=Count("uuid", filter=last_used("never")),
        without_permissions=Count("uuid", filter=with_permissions("none")),
    )
    return Figures(**counts)
