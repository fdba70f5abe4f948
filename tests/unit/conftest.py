"""What unit tests in more than one folder need."""

from tests.databases import durable_db, flushable_log, shared_db

__all__ = ["durable_db", "flushable_log", "shared_db"]
