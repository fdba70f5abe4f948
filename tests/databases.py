"""Databases for tests that the usual rolled back transaction cannot serve.

`durable_db`: transactions really end, as in production. `shared_db`: threads use it at
once as well. Import what you need into a conftest.py.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations

from audit.append_only import append_only_lifted

flush = BaseDatabaseOperations.execute_sql_flush


@pytest.fixture(scope="session")
def flushable_log() -> Iterator[None]:
    """Django empties all tables after a test whose transactions really ended."""

    def flush_all(operations: Any, statements: list[str]) -> None:
        with append_only_lifted():
            flush(operations, statements)

    with patch.object(BaseDatabaseOperations, "execute_sql_flush", flush_all):
        yield


@pytest.fixture
def durable_db(flushable_log: None, transactional_db: None) -> None:
    """Transactions really end: a durable one is not inside another."""


@pytest.fixture
def shared_db(durable_db: None, tmp_path: Path) -> Iterator[None]:
    """Each thread has a connection of its own, so SQLite gets a file for it."""
    if connection.vendor != "sqlite":
        yield
        return
    file = tmp_path / "shared.sqlite3"
    connection.ensure_connection()
    memory, configured = connections["default"], connections.settings["default"]
    with sqlite3.connect(file) as copy:
        memory.connection.backup(copy)
    copy.close()
    connections.settings["default"] = {**configured, "NAME": str(file)}
    del connections["default"]
    # Turning a file to WAL needs it alone: done here, before the threads connect, and
    # held open, because the last connection to leave needs it alone as well.
    connections["default"].ensure_connection()
    yield
    connections["default"].close()
    connections.settings["default"] = configured
    connections["default"] = memory


def at_once(*functions: Callable[[], Any], seconds: int = 60) -> list[Any]:
    """Call each in a thread of its own, at the same time; what each gave or raised."""
    barrier = threading.Barrier(len(functions))
    results: list[Any] = [None] * len(functions)

    def run(index: int, function: Callable[[], Any]) -> None:
        barrier.wait(10)
        try:
            results[index] = function()
        except Exception as exc:  # the test looks at it
            results[index] = exc
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive()
    return results
