"""Every record gets its place in the chain, and signatures a table of their own."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.db import migrations, models

# What it makes of a record never changes, so it is no matter which version this is.
from audit.canonical import NO_HASH, hash_of

append_only = import_module("audit.migrations.0002_append_only")

FIELDS = (
    *("id", "schema_version", "at", "phase", "intent", "action", "outcome"),
    *("explanation", "actor_issuer", "actor_subject", "actor_username", "actor_name"),
    *("address", "request_id", "operation", "object_type", "object_id", "object_name"),
    *("changes", "reason", "previous_hash"),
)
PAGE = 1000
REFUSAL = "checkpoints are append-only"

SQLITE = [
    f"""
    CREATE TRIGGER audit_checkpoint_no_{name} BEFORE {condition}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for name, condition in (
        ("UPDATE", "UPDATE ON audit_checkpoint"),
        ("DELETE", "DELETE ON audit_checkpoint"),
        # REPLACE INTO removes a row without calling the trigger of DELETE.
        (
            "REPLACE",
            """INSERT ON audit_checkpoint
            WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE id = NEW.id)""",
        ),
    )
]

POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_checkpoint_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
    """,
    """
    CREATE TRIGGER audit_checkpoint_append_only
    BEFORE UPDATE OR DELETE ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_refuse()
    """,
    """
    CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoint_refuse()
    """,
]


def protect_checkpoints(_apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[vendor]:
        schema_editor.execute(statement, params=None)


def unprotect_checkpoints(_apps: Any, schema_editor: Any) -> None:
    # SQLite's go with the table.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_checkpoint_refuse() CASCADE")


def chain_records(apps: Any, schema_editor: Any) -> None:
    """Link what is there already, in the order of its numbers."""
    sequence, previous = 0, NO_HASH
    for page in _pages(apps.get_model("audit", "Record")):
        rows = []
        for values in page:
            values["previous_hash"] = previous
            sequence, previous = values["id"], hash_of(values)
            rows.append((values["previous_hash"], previous, sequence))
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE audit_record SET previous_hash = %s, hash = %s WHERE id = %s",
                rows,
            )
    apps.get_model("audit", "ChainHead").objects.create(
        pk=1, sequence=sequence, hash=previous
    )


def _pages(model: Any) -> Iterator[list[dict[str, Any]]]:
    last = 0
    rows = model.objects.order_by("id").values(*FIELDS)
    while page := list(rows.filter(id__gt=last)[:PAGE]):
        yield page
        last = page[-1]["id"]


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_action_without_choices'),
    ]

    operations = [
        # SQLite makes the table anew to add a column, and forgets its triggers.
        migrations.RunPython(append_only.drop_triggers, append_only.add_triggers),
        migrations.CreateModel(
            name='ChainHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('sequence', models.PositiveBigIntegerField()),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('sequence', models.PositiveBigIntegerField(default=0)),
                ('hash', models.CharField(max_length=64)),
                ('full_at', models.DateTimeField(null=True)),
                ('kind', models.CharField(blank=True, max_length=10)),
                ('broken', models.BigIntegerField(null=True)),
                ('explanation', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.AddField(
            model_name='record',
            name='hash',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='record',
            name='previous_hash',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='record',
            name='schema_version',
            field=models.PositiveSmallIntegerField(default=2),
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('checkpoint', 'The chain was this long and ended like this'), ('archive', 'Everything up to here was moved to an archive')], max_length=10)),
                ('sequence', models.PositiveBigIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('key_id', models.CharField(max_length=16)),
                ('signature', models.CharField(max_length=88)),
            ],
            options={
                'indexes': [models.Index(fields=['sequence'], name='checkpoint_sequence')],
            },
        ),
        migrations.RunPython(chain_records, migrations.RunPython.noop),
        migrations.RunPython(append_only.add_triggers, append_only.drop_triggers),
        migrations.RunPython(protect_checkpoints, unprotect_checkpoints),
    ]
