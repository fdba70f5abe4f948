"""The console's own database locked, full or gone: what a page says then."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from audit.models import Action, Record
from audit.recorder import NotRecordedError, record_event
from audit.selectors import Standing
from tests.factories import make_actor
from tests.pages import text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import CHANGES, Change
from tests.screens.browser import heading
from tests.screens.records import entries, only_entry

LIST = "/api-clients/"
NOTHING = "Nothing was changed"
PERHAPS = "It may or may not have happened: check before you repeat it"
on_sqlite = pytest.mark.skipif(
    "connection.vendor != 'sqlite'",
    reason="this is how SQLite fails",
)


def read(response: object) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")  # type: ignore[attr-defined]


@contextmanager
def gone() -> Iterator[None]:
    """Nobody can be asked anything."""

    def fail(*_: object) -> None:
        raise OperationalError("server closed the connection: password s3cret")

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def locked(shared_db: None) -> Iterator[Callable[[], None]]:
    """Lock the file as another process would; it is freed at the end."""
    file = connection.settings_dict["NAME"]
    other = sqlite3.connect(file, isolation_level=None)
    connection.cursor().execute("PRAGMA busy_timeout = 50")

    def lock() -> None:
        other.execute("BEGIN IMMEDIATE")

    yield lock
    other.rollback()
    other.close()


@pytest.fixture
def full(shared_db: None) -> Iterator[Callable[[], int]]:
    """Let the file grow no more, and fill it; how many entries there are then."""

    def fill() -> int:
        cursor = connection.cursor()
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 5}")
        with pytest.raises(NotRecordedError) as caught:
            _record_for_ever()
        assert "full" in str(caught.value.__cause__)
        return Record.objects.count()

    yield fill
    connection.cursor().execute("PRAGMA max_page_count = 1000000")


@pytest.mark.usefixtures("synchronised")
@pytest.mark.parametrize("address", [LIST, "/audit/", "/", "/audit/1/"])
def test_reading_without_a_database_says_so_with_a_reference_number(
    admin: Client, address: str
) -> None:
    admin.raise_request_exception = False

    with gone():
        response = admin.get(address)

    page = read(response)
    assert response.status_code == 503
    assert heading(page) == NOTHING
    assert "database is not answering" in text_of(page.main)
    assert text_of(page.select_one(".reference code")) == response["X-Request-ID"]
    assert "s3cret" not in response.text


@pytest.mark.usefixtures("synchronised")
def test_a_page_that_is_updated_in_place_says_so_in_its_place(admin: Client) -> None:
    admin.raise_request_exception = False
    headers = {"HX-Request": "true", "HX-Target": "clients"}

    def fail(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "django_session" in sql:
            return execute(sql, *rest)
        raise OperationalError("gone")

    with connection.execute_wrapper(fail):
        response = admin.get(LIST, headers=headers)

    assert response.status_code == 503
    assert response["HX-Retarget"] == "#alerts"
    assert not read(response).select("html")
    assert NOTHING in response.text


@pytest.mark.parametrize("deed", CHANGES, ids=str)
def test_a_form_that_finds_no_database_sends_nothing(
    durable_db: None,
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    deed: Change,
) -> None:
    address, values = deed.open(admin, reports)
    admin.raise_request_exception = False
    keycloak.forget_calls()

    with gone():
        response = admin.post(address, values)

    assert response.status_code == 503
    assert heading(read(response)) == NOTHING
    assert keycloak.calls() == []
    assert entries() == []


@pytest.mark.parametrize("deed", CHANGES, ids=str)
def test_a_database_that_goes_while_the_change_is_sent_leaves_it_in_doubt(
    durable_db: None,
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    deed: Change,
) -> None:
    """The entry cannot even be read for the page that tells of it."""
    address, values = deed.open(admin, reports)
    admin.raise_request_exception = False
    written = False

    def fail(
        execute: Callable[..., object], sql: str, params: object, *rest: object
    ) -> object:
        nonlocal written
        if written and "RELEASE" not in sql:
            raise OperationalError("gone")
        answer = execute(sql, params, *rest)
        written = 'INSERT INTO "audit_openintent"' in sql
        return answer

    with connection.execute_wrapper(fail):
        response = admin.post(address, values)

    assert response.status_code == 503
    assert heading(read(response)) == PERHAPS
    assert keycloak.writes() == deed.calls(reports)
    assert only_entry().outcome is Standing.OPEN


@on_sqlite
@pytest.mark.parametrize("deed", CHANGES, ids=str)
def test_a_locked_database_stops_a_change_before_it_is_sent(
    locked: Callable[[], None],
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    deed: Change,
) -> None:
    address, values = deed.open(admin, reports)
    keycloak.forget_calls()

    locked()
    response = admin.post(address, values)

    assert response.status_code == 503
    assert heading(read(response)) == NOTHING
    assert keycloak.calls() == []


@on_sqlite
@pytest.mark.parametrize("deed", CHANGES, ids=str)
def test_a_full_disk_stops_a_change_before_it_is_sent(
    full: Callable[[], int],
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    deed: Change,
) -> None:
    address, values = deed.open(admin, reports)
    keycloak.forget_calls()

    written = full()
    response = admin.post(address, values)

    assert response.status_code == 503
    assert heading(read(response)) == NOTHING
    assert keycloak.writes() == []
    assert Record.objects.count() == written
    assert admin.get("/audit/").status_code == 200


@on_sqlite
@pytest.mark.usefixtures("synchronised")
def test_a_locked_database_can_still_be_read(
    locked: Callable[[], None], admin: Client
) -> None:
    locked()

    assert admin.get(LIST).status_code == 200
    assert admin.get("/audit/").status_code == 200
    assert admin.get("/readyz").status_code == 503


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")
@pytest.mark.usefixtures("synchronised")
def test_after_postgresql_has_restarted_the_next_request_connects_anew(
    durable_db: None, admin: Client
) -> None:
    admin.raise_request_exception = False
    with closing(connections["default"].copy()) as copy, copy.cursor() as other:
        other.execute("SELECT pg_backend_pid()")
        own = connection.cursor()
        own.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(%s)", own.fetchone())

    during = admin.get(LIST)
    connection.close()  # as at the end of a request, which tests leave out
    after = admin.get(LIST)

    assert during.status_code in {200, 503}
    assert after.status_code == 200


def test_the_page_of_our_own_mistakes_names_the_reference_number(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("s3cret")

    monkeypatch.setattr("apiclients.selectors.get_synchronisation", fail)
    admin.raise_request_exception = False

    response = admin.get(reverse("apiclients:list"))

    page = read(response)
    assert response.status_code == 500
    assert text_of(page.select_one(".reference code")) == response["X-Request-ID"]
    assert not Record.objects.exists()


def _record_for_ever() -> None:
    for _ in range(1000):
        record_event(Action.SIGN_IN, actor=make_actor(), explanation="x" * 500)
