"""The audit log at two sizes: fill one, or measure its pages (tools.bench_audit).

Records of a plausible mixture: of five, two are intents with an outcome each and one is
an event. Whatever is asked for has more than a page of matches in the smaller log too.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from audit.append_only import append_only_lifted  # noqa: E402
from audit.models import ChainHead, IndexedEntry, Record  # noqa: E402
from console.paging import Cursor  # noqa: E402
from tests.benchmarks.measuring import measure  # noqa: E402
from tests.factories import make_actor  # noqa: E402
from tests.people import sign_in  # noqa: E402

chain = import_module("audit.migrations.0004_chain")
index = import_module("audit.migrations.0005_indexed_entry")
POSTGRESQL = connection.vendor == "postgresql"
# One record every three seconds, the last one just now.
SECONDS = 3
# The number of the entry that a record belongs to.
ENTRY = "CASE WHEN n % 5 IN (2, 4) THEN n - 1 ELSE n END"
PHASE = (
    "CASE WHEN n % 5 IN (1, 3) THEN 'intent' WHEN n % 5 = 0 THEN 'event' ELSE {} END"
)
COLUMNS = {
    "id": "n",
    "phase": PHASE.format("'outcome'"),
    "intent_id": "CASE WHEN n % 5 IN (2, 4) THEN n - 1 END",
    "action": """CASE WHEN n % 5 = 0 THEN
        CASE e % 3 WHEN 0 THEN 'session.sign_out' ELSE 'session.sign_in' END
        ELSE CASE WHEN e % 1000 < 20 THEN 'client.delete'
        WHEN e % 1000 < 40 THEN 'client.create'
        WHEN e % 1000 < 500 THEN 'client_secret.show' ELSE 'client.update' END END""",
    "outcome": """CASE WHEN n % 5 IN (1, 3) THEN '' WHEN e % 100 < 4 THEN 'failed'
        WHEN e % 100 < 6 THEN 'unknown' ELSE 'succeeded' END""",
    "actor_issuer": "'https://id.example/realms/northwind'",
    "actor_subject": "'subject-' || (e % 91)",
    "actor_username": "'person-' || (e % 91)",
    "actor_name": "'Person Number ' || (e % 91)",
    "address": "'10.0.0.' || (e % 79)",
    "request_id": "'req-' || e",
    "object_type": "CASE WHEN n % 5 = 0 THEN '' ELSE 'client' END",
    "object_id": "CASE WHEN n % 5 = 0 THEN '' ELSE 'uuid-' || (e % 59) END",
    "object_name": "CASE WHEN n % 5 = 0 THEN '' ELSE 'Svc-' || (e % 59) END",
    "changes": """'{"owner": {"before": "team-a", "after": "team-b"}}'""",
}
FILTERS: dict[str, dict[str, str]] = {
    "person, by username": {"person": "person-7"},
    "person, by name": {"person": "person number 7"},
    "action, frequent": {"action": "client.update"},
    "action, rare": {"action": "client.delete"},
    "client, by name": {"object": "svc-9"},
    "client, by id": {"object": "uuid-9"},
    "outcome succeeded": {"outcome": "succeeded"},
    "outcome failed": {"outcome": "failed"},
    "outcome unknown": {"outcome": "unknown"},
    "address": {"address": "10.0.0.7"},
    "nobody": {"person": "nobody"},
    "person and outcome": {"person": "person-7", "outcome": "succeeded"},
}


def fill(count: int) -> None:
    """The records, then what the migration does with those that it finds.

    They are not linked: for ten million that would take hours, and no page looks at it.
    """
    with connection.schema_editor() as editor, _bare(editor):
        editor.execute(_insert(count), params=None)
        if POSTGRESQL:
            editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        index.fill(None, editor)
    ChainHead.objects.update(sequence=count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if POSTGRESQL else "ANALYZE")


def link() -> None:
    """What the migration does that made a chain of the records."""
    ChainHead.objects.all().delete()
    with append_only_lifted():
        chain.chain_records(apps, SimpleNamespace(connection=connection))


def measure_pages() -> dict[str, dict[str, float]]:
    """What each page costs, by its name."""
    browser = sign_in(Client(), make_actor())
    found = {}
    for name, asked in _pages().items():
        answer = browser.get("/audit/", asked)
        assert answer.status_code == 200, name
        cost = measure(lambda asked=asked: browser.get("/audit/", asked))  # type: ignore[misc]
        rows = answer.content.count(b'class="c-summary"')
        found[name] = {**asdict(cost), "rows": rows}
    return found


def _pages() -> dict[str, dict[str, str]]:
    rows = IndexedEntry.objects.order_by("record_id")
    count = Record.objects.latest("id").id
    oldest, middle = rows[0], rows.filter(record_id__gte=count // 2)[0]
    return {
        "first page": {},
        "middle page": {"after": _cursor(middle)},
        "last page": {"after": _cursor(rows[50])},
        **FILTERS,
        "time, the oldest 600": {"until": f"{rows[600].at:%Y-%m-%dT%H:%M}"},
        "time, around the middle": {
            "since": f"{oldest.at:%Y-%m-%dT%H:%M}",
            "until": f"{middle.at:%Y-%m-%dT%H:%M}",
        },
        "person in the older half": {
            "person": "person-7",
            "until": f"{middle.at:%Y-%m-%dT%H:%M}",
        },
    }


def _cursor(row: IndexedEntry) -> str:
    return Cursor(row.at, row.record_id, 1000).encode()


@contextmanager
def _bare(editor: Any) -> Iterator[None]:
    """Without triggers and without indexes, which are made again at the end."""
    indexed, made = IndexedEntry._meta.indexes, Record._meta.indexes
    index.drop_triggers(None, editor)
    for model, indexes in ((IndexedEntry, indexed), (Record, made)):
        for each in indexes:
            editor.remove_index(model, each)
    yield
    for model, indexes in ((IndexedEntry, indexed), (Record, made)):
        for each in indexes:
            editor.add_index(model, each)
    index.add_triggers(None, editor)


def _insert(count: int) -> str:
    """As the two databases say it, one record for each number."""
    if POSTGRESQL:
        numbers = f"SELECT n FROM generate_series(1, {count}) n"  # noqa: S608
        at = f"now() - (interval '1 second') * {SECONDS} * ({count} - n)"
    else:
        more = f"SELECT n + 1 FROM s WHERE n < {count}"  # noqa: S608
        numbers = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL {more}) SELECT n FROM s"  # noqa: S608
        at = f"datetime(unixepoch() - {SECONDS} * ({count} - n), 'unixepoch')"
    values = {**COLUMNS, "at": at, "schema_version": "1"}
    for field in Record._meta.concrete_fields:
        if not field.null:
            values.setdefault(str(field.column), "''")
    changes = "::jsonb" if POSTGRESQL else ""
    values["changes"] += changes
    return (
        f"INSERT INTO audit_record ({', '.join(values)}) SELECT "  # noqa: S608
        f"{', '.join(values.values())} FROM (SELECT n, {ENTRY} AS e "
        f"FROM ({numbers}) numbers) numbered"
    )


def instant_of(entries: int) -> str:
    """When the log had so many entries: an export up to then has as many."""
    at = IndexedEntry.objects.order_by("at", "record_id")[entries - 1].at
    return at.isoformat()


def main() -> None:
    """fill COUNT, link, pages, or instant ENTRIES."""
    what, *rest = sys.argv[1:]
    if what == "fill":
        fill(int(rest[0]))
    elif what == "link":
        link()
    elif what == "pages":
        sys.stdout.write(json.dumps(measure_pages()) + "\n")
    else:
        sys.stdout.write(f"{instant_of(int(rest[0]))}\n")


if __name__ == "__main__":
    main()
