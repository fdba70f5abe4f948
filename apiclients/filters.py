"""The list's filters, as conditions on the index; the Overview counts with the same."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, Value
from django.utils import timezone

from apiclients.lifespans import LONG

# Django writes NOT for a plain False, and SQLite uses no index for that.
VISIBLE = Q(protected=Value(False))


def matching(filters: Mapping[str, Any]) -> Q:
    """All filters that are set; what a filter does not know matches everything."""
    return reduce(and_, conditions(filters).values(), VISIBLE)


def conditions(filters: Mapping[str, Any]) -> dict[str, Q]:
    """By name, those that are set."""
    return {
        name: condition(str(filters[name]))
        for name, condition in CONDITIONS.items()
        if filters.get(name)
    }


def alternatives(condition: Q) -> list[Q]:
    """The ways to meet a condition on one column, of which a client meets one.

    Each way is a range of a column, for which a database has an index; for "empty or
    older" it has none.
    """
    if condition.connector == Q.OR:
        return [Q(part) for part in condition.children]
    return [condition]


def with_words(text: str) -> Q:
    """Every word somewhere in the id or the description."""
    words = (
        Q(client_id__icontains=word) | Q(description__icontains=word)
        for word in text.split()
    )
    return reduce(and_, words, Q())


def with_status(status: str) -> Q:
    return Q(enabled=Value(status == "enabled"))


def last_used(choice: str) -> Q:
    """Within 7, 30 or 90 days; not within them (`not-90`); never seen (`never`)."""
    if choice == "never":
        return Q(last_used_at=None)
    limit = _days_ago(choice.removeprefix("not-"))
    if choice.startswith("not-"):
        return Q(last_used_at=None) | Q(last_used_at__lt=limit)
    return Q(last_used_at__gte=limit)


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
# The column that a filter is about, and whose index serves it.
COLUMNS = {
    "status": "enabled",
    "last_used": "last_used_at",
    "secret_age": "secret_created_at",
    "lifespan": "access_token_lifespan",
    "permissions": "permissions",
}


def _days_ago(days: str) -> Any:
    return timezone.now() - timedelta(days=int(days))
