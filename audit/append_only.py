"""The triggers that refuse to change or remove a record, taken off for a while.

For the archive, which moves old records out; nothing else has a reason to. Those that
keep the list's index stay, so that it forgets what is moved out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from audit.models import Checkpoint, Record

TABLES = tuple(model._meta.db_table for model in (Record, Checkpoint))


@contextmanager
def append_only_lifted() -> Iterator[None]:
    """Until the block ends, in one transaction with it: nobody else sees them gone."""
    sqlite = connection.vendor == "sqlite"
    lifted = _lifted_on_sqlite if sqlite else _lifted_on_postgresql
    with transaction.atomic(), connection.cursor() as cursor, lifted(cursor):
        yield


@contextmanager
def _lifted_on_sqlite(cursor: CursorWrapper) -> Iterator[None]:
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name IN (%s, %s) AND name NOT LIKE 'audit_index_%%'",
        TABLES,
    )
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        cursor.execute(sql)


@contextmanager
def _lifted_on_postgresql(cursor: CursorWrapper) -> Iterator[None]:
    _alter(cursor, "DISABLE")
    cursor.execute(f"ALTER TABLE {TABLES[0]} ENABLE TRIGGER audit_index")
    yield
    _alter(cursor, "ENABLE")


def _alter(cursor: CursorWrapper, verb: str) -> None:
    # A table with checks still to come cannot be altered: they come now.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER USER")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
