"""A second database beside the usual one, so that two sizes are measured in turn."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def second_database() -> Iterator[BaseDatabaseWrapper]:
    """A copy of the database as it is now, with a connection of its own.

    Of a file with SQLite, which `shared_db` makes.
    """
    name = connection.settings_dict["NAME"]
    second = connection.copy()
    second.settings_dict["NAME"] = copy = f"{name}-second"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copy])
    else:
        _ask_server(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    try:
        yield second
    finally:
        second.close()
        if connection.vendor != "sqlite":
            _ask_server(f'DROP DATABASE "{copy}"')


@contextmanager
def as_default(database: BaseDatabaseWrapper) -> Iterator[None]:
    """All that is asked meanwhile is asked of this one. Its connection stays open."""
    usual = connections["default"]
    connections["default"] = database
    try:
        yield
    finally:
        connections["default"] = usual


def _ask_server(sql: str) -> None:
    connection.close()  # nobody may look at a database that is copied
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql)
