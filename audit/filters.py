"""The filters of the log, as conditions that one index answers, however long it is.

Each is an equality, as only that keeps the order of the list; a text that may be one
of two things is looked up first.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone

from audit.models import IndexedEntry, Outcome

# An intent younger than this may still get its outcome from whoever wrote it.
UNDER_WAY = timedelta(seconds=60)


def matching(filters: Mapping[str, Any]) -> QuerySet[IndexedEntry]:
    """The entries that all filters match, with their records; in no order yet."""
    conditions = (
        condition(filters[name])
        for name, condition in CONDITIONS.items()
        if filters.get(name)
    )
    found = IndexedEntry.objects.filter(reduce(and_, conditions, Q()))
    return found.select_related("record", "settled")


def since(instant: datetime) -> Q:
    return Q(at__gte=instant)


def until(instant: datetime) -> Q:
    return Q(at__lte=instant)


def by_person(text: str) -> Q:
    """The whole username, else the whole name, in any case."""
    return _first_that_is_there(Q(username=_folded(text)), Q(name=_folded(text)))


def of_object(text: str) -> Q:
    """The whole id at Keycloak or the Manager, else the whole name, in any case."""
    return _first_that_is_there(Q(object_id=text), Q(object_name=_folded(text)))


def with_action(action: str) -> Q:
    return Q(action=action)


def with_outcome(outcome: str) -> Q:
    """By the latest outcome; an intent that stayed without one counts as unknown."""
    settled = Q(outcome=outcome)
    if outcome != Outcome.UNKNOWN:
        return settled
    left = Q(outcome="", at__lte=timezone.now() - UNDER_WAY)
    # Seldom any, and then few; without them one index answers.
    return settled | left if _is_there(left) else settled


def from_address(address: str) -> Q:
    return Q(address=address)


CONDITIONS: Mapping[str, Callable[[Any], Q]] = {
    "since": since,
    "until": until,
    "person": by_person,
    "action": with_action,
    "object": of_object,
    "outcome": with_outcome,
    "address": from_address,
}


def _first_that_is_there(first: Q, otherwise: Q) -> Q:
    return first if _is_there(first) else otherwise


def _is_there(condition: Q) -> bool:
    return IndexedEntry.objects.filter(condition).exists()


def _folded(text: str) -> Lower:
    # By the database, as it folded the names: not all databases know all letters.
    return Lower(Value(text))
