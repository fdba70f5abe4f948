"""The list's own index, kept by the database itself as records are appended."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = (
    "record_id, settled_id, at, action, outcome, username, name, object_name, "
    "object_id, address"
)

# What an intent or an event is when it is appended.
NEW = """
    NEW.id, CASE NEW.phase WHEN 'event' THEN NEW.id END, NEW.at, NEW.action,
    NEW.outcome, lower(NEW.actor_username), lower(NEW.actor_name),
    lower(NEW.object_name), NEW.object_id, NEW.address
"""

INSERT = f"INSERT INTO audit_indexedentry ({COLUMNS}) VALUES ({NEW})"

# A creation learns its object's id only with its outcome.
SETTLE = """
    UPDATE audit_indexedentry SET
    settled_id = NEW.id, outcome = NEW.outcome, object_id = NEW.object_id
    WHERE record_id = NEW.intent_id AND (settled_id IS NULL OR settled_id < NEW.id)
"""

FORGET = "DELETE FROM audit_indexedentry WHERE record_id = OLD.id"

# All that was appended before, each with its latest outcome.
FILL = f"""
    INSERT INTO audit_indexedentry ({COLUMNS})
    SELECT entry.id, settled.id, entry.at, entry.action,
        COALESCE(settled.outcome, ''), lower(entry.actor_username),
        lower(entry.actor_name), lower(entry.object_name),
        COALESCE(settled.object_id, entry.object_id), entry.address
    FROM audit_record entry
    LEFT JOIN (
        SELECT intent_id, MAX(id) AS id FROM audit_record
        WHERE phase = 'outcome' GROUP BY intent_id
    ) latest ON latest.intent_id = entry.id
    LEFT JOIN audit_record settled ON settled.id =
        CASE entry.phase WHEN 'event' THEN entry.id ELSE latest.id END
    WHERE entry.phase <> 'outcome'
"""

SQLITE = [
    f"""
    CREATE TRIGGER audit_index_{name} AFTER {event} ON audit_record
    {condition} BEGIN {statement}; END
    """
    for name, event, condition, statement in (
        ("entry", "INSERT", "WHEN NEW.phase <> 'outcome'", INSERT),
        ("outcome", "INSERT", "WHEN NEW.phase = 'outcome'", SETTLE),
        ("removal", "DELETE", "", FORGET),
    )
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_index() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF TG_OP = 'DELETE' THEN {FORGET};
        ELSIF NEW.phase = 'outcome' THEN {SETTLE};
        ELSE {INSERT};
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER audit_index AFTER INSERT OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_index()
    """,
]

STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def fill(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(FILL, params=None)


def add_triggers(_apps: Any, schema_editor: Any) -> None:
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_triggers(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in ("entry", "outcome", "removal"):
            schema_editor.execute(f"DROP TRIGGER audit_index_{name}")
    else:
        schema_editor.execute("DROP FUNCTION audit_index() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_chain")]

    operations = [
        *(
            migrations.RemoveIndex("record", f"record_{name}")
            for name in ("at", "actor", "action", "object_name", "not_succeeded")
        ),
        migrations.CreateModel(
            name="IndexedEntry",
            fields=[
                ("record", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name="indexed", serialize=False, to="audit.record")),
                ("settled", models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="settles", to="audit.record")),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=50)),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("username", models.CharField(max_length=255)),
                ("name", models.CharField(blank=True, max_length=255)),
                ("object_name", models.CharField(blank=True, max_length=255)),
                ("object_id", models.CharField(blank=True, max_length=100)),
                ("address", models.CharField(blank=True, max_length=45)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.AddIndex("indexedentry", models.Index(fields=fields, name=f"entry_by_{name}"))
            for name, fields in (
                ("time", ["at", "record"]),
                ("action", ["action", "at", "record"]),
                ("outcome", ["outcome", "at", "record"]),
                ("username", ["username", "at", "record"]),
                ("name", ["name", "at", "record"]),
                ("object_name", ["object_name", "at", "record"]),
                ("id", ["object_id", "at", "record"]),
                ("address", ["address", "at", "record"]),
            )
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
