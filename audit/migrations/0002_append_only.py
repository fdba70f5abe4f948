"""The database itself refuses to change or remove a record."""

from typing import Any

from django.db import migrations

REFUSAL = "audit records are append-only"

# REPLACE INTO removes a row without calling the trigger of DELETE.
WHAT_IS_THERE_ALREADY = """
    SELECT 1 FROM audit_record WHERE id = NEW.id
    OR (phase = 'intent' AND NEW.phase = 'intent' AND operation = NEW.operation)
"""

SQLITE = [
    f"""
    CREATE TRIGGER audit_record_no_{name} BEFORE {condition}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for name, condition in (
        ("UPDATE", "UPDATE ON audit_record"),
        ("DELETE", "DELETE ON audit_record"),
        ("REPLACE", f"INSERT ON audit_record WHEN EXISTS ({WHAT_IS_THERE_ALREADY})"),
    )
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
        for verb in ("UPDATE", "DELETE", "REPLACE"):
            schema_editor.execute(f"DROP TRIGGER audit_record_no_{verb}")
    else:
        schema_editor.execute("DROP FUNCTION audit_record_refuse() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
