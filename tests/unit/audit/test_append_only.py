"""The database itself refuses to change or remove a record, whoever asks it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from audit.append_only import append_only_lifted
from audit.chain import append
from audit.models import OpenIntent, Record
from tests.factories import make_entry, make_event

EVERYWHERE = [
    "UPDATE audit_record SET explanation = 'nothing happened'",
    "UPDATE audit_record SET id = id + 1",
    "UPDATE audit_record SET reason = reason WHERE id = {id}",
    "DELETE FROM audit_record",
    "DELETE FROM audit_record WHERE id = {id}",
]
# COPY stands for the table's columns, FORGED for the same with another explanation.
ELSEWHERE = {
    "sqlite": [
        "REPLACE INTO audit_record (COPY) SELECT FORGED FROM audit_record",
        """
        INSERT INTO audit_record (COPY) SELECT FORGED FROM audit_record WHERE true
        ON CONFLICT (id) DO UPDATE SET explanation = excluded.explanation
        """,
        "INSERT OR REPLACE INTO audit_record (COPY) SELECT NEWER FROM audit_record",
    ],
    "postgresql": [
        "TRUNCATE audit_record CASCADE",
        """
        INSERT INTO audit_record (COPY) SELECT FORGED FROM audit_record
        ON CONFLICT (id) DO UPDATE SET explanation = excluded.explanation
        """,
        "MERGE INTO audit_record t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    ],
}

pytestmark = pytest.mark.django_db


def contents() -> list[tuple[Any, ...]]:
    return list(Record.objects.order_by("id").values_list())


def with_columns(statement: str) -> str:
    columns = ", ".join(str(field.column) for field in Record._meta.fields)
    return (
        statement.replace("COPY", columns)
        .replace("FORGED", columns.replace("explanation", "'nothing happened'"))
        .replace("NEWER", columns.replace("id", "id + 1000", 1))
    )


def refuses(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", EVERYWHERE)
def test_changing_or_removing_a_record_is_refused(statement: str) -> None:
    record = make_event()
    before = contents()

    refuses(statement.format(id=record.id))

    assert contents() == before


@pytest.mark.parametrize("number", range(3))
def test_what_only_this_database_can_do_is_refused_as_well(number: int) -> None:
    make_entry(None, operation="5e0fd8ea-0000-4000-8000-000000000001")
    connection.check_constraints()
    before = contents()

    refuses(with_columns(ELSEWHERE[connection.vendor][number]))

    assert contents() == before


def test_djangos_own_ways_are_refused() -> None:
    record = make_event()
    before = contents()

    record.explanation = "nothing happened"
    for attempt in (
        record.save,
        record.delete,
        lambda: Record.objects.update(explanation=""),
        lambda: Record.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()

    assert contents() == before


def test_an_intent_with_a_lock_or_an_outcome_is_protected_too() -> None:
    locked, settled = make_entry(None), make_entry()
    OpenIntent.objects.create(object_key="x", intent=locked, taken_at=locked.at)

    for intent in (locked, settled):
        with pytest.raises(ProtectedError):
            intent.delete()


def test_adding_records_is_what_the_table_is_for() -> None:
    make_entry()
    make_event()

    assert Record.objects.count() == 3


def test_the_triggers_can_be_taken_off_and_put_back_as_the_migration_does() -> None:
    record = make_event()

    with append_only_lifted():
        Record.objects.all().delete()
    append(record)

    refuses("DELETE FROM audit_record")
