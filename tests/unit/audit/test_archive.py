"""Old entries leave the database for a sealed file, and the whole stays verifiable."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from audit import archive
from audit.append_only import append_only_lifted
from audit.checkpoints import make_checkpoint
from audit.models import Action, Checkpoint, Forwarding, Outcome, Purpose, Record
from audit.monitor import verify_new
from audit.recorder import Object
from tests.factories import make_actor, make_event, make_record, settle
from tests.outcomes import leave_open
from tests.unit.audit.calls import refuse_to_write

pytestmark = pytest.mark.usefixtures("durable_db")

OLD = timezone.now() - timedelta(days=400)
BEFORE = timezone.now() - timedelta(days=365)


def fill(old: int = 6) -> None:
    for number in range(old):
        make_event(at=OLD, object_name=f"svc-{number}", changes={"é": {"after": 1}})
    make_event()


def archive_to(file: Path) -> None:
    call_command("audit_archive", str(file), before=BEFORE)


def verify(*archives: Path, **options: Any) -> None:
    call_command("audit_verify", archive=list(archives), **options)


def numbers() -> list[int]:
    return list(Record.objects.order_by("id").values_list("id", flat=True))


def why_broken(*archives: Path) -> str:
    with pytest.raises(CommandError) as caught:
        verify(*archives)
    return str(caught.value)


@pytest.mark.parametrize("name", ["2026.jsonl", "2026.jsonl.gz"])
def test_old_entries_move_and_the_rest_is_verified_with_and_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    fill()
    make_checkpoint()
    file = tmp_path / name

    archive_to(file)
    verify()
    verify(file)

    assert numbers() == [7, 8]
    said = capsys.readouterr().out.splitlines()
    assert "up to entry 8: 2 entries" in said[1]
    assert "up to entry 8: 8 entries and 2 checkpoints" in said[2]
    packed = file.read_bytes()
    lines = (gzip.decompress(packed) if name.endswith("gz") else packed).splitlines()
    assert len(lines) == 1 + 6 + 1
    assert [json.loads(line)["id"] for line in lines[1:-1]] == [1, 2, 3, 4, 5, 6]
    assert list(tmp_path.iterdir()) == [file]


def test_the_move_is_recorded_and_checkpoints_stay(tmp_path: Path) -> None:
    fill()
    before = make_checkpoint()

    archive_to(tmp_path / "old.jsonl")

    moved = Record.objects.latest("id")
    assert (moved.action, moved.outcome) == (Action.LOG_ARCHIVE, Outcome.SUCCEEDED)
    assert moved.explanation == "Entries 1 to 6 went to old.jsonl."
    assert moved.actor_name == "manage.py audit_archive"
    kept = Checkpoint.objects.order_by("pk")
    assert kept[0] == before
    assert (kept[1].purpose, kept[1].sequence) == (Purpose.ARCHIVE, 6)


def test_what_was_not_forwarded_yet_stays(tmp_path: Path, settings: Settings) -> None:
    fill()
    settings.AUDIT_FORWARD_URL = "https://collector.example/"
    with pytest.raises(CommandError, match="not forwarded yet"):
        archive_to(tmp_path / "none.jsonl")

    Forwarding.get()
    Forwarding.objects.update(shipped_up_to=4)
    archive_to(tmp_path / "old.jsonl")

    assert numbers() == [5, 6, 7, 8]


def test_what_remains_is_append_only_again(tmp_path: Path) -> None:
    fill()

    archive_to(tmp_path / "old.jsonl")

    for rows in (Record.objects.all(), Checkpoint.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.delete()
    make_event()
    verify()


def test_archives_follow_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl.gz"
    for number, file in enumerate((first, second)):
        # What is recorded now is old to who looks from later.
        make_event(at=OLD)
        make_event(at=timezone.now() + timedelta(days=number))
        archive.archive_before(
            timezone.now() + timedelta(days=number, minutes=-1),
            file,
            actor=make_actor(),
        )

    verify(first, second)

    assert "6 entries" in capsys.readouterr().out
    assert "(removed)" in why_broken(second, first)


def test_a_change_that_is_not_settled_stays_and_all_after_it(tmp_path: Path) -> None:
    make_event(at=OLD)
    make_event(at=OLD)
    intent = leave_open(
        Object("client", "svc-reports"), ago=timedelta(days=400), at=OLD
    )
    make_event(at=OLD)

    archive_to(tmp_path / "old.jsonl")

    assert numbers()[0] == intent.id == 3


@pytest.mark.parametrize("outcome", [None, Outcome.UNKNOWN, Outcome.SUCCEEDED])
def test_what_nobody_will_find_out_any_more_may_go(outcome: Outcome | None) -> None:
    """A change that a person released, or a look at a secret that was cut short."""
    intent = make_record(at=OLD, action=Action.SECRET_SHOW)
    if outcome:
        settle(intent, outcome, at=OLD)
    make_event()

    assert archive.find_cut(BEFORE) == (2 if outcome else 1)


def test_an_intent_is_not_parted_from_its_outcomes() -> None:
    make_event(at=OLD)
    first, second = make_record(at=OLD), make_record(at=OLD)
    settle(first, Outcome.SUCCEEDED, at=OLD)
    make_event(at=OLD)
    settle(second, Outcome.SUCCEEDED, at=timezone.now())

    # The intents 2 and 3 and the outcome 4 hang together with the young outcome 6.
    assert archive.find_cut(BEFORE) == 1


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    fill()
    (tmp_path / "old.jsonl").write_text("mine")

    with pytest.raises(CommandError, match="is there already"):
        archive_to(tmp_path / "old.jsonl")

    assert (tmp_path / "old.jsonl").read_text() == "mine"
    assert len(numbers()) == 7


def test_nothing_old_means_no_file(tmp_path: Path) -> None:
    make_event()

    with pytest.raises(CommandError, match="not forwarded yet"):
        archive_to(tmp_path / "old.jsonl")

    assert not list(tmp_path.iterdir())


def test_the_last_day_stays(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="last day"):
        call_command("audit_archive", str(tmp_path / "x"), before=timezone.now())


def test_a_broken_log_is_not_sealed(tmp_path: Path) -> None:
    fill()
    with append_only_lifted():
        Record.objects.filter(id=3).update(reason="x")

    with pytest.raises(CommandError, match=r"The log is broken\. Entry 3"):
        archive_to(tmp_path / "old.jsonl")

    assert len(numbers()) == 7
    assert not list(tmp_path.iterdir())


def test_if_the_move_cannot_be_recorded_nothing_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    refuse_to_write(monkeypatch)

    with pytest.raises(CommandError, match="nothing was moved"):
        archive_to(tmp_path / "old.jsonl")

    assert numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize(
    ("line", "change", "said"),
    [
        (3, ("svc-2", "svc-9"), "Entry 3: it was altered"),
        (3, ("{", ""), "Entry 3: it was altered"),
        (3, None, "Entry 3: it was removed"),
        (7, None, "Entry 7: it and what followed was cut off"),
        (7, ('"sequence":6', '"sequence":5'), "the seal after it has a wrong"),
        (0, ('"first":1', '"first":2'), "(removed)"),
    ],
)
def test_an_archive_that_was_tampered_with_is_found(
    tmp_path: Path, line: int, change: tuple[str, str] | None, said: str
) -> None:
    fill()
    file = tmp_path / "old.jsonl"
    archive_to(file)
    lines = file.read_text().splitlines(keepends=True)
    lines[line] = lines[line].replace(*change, 1) if change else ""
    file.write_text("".join(lines))

    assert said in why_broken(file)


def test_an_archive_whose_beginning_is_gone_is_found(tmp_path: Path) -> None:
    fill()
    file = tmp_path / "old.jsonl"
    archive_to(file)
    header, _, _, third, *rest = file.read_text().splitlines(keepends=True)
    third_says = json.loads(third)
    begun = json.loads(header) | {"first": 3}
    begun["previous_hash"] = third_says["previous_hash"]
    file.write_text("".join([json.dumps(begun), "\n", third, *rest]))

    assert "Entry 2: it is missing from the archive" in why_broken(file)


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("hello\n")

    assert "is no archive" in why_broken(tmp_path / "notes")


def test_removing_old_entries_without_archiving_them_is_found() -> None:
    fill()
    make_checkpoint()
    with append_only_lifted():
        Record.objects.filter(id__lte=6).delete()

    assert why_broken() == "Entry 1: it was removed. (removed)"


def test_a_forged_seal_excuses_nothing() -> None:
    fill()
    last = Record.objects.get(id=6)
    with append_only_lifted():
        Record.objects.filter(id__lte=6).delete()
    Checkpoint.objects.create(
        purpose=Purpose.ARCHIVE,
        sequence=6,
        hash=last.hash,
        at=last.at,
        key_id="0" * 16,
        signature="",
    )

    assert "(signature)" in why_broken()


def test_the_scheduled_verification_goes_on_after_an_archive(tmp_path: Path) -> None:
    fill()
    verify_new()
    archive_to(tmp_path / "old.jsonl")

    found = verify_new()

    assert (found.kind, found.sequence) == ("", 8)
    assert connection.in_atomic_block is False
