"""What is broken where the chain does not go on, and how to call it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit.canonical import FIELDS, NO_HASH, hash_of

Row = Mapping[str, Any]  # FIELDS and `hash`
# Any other record whose `previous_hash` is this: (hash, not the record of this id).
FindFollower = Callable[[str, int], Row | None]


class Kind(StrEnum):
    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Break:
    """The first record that is not as it was written."""

    kind: Kind
    sequence: int
    explanation: str

    def __str__(self) -> str:
        return f"Entry {self.sequence:,}: {self.explanation}"


@dataclass(frozen=True, slots=True)
class Position:
    """A record of the chain; by default the place before the first."""

    sequence: int = 0
    hash: str = NO_HASH


def follows(row: Row, at: Position) -> bool:
    """Whether this is the record after `at`, as it was written."""
    return (
        row["previous_hash"] == at.hash
        and (row["id"] == at.sequence + 1 or _may_skip(row, at))
        and _hash_with(row, row["id"]) == row["hash"]
    )


def name_break(row: Row, at: Position, find: FindFollower, end: int) -> Break:
    """Why `row` does not follow. `end` is the number of the chain's last record."""
    expected, number = at.sequence + 1, row["id"]
    follower = find(at.hash, number)
    home = _home(row, find, end)
    if number < expected:
        return _inserted(number) if home in {None, number} else _moved(number, home)
    if number == expected > end and home in {None, number}:
        return _inserted(number)
    if number > expected and not _may_skip(row, at):
        if follower or row["previous_hash"] == at.hash:
            return _moved(expected, (follower or row)["id"])
        return _removed(expected)
    if home == number:
        if follower:
            return _inserted(number)
        if number > expected:
            return _removed(expected)
        return _altered(at.sequence or number)
    if home is None:
        return _inserted(number) if follower else _altered(number)
    if home == at.sequence:
        # Moved on by one, because the record before took its place.
        return _inserted(home)
    return _moved(number, home) if follower else _removed(number)


def _may_skip(row: Row, at: Position) -> bool:
    """Records of the time before the chain were numbered with gaps."""
    return bool(row["schema_version"] == 1 and row["id"] > at.sequence)


def _home(row: Row, find: FindFollower, end: int) -> int | None:
    """The number that the record's hash was made with; None where it fits nowhere."""
    number = int(row["id"])
    candidates = [number, number - 1, number + 1, end]
    if follower := find(row["hash"], number):
        candidates.append(follower["id"] - 1)
    for candidate in candidates:
        if _hash_with(row, candidate) == row["hash"]:
            return candidate
    return None


def _hash_with(row: Row, number: int) -> str:
    return hash_of({**{name: row[name] for name in FIELDS}, "id": number})


def _altered(number: int) -> Break:
    return Break(Kind.ALTERED, number, "it was altered after it was written.")


def _removed(number: int) -> Break:
    return Break(Kind.REMOVED, number, "it was removed.")


def _inserted(number: int) -> Break:
    return Break(Kind.INSERTED, number, "it was inserted later.")


def _moved(number: int, other: int | None) -> Break:
    text = (
        f"the order was changed: what belongs in one place stands at entry {other:,}."
    )
    return Break(Kind.REORDERED, number, text)
