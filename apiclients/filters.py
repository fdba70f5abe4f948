"""The list's filters, as conditions on the index; the Overview counts with the same."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apiclients.lifespans import LONG


def matching(filters: Mapping[str, Any]) -> Q:
    """All filters that are set; what a filter does not know matches everything."""
    conditions = [
        condition(str(filters[name]))
        for name, condition in CONDITIONS.items()
        if filters.get(name)
    ]
    return reduce(and_, conditions, Q(protected=False))


def with_words(text: str) -> Q:
    """Every word somewhere in the id or the description."""
    words = (
        Q(client_id__icontains=word) | Q(description__icontains=word)
        for word in text.split()
    )
    return reduce(and_, words, Q())


def with_status(status: str) -> Q:
    return Q(enabled=status == "enabled")


def last_used(choice: str) -> Q:
    """Within 7, 30 or 90 days; not within them (`not-90`); never seen (`never`)."""
    if choice == "never":
        return Q(last_used_at=None)
    recent = Q(last_used_at__gte=_days_ago(choice.removeprefix("not-")))
    return Q(last_used_at=None) | ~recent if choice.startswith("not-") else recent


def secret_older_than(days: str) -> Q:
    return Q(secret_created_at__lt=_days_ago(days))


def with_lifespan(choice: str) -> Q:
    """`default`: no lifespan of its own; `long`: above an hour, or as the session."""
    if choice == "default":
        return Q(access_token_lifespan=None)
    return Q(access_token_lifespan__gt=LONG) | Q(access_token_lifespan__lt=0)


def with_permissions(choice: str) -> Q:
    """`none`: it was assigned no permission yet."""
    return Q(permissions=0) if choice == "none" else Q(permissions__gt=0)


def owned_by(owner: str) -> Q:
    return Q(owner__icontains=owner)


CONDITIONS: Mapping[str, Callable[[str], Q]] = {
    "q": with_words,
    "status": with_status,
    "last_used": last_used,
    "secret_age": secret_older_than,
    "lifespan": with_lifespan,
    "permissions": with_permissions,
    "owner": owned_by,
}


def _days_ago(days: str) -> Any:
    return timezone.now() - timedelta(days=int(days))
