"""manage.py audit_export: a whole file or none, recorded with the machine's user."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Action, Record
from tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "olga")


def test_it_writes_the_log_to_standard_output(capfdbinary: Any) -> None:
    events = [make_event(), make_event()]

    call_command("audit_export")

    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [e.id for e in events]


def test_it_is_recorded_with_who_ran_it(capfdbinary: Any) -> None:
    make_event()

    call_command("audit_export", "--format", "csv")

    record = Record.objects.get(action=Action.AUDIT_EXPORT)
    assert (record.actor_issuer, record.actor_username) == ("local", "olga")
    assert record.request_id.startswith("cmd-")
    assert record.changes["format"]["after"] == "CSV"


def test_it_writes_a_span_to_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    make_event(at=datetime(2026, 1, 1, 12, tzinfo=UTC))
    wanted = make_event(at=datetime(2026, 1, 2, 12, tzinfo=UTC))
    make_event(at=datetime(2026, 1, 3, 12, tzinfo=UTC))
    output = tmp_path / "log.jsonl"

    call_command(
        "audit_export",
        "--since=2026-01-02",
        "--until=2026-01-02T13:00:00+00:00",
        f"--output={output}",
    )

    assert json.loads(output.read_text())["id"] == wanted.id
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [output]


def test_it_writes_over_nothing(tmp_path: Path) -> None:
    output = tmp_path / "log.jsonl"
    output.write_text("kept")

    with pytest.raises(CommandError, match="is there already"):
        call_command("audit_export", f"--output={output}")

    assert output.read_text() == "kept"
    assert not Record.objects.exists()


@pytest.mark.parametrize("wrong", ["--since=yesterday", "--format=exe"])
def test_it_takes_nothing_that_it_cannot_understand(wrong: str) -> None:
    with pytest.raises(CommandError):
        call_command("audit_export", wrong)

    assert not Record.objects.exists()
