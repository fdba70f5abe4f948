"""Export CSV: the list as its filters and its order show it, on record first."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apiclients.export import HEADER
from apiclients.models import IndexedClient
from audit.models import Action, Outcome, Record
from tests.factories import make_indexed_client
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST, open_list
from tests.screens.broken_log import broken_log
from tests.screens.records import assert_recorded, entries, only_entry

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


def export(browser: Client, **params: Any) -> Any:
    """Press the button on the list with these parameters."""
    page = open_list(browser, **params)
    button = page.select_one('button[form="export"]')
    assert text_of(button) == "Export CSV"
    form = page.select_one("form#export")
    assert form is not None
    return browser.post(str(form["action"]))


def rows_of(response: Any) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_file_has_a_header_and_a_row_for_each_client(admin: Client) -> None:
    made = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    make_indexed_client(
        "svc-a",
        description="Nightly, daily",
        owner="data@northwind.example",
        access_token_lifespan=900,
        permissions=3,
        secret_created_at=made,
        last_used_at=made,
    )
    make_indexed_client("svc-b", enabled=False)
    make_indexed_client("svc-c", access_token_lifespan=-1)
    make_indexed_client("svc-protected", protected=True)

    response = export(admin)

    instant = "2026-01-02T03:04:05Z"
    assert rows_of(response) == [
        list(HEADER),
        [
            *("svc-a", "Nightly, daily", "Enabled", "900", "3", instant, instant),
            "data@northwind.example",
        ],
        ["svc-b", "", "Disabled", "organization default", "", "", "", ""],
        ["svc-c", "", "Enabled", "session limit", "", "", "", ""],
    ]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert response["Content-Disposition"] == (
        f'attachment; filename="api-clients-{today}.csv"'
    )
    assert "no-store" in response["Cache-Control"]


def test_the_file_follows_the_filters_and_the_order_and_not_the_page(
    admin: Client,
) -> None:
    for number in range(30):
        make_indexed_client(f"svc-{number:02}", enabled=number % 2 == 0)

    response = export(admin, status="enabled", sort="-id", size="25", after="x")

    names = [row[0] for row in rows_of(response)[1:]]
    assert names == [f"svc-{number:02}" for number in range(28, -1, -2)]


def test_what_looks_like_a_formula_is_made_harmless(admin: Client) -> None:
    make_indexed_client(
        "svc-a", description="=cmd|' /C calc'!A0", owner="+41 44 000 00 00"
    )

    row = rows_of(export(admin))[1]

    assert row[1] == "'=cmd|' /C calc'!A0"
    assert row[-1] == "'+41 44 000 00 00"


def test_the_export_is_recorded_with_its_filters_and_asks_keycloak_nothing(
    admin: Client, keycloak: SandboxControl
) -> None:
    make_indexed_client("svc-reports", enabled=False)
    make_indexed_client("svc-other")
    keycloak.forget_calls()

    export(admin, q="svc reports", status="disabled")

    entry = only_entry()
    assert_recorded(entry, Action.LIST_EXPORT, Outcome.SUCCEEDED, name="")
    assert entry.explanation == "1 client. Search: svc reports. Status: Disabled"
    assert entry.summary == "Exported the list of API clients"
    assert keycloak.calls() == []


def test_the_export_is_on_record_before_the_first_byte(admin: Client) -> None:
    make_indexed_client("svc-reports")

    response = export(admin)

    assert_recorded(only_entry(), Action.LIST_EXPORT, Outcome.SUCCEEDED, name="")
    IndexedClient.objects.all().delete()
    assert rows_of(response) == [list(HEADER)], "nothing was read before"


def test_what_cannot_be_recorded_is_not_exported(
    durable_db: None, admin: Client
) -> None:
    make_indexed_client("svc-reports")
    address = reverse("apiclients:export")

    with broken_log():
        response = admin.post(address)

    page = read_page(response)
    assert response.status_code == 503
    assert "svc-reports" not in text_of(page.main)
    assert entries() == []


@pytest.mark.parametrize("clients", [10, 10_000])
def test_the_export_of_many_clients_costs_as_many_queries_as_of_few(
    admin: Client, clients: int
) -> None:
    now = datetime.now(UTC)
    IndexedClient.objects.bulk_create(
        IndexedClient(uuid=f"{n:036}", client_id=f"c{n}", enabled=True, synced_at=now)
        for n in range(clients)
    )
    admin.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        rows = rows_of(admin.post(reverse("apiclients:export")))

    asked = [q["sql"] for q in queries if "apiclients_" in str(q["sql"])]
    assert len(rows) == clients + 1
    assert len(asked) == 2, asked
    assert Record.objects.get().explanation == f"{clients:,} clients"
