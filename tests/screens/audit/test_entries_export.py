"""Export on the audit log: what the filters show, as a file, on record first."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.exports.formats import FORMATS
from audit.models import Action, Outcome, Record
from tests.factories import make_entry, make_event, settle
from tests.pages import as_htmx, read_part, text_of
from tests.screens.audit.reading import LIST, open_list
from tests.screens.broken_log import broken_log

EXPORT = reverse("audit:export")


def export(browser: Client, name: str = "json", **filters: Any) -> Any:
    """Choose a format in the menu of the list with these filters."""
    form = open_list(browser, **filters).select_one("#export form")
    assert form is not None
    button = form.select_one(f'button[value="{name}"]')
    assert text_of(button) == FORMATS[name].label
    return browser.post(str(form["action"]), {"format": name})


def content(response: Any) -> str:
    assert response.status_code == 200
    return b"".join(response).decode()


def ids(response: Any) -> list[int]:
    return [json.loads(line)["id"] for line in content(response).splitlines()]


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_a_line_for_each_entry(admin: Client, name: str) -> None:
    make_event()
    make_entry(Outcome.FAILED)
    make_entry(None)

    response = export(admin, name)

    lines = content(response).splitlines()
    assert len(lines) == 3 + (name == "csv")
    assert response["Content-Type"] == FORMATS[name].content_type
    disposition = response["Content-Disposition"]
    assert disposition.startswith('attachment; filename="audit-log-')
    assert disposition.endswith(f'.{FORMATS[name].extension}"')
    assert "no-store" in response["Cache-Control"]


def test_entries_come_oldest_first_with_their_outcome_as_it_stands(
    admin: Client,
) -> None:
    unknown = make_entry(Outcome.UNKNOWN)
    settled = settle(unknown, Outcome.SUCCEEDED, explanation="found")
    event = make_event()

    first, second = (json.loads(line) for line in content(export(admin)).splitlines())

    assert (first["id"], second["id"]) == (unknown.id, event.id)
    assert (first["outcome"], first["explanation"]) == ("succeeded", "found")
    assert first["summary"] == "Deleted svc-reports"
    assert first["settled_at"].startswith(f"{settled.at:%Y-%m-%dT%H:%M}")


def test_the_filters_of_the_list_are_those_of_the_file(admin: Client) -> None:
    failed = make_entry(Outcome.FAILED)
    make_entry()
    make_entry(Outcome.FAILED, at=timezone.now() - timedelta(days=2))

    since = f"{timezone.now() - timedelta(days=1):%Y-%m-%dT%H:%M}"
    response = export(admin, outcome="failed", since=since, after="x")

    assert ids(response) == [failed.id]
    recorded = Record.objects.get(action=Action.AUDIT_EXPORT)
    assert recorded.changes == {
        "format": {"before": None, "after": "JSON lines"},
        "filters": {"before": None, "after": f"since {since}Z, outcome failed"},
        "entries": {"before": None, "after": "1"},
    }


def test_the_menu_follows_the_filters_with_htmx_too(admin: Client) -> None:
    make_entry()

    answer = admin.get(
        LIST, {"person": "client-admin", "after": "x"}, headers=as_htmx("entries")
    )

    read_part(answer, "entries")
    form = str(answer.content.decode().split('id="export"')[1])
    action = form.split('action="')[1].split('"')[0]
    assert parse_qs(urlsplit(action).query) == {"person": ["client-admin"]}


def test_the_export_is_recorded_before_its_first_byte(admin: Client) -> None:
    make_event()

    response = export(admin)

    entry = Record.objects.get(action=Action.AUDIT_EXPORT)
    assert (entry.actor_name, entry.outcome) == ("Bob Tanaka", Outcome.SUCCEEDED)
    assert entry.id not in ids(response)
    page = open_list(admin)
    assert "Exported the audit log" in page.get_text()


def test_an_export_that_cannot_be_recorded_gives_nothing(
    durable_db: None, admin: Client
) -> None:
    make_event()

    with broken_log():
        response = admin.post(EXPORT, {"format": "json"})

    assert response.status_code == 503
    assert not response.streaming


@pytest.mark.parametrize("sent", [{}, {"format": ""}, {"format": "exe"}])
def test_no_other_format_is_given_or_recorded(
    admin: Client, sent: dict[str, str]
) -> None:
    response = admin.post(EXPORT, sent)

    assert response.status_code == 400
    assert not Record.objects.filter(action=Action.AUDIT_EXPORT).exists()


def test_the_file_is_neither_compressed_nor_held_back(admin: Client) -> None:
    make_event()

    response: Any = admin.post(
        EXPORT, {"format": "json"}, headers={"Accept-Encoding": "gzip, br"}
    )

    assert response.streaming
    assert "Content-Encoding" not in response
    assert "Content-Length" not in response


def test_hostile_text_stays_in_its_cell(admin: Client) -> None:
    make_entry(object_name="=cmd()\r\nnext", actor_name="\x1b[2J\u2028")

    header, row = csv.reader(io.StringIO(content(export(admin, "csv")), newline=""))

    found = dict(zip(header, row, strict=True))
    assert found["object_name"] == "'=cmd()\\u000d\\u000anext"
    assert found["actor_name"] == "\\u001b[2J\\u2028"


def test_every_chunk_is_one_query_and_nothing_is_lost_between_them(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.exports.reading.CHUNK", 4)
    now = timezone.now()
    made = [make_entry(at=now - timedelta(seconds=n // 3)) for n in range(11)]
    expected = sorted(made, key=lambda record: (record.at, record.id))
    response = admin.post(EXPORT, {"format": "json"})

    with CaptureQueriesContext(connection) as queries:
        found = ids(response)

    assert found == [record.id for record in expected]
    assert len(queries) == 4
