"""Every record has its place: the next number, the hash before, a hash of its own."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit.canonical import FIELDS, NO_HASH, canonical, hash_of
from audit.chain import append, hash_of_record, writing
from audit.models import ChainHead, OpenIntent, Outcome, Phase, Record
from audit.recorder import Object
from tests.architecture.code import ROOT
from tests.databases import at_once
from tests.factories import append_all, make_entry, make_event
from tests.unit.audit.calls import Upstream, delete

DOCUMENT = ROOT / "docs" / "audit-log.md"


def assert_unbroken() -> None:
    """Numbers without gap, hashes that follow, and the head at the end."""
    sequence, previous = 0, NO_HASH
    for record in Record.objects.order_by("id").iterator():
        assert record.id == sequence + 1
        assert record.previous_hash == previous
        assert record.hash == hash_of_record(record)
        sequence, previous = record.id, record.hash
    head = ChainHead.objects.get()
    assert (head.sequence, head.hash) == (sequence, previous)


@pytest.mark.django_db
def test_each_record_follows_the_one_before() -> None:
    first, second = make_event(), make_event()

    assert (first.id, first.previous_hash) == (1, NO_HASH)
    assert (second.id, second.previous_hash) == (2, first.hash)
    assert_unbroken()


@pytest.mark.django_db
def test_a_record_reads_back_as_it_was_hashed() -> None:
    changes = {
        "owner": {"before": None, "after": 'Łódź 😀 \u2028 \x7f " \\ \n\t'},
        "roles": {"before": [], "after": ["b", "a"]},
        "enabled": {"before": False, "after": True},
        "lifespan": {"before": -1, "after": 2**53 - 1},
    }
    zone = timezone(timedelta(hours=5, minutes=45))

    make_event(at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=zone), changes=changes)
    make_entry(operation=uuid4(), object_name="é" * 255, reason="'; --")

    assert_unbroken()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", [0.5, {"after": 1.0}, [2**53], {7: "seven"}, datetime.now(UTC), uuid4()]
)
def test_what_is_not_written_alike_everywhere_is_no_part_of_a_record(
    value: Any,
) -> None:
    with pytest.raises(TypeError):
        make_event(changes={"field": value})

    assert not Record.objects.exists()


@pytest.mark.django_db
def test_every_field_of_a_record_is_hashed() -> None:
    record = make_entry(operation=uuid4())
    assert {f.name for f in Record._meta.fields} == {*FIELDS, "hash"}
    values = {name: getattr(record, name) for name in FIELDS} | {"intent": None}
    before = hash_of(values)

    changed = [hash_of({**values, name: "another"}) for name in FIELDS]

    assert len({before, *changed}) == len(FIELDS) + 1


def test_canonical_json_has_one_form() -> None:
    later = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))
    operation = UUID("5E0FD8EA-0000-4000-8000-000000000001")
    values = {"z": 'é/"\n\x01', "b": operation, "at": later, "a": {"d": 1, "c": None}}

    assert canonical(values).decode() == (
        '{"a":{"c":null,"d":1},"at":"2026-01-02T02:04:05.000000Z",'
        '"b":"5e0fd8ea-0000-4000-8000-000000000001","z":"é/\\"\\n\\u0001"}'
    )


@pytest.mark.django_db
def test_a_record_that_is_refused_leaves_no_gap() -> None:
    operation = uuid4()
    make_entry(None, operation=operation)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_entry(None, operation=operation)
    make_event()

    assert Record.objects.count() == 2
    assert_unbroken()


@pytest.mark.django_db
def test_a_record_whose_transaction_is_taken_back_leaves_no_gap() -> None:
    with transaction.atomic():
        make_event()
        transaction.set_rollback(True)
    make_event()

    assert Record.objects.get().id == 1
    assert_unbroken()


@pytest.mark.django_db
def test_without_its_head_the_chain_takes_no_record() -> None:
    make_event()
    ChainHead.objects.all().delete()

    with pytest.raises(DatabaseError), transaction.atomic():
        make_event()

    assert Record.objects.count() == 1
    assert not ChainHead.objects.exists()


@pytest.mark.django_db
def test_many_at_once_are_chained_as_one_by_one() -> None:
    make_event()

    append_all(Record(at=datetime.now(UTC), phase=Phase.EVENT) for _ in range(3))
    make_event()

    assert Record.objects.count() == 5
    assert_unbroken()


def test_sixteen_writers_make_one_chain_of_five_thousand(shared_db: None) -> None:
    """Alone and several in a transaction, as a change that takes over a lock does."""
    sizes = [1] * 32 + [3] * 27 + [8] * 25

    def write() -> None:
        for size in sizes:
            with writing(durable=True):
                for _ in range(size):
                    append(Record(at=datetime.now(UTC), phase=Phase.EVENT))

    assert at_once(*[write] * 16, seconds=300) == [None] * 16

    assert Record.objects.count() == 16 * sum(sizes) >= 5_000
    assert_unbroken()


def test_changes_of_many_kinds_at_once_wait_for_each_other_and_never_crosswise(
    shared_db: None,
) -> None:
    """Intents, outcomes, locks of few objects, and operations sent twice."""
    twice = [uuid4() for _ in range(8)]
    objects = [Object("client", f"svc-{n}", str(n)) for n in range(3)]

    def change(number: int) -> None:
        for n in range(12):
            obj, again = objects[(number + n) % 3], twice[n % 8]
            try:
                delete(Upstream(), obj=obj, operation=again if n % 2 else None)
            except Exception as exc:
                if type(exc).__name__ not in WAITED:
                    raise

    results = at_once(*[lambda number=n: change(number) for n in range(8)], seconds=300)

    assert results == [None] * 8
    assert not OpenIntent.objects.exists()
    assert Record.objects.filter(outcome=Outcome.SUCCEEDED).exists()
    assert_unbroken()


WAITED = {"ObjectBusyError", "RepeatedOperationError", "NotRecordedError"}


@pytest.mark.django_db
def test_the_example_of_the_documentation_is_true() -> None:
    """Recomputed from the text alone, with nothing of the console's."""
    text = DOCUMENT.read_text()
    line = re.search(r"^\{\"action\".*\}$", text, re.MULTILINE)
    assert line, "no example"

    digest = hashlib.sha256(line[0].encode()).hexdigest()

    assert f"`{digest}`" in text
    example = json.loads(line[0])
    assert set(example) == set(FIELDS)
    record = Record(
        **{k: v for k, v in example.items() if k not in {"at", "intent"}},
        at=datetime.fromisoformat(example["at"]),
        intent_id=example["intent"],
    )
    assert hash_of_record(record) == digest
