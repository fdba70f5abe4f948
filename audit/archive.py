"""Old records, moved to a sealed file that is verified alone or with what remains.

JSON lines: a header, each record as its canonical JSON with its hash, and as the last
line the signed seal. A name that ends in .gz is compressed.
"""

import gzip
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.db import connection
from django.db.models import Min

from audit.append_only import append_only_lifted
from audit.breaks import Break, Kind, Position, Row
from audit.canonical import canonical
from audit.chain import lock_head, writing
from audit.checkpoints import from_line, publish, sign_position, to_line
from audit.models import (
    Action,
    Checkpoint,
    Forwarding,
    OpenIntent,
    Purpose,
    Record,
)
from audit.recorder import Object, record_event
from audit.signing import FORMAT as SEAL
from audit.signing import get_known_keys, why_not_signed
from audit.verification import (
    COLUMNS,
    Report,
    Witnesses,
    find_follower,
    find_start,
    iter_rows,
    walk,
)
from console.access import Actor

FORMAT = "audit.archive/1"
NOTHING = "There is nothing to archive, or it was not settled or not forwarded yet."


class ArchiveError(Exception):
    """Nothing was archived, or the file is no archive; the text says why."""


def archive_before(before: datetime, file: Path, *, actor: Actor) -> Checkpoint:
    """Move what is older to a new file. Raises ArchiveError, NotRecordedError, OSError.

    Once the file is there it is not deleted again, whatever happens: it may be all
    that is left.
    """
    if file.exists():
        raise ArchiveError(f"{file} is there already.")
    start = find_start()
    cut = find_cut(before)
    if cut <= start.sequence:
        raise ArchiveError(NOTHING)
    seal = _write(file, start, cut)
    with writing(durable=True):
        lock_head()
        if find_cut(before) < cut:
            raise ArchiveError("Entries that were to go have changed meanwhile.")
        record_event(
            Action.LOG_ARCHIVE,
            actor=actor,
            obj=Object("log", "the audit log", str(cut)),
            explanation=f"Entries {start.sequence + 1} to {cut} went to {file.name}.",
        )
        with append_only_lifted(), connection.cursor() as cursor:
            table = Record._meta.db_table
            cursor.execute(f"DELETE FROM {table} WHERE id <= %s", [cut])  # noqa: S608
        seal.save(force_insert=True)
    publish(seal)
    return seal


def find_cut(before: datetime) -> int:
    """The last record that may go, and all before it with it.

    No change goes whose outcome is still to be found out, and no intent is parted from
    its outcomes. Nor does what was not forwarded yet, where records are forwarded.
    """
    young = Record.objects.filter(at__gte=before).aggregate(first=Min("id"))["first"]
    last = Record.objects.order_by("-id").values_list("id", flat=True).first() or 0
    cut = int(young - 1 if young is not None else last)
    if settings.AUDIT_FORWARD_URL:
        cut = min(cut, Forwarding.get().shipped_up_to)
    held = OpenIntent.objects.filter(intent_id__lte=cut)
    unsettled = held.aggregate(first=Min("intent_id"))["first"]
    return _not_parting(cut if unsettled is None else unsettled - 1)


def _not_parting(cut: int) -> int:
    """The same or less, so that outcomes stay with their intents."""
    while True:
        parted = Record.objects.filter(id__gt=cut, intent_id__lte=cut)
        first = parted.aggregate(first=Min("intent_id"))["first"]
        if first is None:
            return cut
        cut = first - 1


def _write(file: Path, start: Position, cut: int) -> Checkpoint:
    """Verified on the way, so that what is sealed is what was written."""
    report = Report(start)
    part = file.with_name(f".{file.name}.part")
    try:
        with _open(part, "wt", named=file) as out:
            header = {
                "type": FORMAT,
                "first": start.sequence + 1,
                "previous_hash": start.hash,
            }
            out.write(f"{canonical(header).decode()}\n")
            for row in takewhile(lambda r: r["id"] <= cut, iter_rows(start.sequence)):
                walk([row], report, find_follower, ())
                if report.broken:
                    raise ArchiveError(f"The log is broken. {report.broken}")
                out.write(f"{canonical(row).decode()}\n")
            seal = sign_position(Purpose.ARCHIVE, cut, report.at.hash)
            out.write(f"{to_line(seal)}\n")
        _make_durable(part)
        part.rename(file)
        _make_durable(file.parent)
    finally:
        part.unlink(missing_ok=True)
    return seal


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open(path: Path, mode: str, *, named: Path) -> TextIO:
    opened = gzip.open if named.suffix == ".gz" else open
    return cast(TextIO, opened(path, mode, encoding="utf-8", newline="\n"))


@dataclass(frozen=True, slots=True)
class Archive:
    """A sealed file, as `verify_log` goes through it."""

    file: Path
    start: Position

    @classmethod
    def open(cls, file: Path) -> "Archive":
        """Raises ArchiveError, OSError."""
        with _open(file, "rt", named=file) as lines:
            header = _parsed(lines.readline())
        if header.get("type") != FORMAT:
            raise ArchiveError(f"{file} is no archive of the audit log.")
        return cls(file, Position(header["first"] - 1, header["previous_hash"]))

    def verify(self, report: Report, witnesses: Sequence[Witnesses]) -> None:
        if not self._begins_where_it_may():
            text = f"it is missing from the archive {self.file.name}."
            report.broken = Break(Kind.REMOVED, max(self.start.sequence, 1), text)
            return
        if self.start != report.at:
            text = f"{self.file.name} does not go on where the chain was left."
            report.broken = Break(Kind.REMOVED, report.at.sequence + 1, text)
            return
        walk(self._rows(), report, self._find_follower, witnesses)
        report.broken = report.broken or self._what_the_seal_says(report.at)

    def _begins_where_it_may(self) -> bool:
        """With the log, or after another archive; that one's seal is a witness."""
        seals = Checkpoint.objects.filter(
            purpose=Purpose.ARCHIVE, sequence=self.start.sequence, hash=self.start.hash
        )
        return self.start == Position() or seals.exists()

    def _what_the_seal_says(self, at: Position) -> Break | None:
        seals = [line for line in self._lines() if line.get("type") == SEAL]
        if not seals:
            text = "it and what followed was cut off: the archive has no seal."
            return Break(Kind.CUT, at.sequence + 1, text)
        seal = from_line(json.dumps(seals[-1]))
        if why := why_not_signed(seal, get_known_keys()):
            return Break(Kind.SIGNATURE, seal.sequence, f"the seal after it {why}.")
        if seal.sequence > at.sequence:
            text = "it and what followed was cut off: the seal is of more."
            return Break(Kind.CUT, at.sequence + 1, text)
        if seal.sequence < at.sequence:
            return Break(Kind.INSERTED, seal.sequence + 1, "it was inserted later.")
        if seal.hash != at.hash:
            return Break(Kind.ALTERED, at.sequence, "the seal after it differs.")
        return None

    def _find_follower(self, hash_: str, other_than: int) -> Row | None:
        rows = (row for row in self._rows() if row["id"] != other_than)
        return next((row for row in rows if row["previous_hash"] == hash_), None)

    def _rows(self) -> Iterator[Row]:
        number = self.start.sequence
        for line in self._lines():
            if line.get("type") != SEAL:
                number += 1
                row = {name: line.get(name) for name in COLUMNS}
                yield row if isinstance(row["id"], int) else {**row, "id": number}

    def _lines(self) -> Iterator[dict[str, Any]]:
        with _open(self.file, "rt", named=self.file) as lines:
            next(lines)
            yield from map(_parsed, lines)


def _parsed(line: str) -> dict[str, Any]:
    """Empty where there is no JSON object any more: such a line was altered."""
    try:
        parsed = json.loads(line)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
