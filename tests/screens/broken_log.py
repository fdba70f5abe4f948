"""An audit log that the database does not let anybody write into."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SQLITE = """
CREATE TRIGGER log_is_full BEFORE INSERT ON audit_record WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
"""
POSTGRESQL = """
CREATE FUNCTION log_is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
CREATE TRIGGER log_is_full BEFORE INSERT ON audit_record
FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION log_is_full()
"""


@contextmanager
def broken_log(condition: str = "NEW.id IS NOT NULL OR TRUE") -> Iterator[None]:
    """No record that meets the condition can be written, until the block ends."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute((SQLITE if sqlite else POSTGRESQL).format(condition=condition))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if sqlite:
                cursor.execute("DROP TRIGGER log_is_full")
            else:
                cursor.execute("DROP FUNCTION log_is_full() CASCADE")
