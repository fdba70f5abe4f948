"""Indexes that answer more of the list's questions without looking at the rows."""

from typing import Any

from django.db import migrations, models

COLUMNS = {
    "id": "client_id",
    "lifespan": "access_token_lifespan",
    "secret_age": "secret_created_at",
    "owner": "owner",
    "last_used": "last_used_at",
    "permissions": "permissions",
}

# With the places of trigrams, a word is found as such, and not all that has its parts.
MAKE_SEARCH = """
    CREATE VIRTUAL TABLE apiclients_search USING fts5(
        client_id, description, owner, content='', detail={}, tokenize='trigram'
    )
"""
FILL_SEARCH = """
    INSERT INTO apiclients_search (rowid, client_id, description, owner)
    SELECT k.id, t.client_id, t.description, t.owner
    FROM apiclients_indexedclient t JOIN apiclients_search_key k ON k.uuid = t.uuid
"""


def _remake(schema_editor: Any, detail: str) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    schema_editor.execute("DROP TABLE apiclients_search")
    schema_editor.execute(MAKE_SEARCH.format(detail))
    schema_editor.execute(FILL_SEARCH)


def with_places(_apps: Any, schema_editor: Any) -> None:
    _remake(schema_editor, "full")


def without_places(_apps: Any, schema_editor: Any) -> None:
    _remake(schema_editor, "column")


class Migration(migrations.Migration):
    dependencies = [("apiclients", "0004_search")]

    operations = [
        *(
            migrations.RemoveIndex("indexedclient", f"client_by_{name}")
            for name in COLUMNS
        ),
        *(
            migrations.AddIndex(
                "indexedclient",
                models.Index(
                    fields=["protected", column, "uuid", "enabled"],
                    name=f"client_by_{name}",
                ),
            )
            for name, column in COLUMNS.items()
        ),
        migrations.AddIndex(
            "indexedclient",
            models.Index(
                fields=[
                    *("protected", "enabled", "access_token_lifespan", "permissions"),
                    *("last_used_at", "secret_created_at", "uuid"),
                ],
                name="client_by_facets",
            ),
        ),
        migrations.RunPython(with_places, without_places),
    ]
