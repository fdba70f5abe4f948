"""The list's index is kept by the database: what it says is what the records say."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from audit.append_only import append_only_lifted
from audit.models import Action, IndexedEntry, Outcome, Phase
from tests.factories import make_entry, make_event, settle

index = import_module("audit.migrations.0005_indexed_entry")

pytestmark = pytest.mark.django_db


def rows() -> list[dict[str, Any]]:
    return [dict(row) for row in IndexedEntry.objects.order_by("record_id").values()]


def test_an_event_is_indexed_as_it_is_appended() -> None:
    event = make_event(actor_username="Client-Admin", address="2001:db8::7")

    (row,) = rows()

    assert row == {
        "record_id": event.id,
        "settled_id": event.id,
        "at": event.at,
        "action": "session.sign_in",
        "outcome": "succeeded",
        "username": "client-admin",
        "name": "bob tanaka",
        "object_name": "",
        "object_id": "",
        "address": "2001:db8::7",
    }


def test_an_intent_is_indexed_without_an_outcome_until_it_has_one() -> None:
    intent = make_entry(None, action=Action.CLIENT_CREATE, object_name="Etl-Prod")
    assert [(r["outcome"], r["settled_id"], r["object_name"]) for r in rows()] == [
        ("", None, "etl-prod")
    ]

    outcome = settle(intent, Outcome.SUCCEEDED, object_id="5e0fd8ea")

    (row,) = rows()
    assert (row["record_id"], row["settled_id"]) == (intent.id, outcome.id)
    assert (row["outcome"], row["object_id"]) == ("succeeded", "5e0fd8ea")
    assert row["at"] == intent.at


def test_the_latest_outcome_stands() -> None:
    intent = make_entry(Outcome.UNKNOWN)
    last = settle(intent, Outcome.FAILED)

    assert [(r["outcome"], r["settled_id"]) for r in rows()] == [("failed", last.id)]


def test_what_is_taken_back_is_not_indexed() -> None:
    with transaction.atomic():
        make_event()
        transaction.set_rollback(True)

    assert rows() == []


def test_what_is_removed_from_the_log_leaves_the_index() -> None:
    kept, moved = make_event(), make_event()

    with append_only_lifted():
        moved.delete()

    assert [row["record_id"] for row in rows()] == [kept.id]


def test_filled_anew_it_is_the_same() -> None:
    make_event(phase=Phase.EVENT, outcome=Outcome.FAILED, actor_name="ÉMILE")
    settle(make_entry(Outcome.UNKNOWN), Outcome.SUCCEEDED)
    settle(make_entry(Outcome.UNKNOWN, object_id=""), Outcome.FAILED, object_id="0001")
    make_entry(None)
    kept = rows()
    IndexedEntry.objects.all().delete()

    with connection.cursor() as cursor:
        execute = lambda sql, params=None: cursor.execute(sql)  # noqa: E731
        index.fill(None, SimpleNamespace(connection=connection, execute=execute))

    assert len(kept) == 4
    assert rows() == kept
