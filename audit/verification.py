"""Walks the chain record by record, and stops at the first that is broken."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import Error

from audit.breaks import Break, FindFollower, Kind, Position, Row, follows, name_break
from audit.canonical import FIELDS
from audit.models import ChainHead, Checkpoint, Purpose, Record
from audit.signing import Keys, get_known_keys, why_not_signed

PAGE = 1000
COLUMNS = (*FIELDS, "hash")


@dataclass(slots=True)
class Report:
    """How far everything is as it was written, and what is broken after that."""

    at: Position
    records: int = 0
    checkpoints: int = 0
    broken: Break | None = None


class Witnesses:
    """Checkpoints in the order of what they vouch for, held against the chain."""

    def __init__(self, checkpoints: Iterable[Checkpoint], keys: Keys) -> None:
        self._rest = iter(checkpoints)
        self._keys = keys
        self._next = next(self._rest, None)

    def question(self, at: Position, report: Report) -> Break | None:
        """All those that speak of no later record than this."""
        while self._next and self._next.sequence <= at.sequence:
            checkpoint, self._next = self._next, next(self._rest, None)
            report.checkpoints += 1
            if wrong := self._what_is_wrong(checkpoint):
                return wrong
            if checkpoint.sequence == at.sequence and checkpoint.hash != at.hash:
                text = "it, or one before it, was altered and all hashes made anew: "
                text += (
                    f"a checkpoint signed at {checkpoint.at:%Y-%m-%d %H:%M} differs."
                )
                return Break(Kind.ALTERED, at.sequence, text)
        return None

    def question_rest(self, at: Position) -> Break | None:
        """Whoever speaks of a later record than the last: it was there once."""
        if self._next is None:
            return None
        text = "it and what followed was cut off: a checkpoint signed at "
        text += f"{self._next.at:%Y-%m-%d %H:%M} covers entry {self._next.sequence:,}."
        return self._what_is_wrong(self._next) or Break(Kind.CUT, at.sequence + 1, text)

    def _what_is_wrong(self, checkpoint: Checkpoint) -> Break | None:
        if why := why_not_signed(checkpoint, self._keys):
            text = f"its checkpoint {why}."
            return Break(Kind.SIGNATURE, checkpoint.sequence, text)
        return None


# Goes on through a file with records that are not in the database any more.
Archived = Callable[[Report, Sequence[Witnesses]], None]


def verify_log(
    start: Position,
    *,
    outside: Iterable[Checkpoint] = (),
    archives: Iterable[Archived] = (),
    whole: bool = True,
) -> Report:
    """All records after `start`, which the caller trusts, against all checkpoints.

    `outside` are those of a file. `whole`: nothing may be there before `start`.
    """
    report = Report(start)
    keys = get_known_keys()
    groups = [list_witnesses(start), sorted(outside, key=lambda c: c.sequence)]
    witnesses = [Witnesses(group, keys) for group in groups]
    question_all(witnesses, report)
    for verify in archives:
        if not report.broken:
            verify(report, witnesses)
    start = report.at
    while not report.broken:
        before = report.at
        # Nobody has looked at what is below the start, if this is the first round.
        after = None if whole and before == start else before.sequence
        walk(iter_rows(after), report, find_follower, witnesses)
        if report.at == before or _is_at_the_end(report.at):
            break
    if not report.broken:
        report.broken = _what_the_head_says(report.at)
    for witness in witnesses:
        report.broken = report.broken or witness.question_rest(report.at)
    return report


def walk(
    rows: Iterable[Row],
    report: Report,
    find: FindFollower,
    witnesses: Iterable[Witnesses],
) -> None:
    for row in rows:
        if not follows(row, report.at):
            head = ChainHead.objects.first()
            end = head.sequence if head else row["id"]
            report.broken = name_break(row, report.at, find, end)
            return
        report.at = Position(row["id"], row["hash"])
        report.records += 1
        question_all(witnesses, report)
        if report.broken:
            return


def question_all(witnesses: Iterable[Witnesses], report: Report) -> None:
    for witness in witnesses:
        report.broken = report.broken or witness.question(report.at, report)


def _is_at_the_end(at: Position) -> bool:
    """Or others are writing meanwhile."""
    return ChainHead.objects.filter(sequence=at.sequence).exists()


def _what_the_head_says(at: Position) -> Break | None:
    head = ChainHead.objects.first()
    if head is None:
        if at == Position():
            return None
        text = "the end of the chain is not on record any more."
        return Break(Kind.CUT, at.sequence + 1, text)
    if head.sequence > at.sequence:
        text = (
            f"it and what followed was cut off: there were {head.sequence:,} entries."
        )
        return Break(Kind.CUT, at.sequence + 1, text)
    if head.sequence < at.sequence:
        return Break(Kind.INSERTED, head.sequence + 1, "it was inserted later.")
    if head.hash != at.hash:
        return Break(Kind.ALTERED, at.sequence, "it was altered after it was written.")
    return None


def list_witnesses(start: Position) -> Iterator[Checkpoint]:
    """Of the database, in their order; none that is signed meanwhile."""
    newest = Checkpoint.objects.order_by("-pk").values_list("pk", flat=True).first()
    rows = Checkpoint.objects.filter(sequence__gte=start.sequence, pk__lte=newest or 0)
    return rows.order_by("sequence", "pk").iterator(PAGE)


def find_start() -> Position:
    """Before the first record, or where the archive ends (a witness looks at that)."""
    archive = (
        Checkpoint.objects.filter(purpose=Purpose.ARCHIVE).order_by("sequence").last()
    )
    return Position(archive.sequence, archive.hash) if archive else Position()


def find_signed_start() -> Position:
    """The newest record that a right signature vouches for."""
    keys = get_known_keys()
    for checkpoint in Checkpoint.objects.order_by("-sequence").iterator(PAGE):
        if not why_not_signed(checkpoint, keys):
            return Position(checkpoint.sequence, checkpoint.hash)
    return Position()


def find_follower(hash_: str, other_than: int) -> Row | None:
    """Reads the whole table: only for a chain that is broken."""
    rows = Record.objects.filter(previous_hash=hash_).exclude(pk=other_than)
    found: Row | None = rows.order_by("id").values(*COLUMNS).first()
    return found


def iter_rows(after: int | None) -> Iterator[Row]:
    """A page at a time, so that memory does not depend on their number."""
    rows = Record.objects.order_by("id").values(*COLUMNS)
    while True:
        later = rows if after is None else rows.filter(id__gt=after)
        try:
            page = list(later[:PAGE])
        except (ValueError, Error):
            page = list(_one_by_one(after))
        if not page:
            return
        yield from page
        after = page[-1]["id"]


def _one_by_one(after: int | None) -> Iterator[Row]:
    """Where one of them cannot even be read: what is altered has no values."""
    ids = Record.objects.order_by("id").values_list("id", flat=True)
    later = ids if after is None else ids.filter(id__gt=after)
    for number in later[:PAGE]:
        try:
            yield Record.objects.values(*COLUMNS).get(id=number)
        except (ValueError, Error):
            yield {**dict.fromkeys(COLUMNS), "id": number}
            return
