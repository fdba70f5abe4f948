"""What somebody who owns the database could do to the log, and what it is called."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from audit.append_only import append_only_lifted
from audit.breaks import Kind
from audit.canonical import FIELDS
from audit.chain import hash_of_record
from audit.models import ChainHead, Record
from tests.factories import make_record

Expected = tuple[Kind, int]
HEX = "0123456789abcdef"


def make_log(count: int) -> None:
    """Entries of many kinds, none of which another refers to."""
    for number in range(count):
        make_record(
            phase=("event", "outcome")[number % 2],
            outcome="succeeded",
            object_name=f"svc-{number}",
            operation=uuid4(),
            changes={"owner": {"before": None, "after": f"team-{number}"}},
            explanation="Was asked for",
        )


def alter(chance: random.Random, field: str) -> Expected:
    """One character of one field of one record."""
    number = chance.randint(1, last())
    value = getattr(Record.objects.get(id=number), field)
    with append_only_lifted():
        changed = {field: _another(chance, field, value)}
        Record.objects.filter(id=number).update(**changed)
    return (Kind.REORDERED if field == "id" else Kind.ALTERED), number


def remove(chance: random.Random) -> Expected:
    number = chance.randint(1, last() - 1)
    with append_only_lifted():
        Record.objects.filter(id=number).delete()
    return Kind.REMOVED, number


def remove_and_renumber(chance: random.Random) -> Expected:
    kind, number = remove(chance)
    with append_only_lifted():
        for later in range(number + 1, last() + 1):
            Record.objects.filter(id=later).update(id=later - 1)
    return kind, number


def insert(chance: random.Random) -> Expected:
    """Between two others, which moves all later ones; or at the end."""
    number = chance.randint(2, last() + 1)
    return insert_at(number, linked=chance.random() < 0.5, hashed=chance.random() < 0.5)


def insert_at(number: int, *, linked: bool, hashed: bool) -> Expected:
    """`linked`: it names the hash before it. `hashed`: its own hash is right."""
    before = Record.objects.get(id=number - 1)
    # No entry of its own: whoever can lift the triggers leaves the list's index alone.
    forged = Record(id=number, at=timezone.now(), phase="outcome", actor_username="eve")
    forged.previous_hash = before.hash if linked else before.previous_hash
    forged.hash = hash_of_record(forged) if hashed else before.hash
    with append_only_lifted():
        for later in range(last(), number - 1, -1):
            Record.objects.filter(id=later).update(id=later + 1)
        Record.objects.bulk_create([forged])
    return Kind.INSERTED, number


def swap(chance: random.Random) -> Expected:
    first, second = sorted(chance.sample(range(1, last() + 1), 2))
    columns = [name for name in ALTERED_FIELDS if name != "id"]
    rows = {n: Record.objects.values(*columns).get(id=n) for n in (first, second)}
    with append_only_lifted():
        Record.objects.filter(id=first).update(**rows[second])
        Record.objects.filter(id=second).update(**rows[first])
    return Kind.REORDERED, first


def cut(chance: random.Random) -> Expected:
    number = last() - 9
    with append_only_lifted():
        Record.objects.filter(id__gte=number).delete()
    return Kind.CUT, number


def alter_and_hash(chance: random.Random) -> Expected:
    """With a right hash of its own, but not of those that follow."""
    number = chance.randint(1, last())
    record = Record.objects.get(id=number)
    record.reason = "Quite another"
    with append_only_lifted():
        Record.objects.filter(id=number).update(
            reason=record.reason, hash=hash_of_record(record)
        )
    return Kind.ALTERED, number


WAYS: list[Callable[[random.Random], Expected]] = [
    *(remove, remove_and_renumber, insert, swap, cut, alter_and_hash)
]
ALTERED_FIELDS = (*FIELDS, "hash")


def cut_and_mend(count: int) -> None:
    """The last entries gone, and the head with them: only a checkpoint knows."""
    with append_only_lifted():
        Record.objects.filter(id__gt=last() - count).delete()
    mend_head()


def rewrite(number: int) -> None:
    """One altered, and every hash from there on made anew, the head's too."""
    with append_only_lifted():
        Record.objects.filter(id=number).update(reason="Quite another")
        previous = Record.objects.get(id=number).previous_hash
        for record in Record.objects.filter(id__gte=number).order_by("id"):
            record.previous_hash = previous
            previous = hash_of_record(record)
            Record.objects.filter(id=record.id).update(
                previous_hash=record.previous_hash, hash=previous
            )
    mend_head()


def mend_head() -> None:
    end = Record.objects.latest("id")
    ChainHead.objects.update(sequence=end.id, hash=end.hash)


def last() -> int:
    return ChainHead.objects.get().sequence


def _another(chance: random.Random, field: str, value: Any) -> Any:
    match field:
        case "id":
            return value + chance.choice([1000, 10_000])
        case "intent":
            return chance.randint(1, last())
        case "schema_version":
            return value + chance.choice([-1, 1])
        case "at":
            return value + timedelta(microseconds=chance.choice([1, -1, 10**6]))
        case "operation":
            return UUID(_flip(chance, str(value), HEX))
        case "changes":
            text = value["owner"]["after"]
            return json.loads(json.dumps(value).replace(text, _flip(chance, text)))
        case "hash" | "previous_hash":
            return _flip(chance, value, HEX)
        case _:
            return _flip(chance, value or " ")


def _flip(chance: random.Random, text: str, alphabet: str = "qxzQXZ019") -> str:
    while True:
        place = chance.randrange(len(text))
        changed = text[:place] + chance.choice(alphabet) + text[place + 1 :]
        if "-" not in (text[place], changed[place]) and changed != text:
            return changed
