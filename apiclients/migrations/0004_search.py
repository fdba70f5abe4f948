"""Search by a part of an id or by words, and totals, without reading every row.

The database itself keeps both true, whoever writes. SQLite drops the triggers of a table
that a later migration remakes: run `add_search` again there (a test tells).
"""


from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, migrations, models, transaction

TABLE = "apiclients_indexedclient"
TEXTS = ("client_id", "description", "owner")

TRIGRAM_TOKENIZER = (3, 34)
TOO_OLD = "Searching needs SQLite 3.34 or newer; this is {}."
NOT_ALLOWED = (
    "Searching needs PostgreSQL's extension pg_trgm, and this role may not create it "
    "({}). Let an administrator run CREATE EXTENSION pg_trgm in this database (it is "
    "part of PostgreSQL's contrib packages), then migrate again."
)

# Full-text tables go by a number, and the number that SQLite gives a row of itself can
# change with VACUUM. So a table of keys stands between.
INTO_SEARCH = "INSERT INTO apiclients_search (rowid, client_id, description, owner)"
OUT_OF_SEARCH = """
    INSERT INTO apiclients_search (apiclients_search, rowid, client_id, description, owner)
"""
KEYS = "FROM apiclients_search_key WHERE uuid"
ADD = f"""
    {INTO_SEARCH} SELECT id, NEW.client_id, NEW.description, NEW.owner {KEYS} = NEW.uuid;
"""
REMOVE = f"""
    {OUT_OF_SEARCH}
    SELECT 'delete', id, OLD.client_id, OLD.description, OLD.owner {KEYS} = OLD.uuid;
"""
SEARCH_SQLITE = [
    "CREATE TABLE apiclients_search_key (id integer PRIMARY KEY, uuid text UNIQUE)",
    """
    CREATE VIRTUAL TABLE apiclients_search USING fts5(
        client_id, description, owner, content='', detail=column, tokenize='trigram'
    )
    """,
    f"INSERT INTO apiclients_search_key (uuid) SELECT uuid FROM {TABLE}",
    f"""
    {INTO_SEARCH} SELECT k.id, t.client_id, t.description, t.owner
    FROM {TABLE} t JOIN apiclients_search_key k ON k.uuid = t.uuid
    """,
    f"""
    CREATE TRIGGER apiclients_search_insert AFTER INSERT ON {TABLE}
    BEGIN INSERT INTO apiclients_search_key (uuid) VALUES (NEW.uuid); {ADD} END
    """,
    f"""
    CREATE TRIGGER apiclients_search_update
    AFTER UPDATE OF client_id, description, owner ON {TABLE}
    WHEN (OLD.client_id, OLD.description, OLD.owner)
        <> (NEW.client_id, NEW.description, NEW.owner)
    BEGIN {REMOVE} {ADD} END
    """,
    f"""
    CREATE TRIGGER apiclients_search_delete AFTER DELETE ON {TABLE}
    BEGIN {REMOVE} DELETE {KEYS} = OLD.uuid; END
    """,
]

FILL_COUNTS = f"""
    INSERT INTO apiclients_clientcount (enabled, clients)
    SELECT enabled, COUNT(*) FROM {TABLE} WHERE NOT protected GROUP BY enabled
"""
START = """
    INSERT INTO apiclients_clientcount (enabled, clients) SELECT NEW.enabled, 0
    WHERE NOT EXISTS (SELECT 1 FROM apiclients_clientcount WHERE enabled = NEW.enabled);
"""
MORE = """
    UPDATE apiclients_clientcount SET clients = clients + 1
    WHERE enabled = NEW.enabled AND NOT NEW.protected;
"""
FEWER = """
    UPDATE apiclients_clientcount SET clients = clients - 1
    WHERE enabled = OLD.enabled AND NOT OLD.protected;
"""
COUNTS_SQLITE = [
    FILL_COUNTS,
    f"""
    CREATE TRIGGER apiclients_count_insert AFTER INSERT ON {TABLE}
    BEGIN {START} {MORE} END
    """,
    f"""
    CREATE TRIGGER apiclients_count_update AFTER UPDATE OF protected, enabled ON {TABLE}
    WHEN (OLD.protected, OLD.enabled) <> (NEW.protected, NEW.enabled)
    BEGIN {START} {FEWER} {MORE} END
    """,
    f"CREATE TRIGGER apiclients_count_delete AFTER DELETE ON {TABLE} BEGIN {FEWER} END",
]

# One change of the counts for a statement, however many rows it writes, and in one order,
# so that two at once wait for each other and never crosswise.
CHANGE = """
    INSERT INTO apiclients_clientcount AS c (enabled, clients)
    SELECT enabled, SUM(step) FROM ({steps}) AS steps
    GROUP BY enabled HAVING SUM(step) <> 0 ORDER BY enabled
    ON CONFLICT (enabled) DO UPDATE SET clients = c.clients + excluded.clients;
"""
COME = "SELECT enabled, 1 AS step FROM come WHERE NOT protected"
GONE = "SELECT enabled, -1 AS step FROM gone WHERE NOT protected"
COUNTS_POSTGRESQL = [
    FILL_COUNTS,
    f"""
    CREATE FUNCTION apiclients_count() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN {CHANGE.format(steps=COME)}
        ELSIF TG_OP = 'DELETE' THEN {CHANGE.format(steps=GONE)}
        ELSE {CHANGE.format(steps=f"{GONE} UNION ALL {COME}")}
        END IF;
        RETURN NULL;
    END $$
    """,
    *(
        f"""
        CREATE TRIGGER apiclients_count_{verb} AFTER {verb} ON {TABLE}
        REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION apiclients_count()
        """
        for verb, tables in (
            ("insert", "NEW TABLE AS come"),
            ("update", "OLD TABLE AS gone NEW TABLE AS come"),
            ("delete", "OLD TABLE AS gone"),
        )
    ),
]


def add_search(_apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema = _find_trigrams(connection)
        columns = ", ".join(
            f'UPPER({name}::text) "{schema}".gin_trgm_ops' for name in TEXTS
        )
        index = f"CREATE INDEX apiclients_search ON {TABLE} USING gin ({columns})"
        statements = [index, *COUNTS_POSTGRESQL]
    else:
        version = connection.Database.sqlite_version_info
        if version < TRIGRAM_TOKENIZER:
            raise CommandError(TOO_OLD.format(connection.Database.sqlite_version))
        statements = [*SEARCH_SQLITE, *COUNTS_SQLITE]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def _find_trigrams(connection: Any) -> str:
    """The schema that pg_trgm is in; it is made if it is not there."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "SELECT nspname FROM pg_extension e "
                "JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'pg_trgm'"
            )
            return str(cursor.fetchone()[0])
    except DatabaseError as error:
        raise CommandError(NOT_ALLOWED.format(str(error).strip())) from error


def drop_search(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION apiclients_count() CASCADE")
        schema_editor.execute("DROP INDEX apiclients_search")
        return
    for of in ("search", "count"):
        for verb in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER apiclients_{of}_{verb}")
    schema_editor.execute("DROP TABLE apiclients_search")
    schema_editor.execute("DROP TABLE apiclients_search_key")


class Migration(migrations.Migration):
    dependencies = [("apiclients", "0003_bulk_run")]

    operations = [
        migrations.CreateModel(
            name="ClientCount",
            fields=[
                ("enabled", models.BooleanField(primary_key=True, serialize=False)),
                ("clients", models.IntegerField()),
            ],
        ),
        migrations.RunPython(add_search, drop_search),
    ]
