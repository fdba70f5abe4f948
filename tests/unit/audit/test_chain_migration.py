"""What was recorded before there was a chain is chained, and as protected as before."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from audit.canonical import NO_HASH
from audit.chain import hash_of_record
from audit.models import ChainHead, OpenIntent, Record
from tests.factories import make_event

pytestmark = pytest.mark.usefixtures("durable_db")

BEFORE = [("audit", "0003_action_without_choices")]


@pytest.fixture
def migrate() -> Iterator[Callable[[list[tuple[str, str]]], Any]]:
    """Brings the database to a migration; the newest again when the test has ended."""

    def to(targets: list[tuple[str, str]]) -> Any:
        executor = MigrationExecutor(connection)
        return executor.migrate(targets).apps

    yield to
    call_command("migrate", verbosity=0)


def test_the_migration_chains_old_records_and_keeps_their_numbers(
    migrate: Callable[..., Any],
) -> None:
    old = migrate(BEFORE)
    record, values = old.get_model("audit", "Record"), {"at": timezone.now()}
    intent = record.objects.create(id=3, phase="intent", changes={"a": "é"}, **values)
    record.objects.create(id=4, phase="outcome", intent=intent, **values)
    record.objects.create(id=7, phase="event", **values)
    lock = {"object_key": "client/x", "intent": intent, "taken_at": values["at"]}
    old.get_model("audit", "OpenIntent").objects.create(**lock)

    call_command("migrate", verbosity=0)
    new = make_event()

    records = list(Record.objects.order_by("id"))
    assert [r.id for r in records] == [3, 4, 7, 8]
    assert [r.schema_version for r in records] == [1, 1, 1, 2]
    hashes = [r.hash for r in records]
    assert [r.previous_hash for r in records] == [NO_HASH, *hashes[:-1]]
    assert hashes == [hash_of_record(r) for r in records]
    assert ChainHead.objects.get().hash == new.hash
    assert OpenIntent.objects.get().intent_id == 3


def test_after_the_migration_nothing_can_be_changed_as_before(
    migrate: Callable[..., Any],
) -> None:
    migrate(BEFORE)
    call_command("migrate", verbosity=0)
    make_event()

    for statement in (
        "UPDATE audit_record SET hash = ''",
        "UPDATE audit_record SET previous_hash = ''",
        "DELETE FROM audit_record",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_migration_can_be_taken_back_and_leaves_the_log_protected(
    migrate: Callable[..., Any],
) -> None:
    make_event()

    migrate(BEFORE)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_record")
