"""A search for secrets in everything that the database holds."""

from collections.abc import Iterable

from django.db import connection


def find_in_database(secrets: Iterable[str]) -> list[str]:
    """The tables with one of these somewhere in a row, as a dump would show it."""
    return [
        table
        for table in connection.introspection.table_names()
        if _holds(table, [secret for secret in secrets if secret])
    ]


def _holds(table: str, secrets: list[str]) -> bool:
    name = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM " + name)  # noqa: S608 - a table's own name
        rows = "\n".join(str(row) for row in cursor.fetchall())
    return any(secret in rows for secret in secrets)
