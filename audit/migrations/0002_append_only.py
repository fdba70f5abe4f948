"""The database itself refuses to change or remove a record."""

from typing import Any

from django.db import migrations

REFUSAL = "audit records are append-only"

SQLITE = [
    f"""
    CREATE TRIGGER audit_record_no_{verb} BEFORE {verb} ON audit_record
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for verb in ("UPDATE", "DELETE")
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_record_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
    """,
    """
    CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_record_refuse()
    """,
    """
    CREATE TRIGGER audit_record_no_truncate BEFORE TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION audit_record_refuse()
    """,
]

STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def add_triggers(_apps: Any, schema_editor: Any) -> None:
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_triggers(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_record_no_UPDATE")
        schema_editor.execute("DROP TRIGGER audit_record_no_DELETE")
    else:
        schema_editor.execute("DROP FUNCTION audit_record_refuse() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
