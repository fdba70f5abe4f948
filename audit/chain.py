"""The one way to save a record: at the end of the chain.

Each record has the next number, the hash of the one before and a hash over itself, so
none can be altered, removed, put in or moved unseen (docs/audit-log.md).
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from audit.canonical import FIELDS, NO_HASH, hash_of, require_exact
from audit.models import ChainHead, Record


def append(record: Record) -> None:
    """Give the record its place and save it, both or neither.

    Writers wait for each other at the head. Who takes another lock in the same
    transaction, such as that of an object, appends first: so nobody waits crosswise.
    """
    require_exact(record.changes)
    with _turn(), transaction.atomic(savepoint=False):
        head = lock_head()
        record.id, record.previous_hash = head.sequence + 1, head.hash
        record.hash = hash_of_record(record)
        record.save(force_insert=True)
        head.sequence, head.hash = record.id, record.hash
        head.save(force_update=True)


@contextmanager
def writing(*, durable: bool = False) -> Iterator[None]:
    """A transaction that appends records."""
    with _turn(), transaction.atomic(durable=durable):
        yield


@contextmanager
def _turn() -> Iterator[None]:
    """On SQLite writers queue here. Its own way of waiting is to try again now and
    then, so that under load the unlucky wait until they give up.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block or _in_memory():
        yield
        return
    with Path(f"{connection.settings_dict['NAME']}-turn").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _in_memory() -> bool:
    name = str(connection.settings_dict["NAME"])
    return ":memory:" in name or "mode=memory" in name


def lock_head() -> ChainHead:
    """The end of the chain, for this transaction alone."""
    rows = ChainHead.objects.select_for_update()
    head = rows.first()
    if head is None:
        # The very first record. If there are others, its number will be taken.
        first = ChainHead(pk=ChainHead.ONLY, sequence=0, hash=NO_HASH)
        ChainHead.objects.bulk_create([first], ignore_conflicts=True)
        head = rows.get()
    return head


def hash_of_record(record: Record) -> str:
    names = {"intent": "intent_id"}
    return hash_of({name: getattr(record, names.get(name, name)) for name in FIELDS})
