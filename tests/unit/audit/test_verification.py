"""Whatever is done to the log is found, and called by its right name."""

import random
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from audit import checkpoints, verification
from audit.append_only import append_only_lifted
from audit.breaks import Break, Kind
from audit.models import ChainHead, Checkpoint, Record
from audit.monitor import verify_all, verify_new
from audit.verification import find_start, verify_log
from tests.factories import append_all, make_entry, make_event
from tests.unit.audit import tampering
from tests.unit.audit.tampering import make_log

SEED = 20_261_125
ENTRIES = 24
UNREADABLE = {
    "at": "UPDATE audit_record SET at = 'x' WHERE id = 7",
    "operation": "UPDATE audit_record SET operation = 'x' WHERE id = 7",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkpoint_file(settings: Settings, tmp_path: Path) -> Path:
    settings.AUDIT_CHECKPOINT_FILE = str(tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


def broken() -> Break | None:
    return verify_log(find_start()).broken


def named() -> tuple[Kind, int] | None:
    found = broken()
    return (found.kind, found.sequence) if found else None


def test_what_was_written_is_verified(checkpoint_file: Path) -> None:
    make_log(ENTRIES)
    make_entry()
    checkpoints.make_checkpoint()
    make_event()

    report = verify_log(find_start(), outside=checkpoints.iter_file(checkpoint_file))

    assert report.broken is None
    assert (report.records, report.at.sequence) == (ENTRIES + 3, ENTRIES + 3)
    assert report.at.hash == ChainHead.objects.get().hash
    assert report.checkpoints == 2


def test_an_empty_log_is_verified() -> None:
    assert broken() is None


def test_two_hundred_and_more_ways_of_tampering_are_found_and_named() -> None:
    chance = random.Random(SEED)
    make_log(ENTRIES)
    fields = [partial(tampering.alter, field=f) for f in tampering.ALTERED_FIELDS]
    ways: list[Callable[..., Any]] = [*fields * 4, *tampering.WAYS * 20]
    wrong = []

    for number, way in enumerate(ways):
        with transaction.atomic():
            expected = way(chance)
            found = named()
            if found != expected:
                wrong.append((number, way, expected, found))
            transaction.set_rollback(True)

    assert len(ways) >= 200
    assert wrong == []
    assert broken() is None


@pytest.mark.parametrize("number", [2, 13, ENTRIES, ENTRIES + 1])
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("hashed", [True, False])
def test_what_was_inserted_is_named_wherever_it_stands(
    number: int, linked: bool, hashed: bool
) -> None:
    make_log(ENTRIES)

    expected = tampering.insert_at(number, linked=linked, hashed=hashed)

    assert named() == expected


@pytest.mark.parametrize("field", UNREADABLE)
def test_what_cannot_even_be_read_was_altered(field: str) -> None:
    make_log(ENTRIES)
    refused = pytest.raises(DataError)  # by PostgreSQL, whose columns have types
    with (
        refused if connection.vendor == "postgresql" else nullcontext(),
        append_only_lifted(),
        connection.cursor() as cursor,
    ):
        cursor.execute(UNREADABLE[field])

    altered = (Kind.ALTERED, 7)
    assert named() == (None if connection.vendor == "postgresql" else altered)


def test_the_first_of_several_breaks_is_named() -> None:
    make_log(ENTRIES)
    with append_only_lifted():
        Record.objects.filter(id__in=[5, 9]).update(reason="x")

    assert named() == (Kind.ALTERED, 5)


def test_a_cut_that_mends_the_head_is_found_by_a_checkpoint() -> None:
    make_log(ENTRIES)
    checkpoints.make_checkpoint()

    tampering.cut_and_mend(10)

    assert named() == (Kind.CUT, ENTRIES - 9)


def test_a_rewritten_log_is_found_by_a_checkpoint() -> None:
    make_log(ENTRIES)
    checkpoints.make_checkpoint()

    tampering.rewrite(5)

    assert named() == (Kind.ALTERED, ENTRIES)


@pytest.mark.parametrize("tamper", [tampering.cut_and_mend, tampering.rewrite])
def test_who_removes_the_checkpoints_too_is_found_by_their_file(
    checkpoint_file: Path, tamper: Callable[[int], None]
) -> None:
    make_log(ENTRIES)
    checkpoints.make_checkpoint()
    tamper(10)
    with append_only_lifted():
        Checkpoint.objects.all().delete()

    assert broken() is None, "a chain alone cannot show it: docs/audit-log.md says so"
    with pytest.raises(CommandError) as caught:
        call_command("audit_verify", checkpoints=checkpoint_file)

    assert caught.value.returncode == 1


def test_a_checkpoint_that_was_altered_is_named() -> None:
    make_log(3)
    made = checkpoints.make_checkpoint()
    assert made
    with append_only_lifted():
        Checkpoint.objects.update(sequence=2)

    assert named() == (Kind.SIGNATURE, 2)


def test_a_head_that_is_gone_is_a_break() -> None:
    make_log(3)
    ChainHead.objects.all().delete()

    assert named() == (Kind.CUT, 4)


def test_records_that_come_meanwhile_are_no_break(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_log(3)
    at_the_end = verification._is_at_the_end

    def late(at: Any) -> bool:
        if Record.objects.count() < 6:
            make_event()
        return at_the_end(at)

    monkeypatch.setattr(verification, "_is_at_the_end", late)

    report = verify_log(find_start())

    assert (report.broken, report.at.sequence) == (None, 6)


def test_from_a_checkpoint_only_what_came_after_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_log(5)
    checkpoints.make_checkpoint()
    make_log(2)

    call_command("audit_verify", from_checkpoint=True)

    assert "up to entry 7: 2 entries" in capsys.readouterr().out


def test_the_command_names_the_break_and_its_exit_code_is_one() -> None:
    make_log(5)
    with append_only_lifted():
        Record.objects.filter(id=3).delete()

    with pytest.raises(CommandError, match=r"^Entry 3: it was removed. \(removed\)$"):
        call_command("audit_verify")


def test_the_command_says_when_the_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("not a checkpoint\n")

    for name in ("notes", "missing"):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("audit_verify", checkpoints=tmp_path / name)


def test_a_long_log_is_read_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PAGE", 10)
    like = make_event()
    values = {"at": like.at, "phase": "event"}
    append_all(Record(**values) for _ in range(94))

    with CaptureQueriesContext(connection) as queries:
        assert broken() is None

    pages = [q["sql"] for q in queries if "LIMIT 10" in q["sql"]]
    assert len(pages) == 11


def test_the_scheduled_run_goes_on_where_it_ended() -> None:
    make_log(5)
    first = verify_new()
    make_log(2)

    with CaptureQueriesContext(connection) as queries:
        second = verify_new()

    assert (first.sequence, second.sequence) == (5, 7)
    assert first.full_at == second.full_at
    assert any('"id" > 5' in q["sql"] for q in queries)


def test_the_scheduled_run_remembers_a_break_until_it_is_mended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_log(5)
    with transaction.atomic():
        with append_only_lifted():
            Record.objects.filter(id=3).update(reason="x")
        found = verify_all()
        again = verify_new()
        assert (
            (found.kind, found.broken) == (again.kind, again.broken) == ("altered", 3)
        )
        assert "the audit log is broken: Entry 3" in caplog.text
        transaction.set_rollback(True)

    assert verify_new().kind == ""
