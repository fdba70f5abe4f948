"""The search of SQLite holds the visible clients alone; more columns in the list's order.

So that what is found needs no look at its row, and neither does what a walk passes.
"""

from typing import Any

from django.db import migrations, models

TABLE = "apiclients_indexedclient"
TEXTS = "client_id, description, owner"
ALL, VISIBLE = "TRUE", "NOT {0}.protected"


def _trigger(verb: str, when: str, statements: str) -> list[str]:
    name = f"apiclients_search_{verb}"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {when} BEGIN {statements} END",
    ]


def _write_triggers(which: str) -> list[str]:
    row = "id, {0}.client_id, {0}.description, {0}.owner FROM apiclients_search_key"
    row = f"{row} WHERE uuid = {{0}}.uuid AND {which}"
    add = f"""
        INSERT INTO apiclients_search (rowid, {TEXTS}) SELECT {row.format("NEW")};
    """
    remove = f"""
        INSERT INTO apiclients_search (apiclients_search, rowid, {TEXTS})
        SELECT 'delete', {row.format("OLD")};
    """
    changed = " OR ".join(
        f"OLD.{name} <> NEW.{name}" for name in (*TEXTS.split(", "), "protected")
    )
    return [
        *_trigger(
            "insert",
            f"INSERT ON {TABLE}",
            f"INSERT INTO apiclients_search_key (uuid) VALUES (NEW.uuid); {add}",
        ),
        *_trigger(
            "update",
            f"UPDATE OF {TEXTS}, protected ON {TABLE} WHEN {changed}",
            remove + add,
        ),
        *_trigger(
            "delete",
            f"DELETE ON {TABLE}",
            f"{remove} DELETE FROM apiclients_search_key WHERE uuid = OLD.uuid;",
        ),
    ]


def _remake(schema_editor: Any, which: str) -> None:
    """The triggers and what they keep: which clients the search holds."""
    if schema_editor.connection.vendor != "sqlite":
        return
    fill = f"""
        INSERT INTO apiclients_search (rowid, {TEXTS})
        SELECT k.id, t.client_id, t.description, t.owner
        FROM {TABLE} t JOIN apiclients_search_key k ON k.uuid = t.uuid
        WHERE {which.format("t")}
    """
    clear = "INSERT INTO apiclients_search (apiclients_search) VALUES ('delete-all')"
    for statement in (clear, fill, *_write_triggers(which)):
        schema_editor.execute(statement)


def keep_visible(_apps: Any, schema_editor: Any) -> None:
    _remake(schema_editor, VISIBLE)


def keep_all(_apps: Any, schema_editor: Any) -> None:
    _remake(schema_editor, ALL)


class Migration(migrations.Migration):
    dependencies = [("apiclients", "0005_facets")]

    operations = [
        migrations.RemoveIndex("indexedclient", "client_by_id"),
        migrations.AddIndex(
            "indexedclient",
            models.Index(
                fields=[
                    *("protected", "client_id", "uuid", "enabled"),
                    *("access_token_lifespan", "permissions"),
                    *("last_used_at", "secret_created_at", "owner"),
                ],
                name="client_by_id",
            ),
        ),
        migrations.RunPython(keep_visible, keep_all),
    ]
