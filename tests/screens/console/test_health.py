"""What machines ask: is it alive, is it ready, how does it do."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from console import health
from gateways import configured
from tests.sandbox_control import SandboxControl
from tests.screens.broken_log import broken_log

TOKEN = "only-for-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def unlearned() -> Iterator[None]:
    """The process has just begun."""
    with patch.object(health, "_migrations", health._Migrations()):
        yield


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("connection refused at 10.0.0.5 with password s3cret")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)


def test_a_process_that_lives_says_so_without_a_database() -> None:
    """Without the mark of pytest-django, a query would fail this test."""
    response = Client().get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert response["Content-Type"] == "application/json"


@pytest.mark.django_db
@pytest.mark.usefixtures("unlearned")
def test_a_process_with_all_it_needs_is_ready(keycloak: SandboxControl) -> None:
    keycloak.forget_calls()

    response = Client().get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "upstreams": {"Keycloak": "answering"},
    }
    assert keycloak.calls() == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_makes_no_session_and_tells_no_version(address: str) -> None:
    response = Client().get(address)

    assert not response.cookies
    for word in ("django", "python", "gunicorn", "sqlite", "postgres", "version"):
        assert word not in response.text.lower()
    assert not response.has_header("Server")


@pytest.mark.django_db
def test_a_keycloak_that_does_not_answer_is_shown_and_decides_nothing(
    keycloak: SandboxControl,
) -> None:
    for _ in range(5):
        configured.upstream("Keycloak").breaker.failed()

    response = Client().get("/readyz")

    assert response.status_code == 200
    assert response.json()["upstreams"] == {"Keycloak": "not answering"}


@pytest.mark.django_db
@pytest.mark.usefixtures("unlearned", "no_database")
def test_without_a_database_it_is_not_ready_and_tells_no_details() -> None:
    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["status"] == "not ready: the database is not answering"
    assert "s3cret" not in response.text


def test_with_a_log_that_cannot_be_written_it_is_not_ready(durable_db: None) -> None:
    with broken_log():
        response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["status"] == "not ready: the audit log is not writable"


@pytest.mark.django_db
@pytest.mark.usefixtures("unlearned")
def test_with_migrations_missing_it_is_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = "django.db.migrations.executor.MigrationExecutor.migration_plan"
    monkeypatch.setattr(missing, lambda *_: ["0099_something"])

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["status"] == "not ready: migrations are missing"


@pytest.mark.django_db
def test_a_server_that_is_stopping_is_not_ready_but_lives(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAINING_FILE", f"{tmp_path}/draining")
    assert Client().get("/readyz").status_code == 200

    open(f"{tmp_path}/draining", "w").close()

    assert Client().get("/readyz").json()["status"] == "not ready: stopping"
    assert Client().get("/healthz").status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_a_probe_has_to_name_a_host_that_is_allowed(address: str) -> None:
    response = Client().get(address, headers={"Host": "evil.example"})

    assert response.status_code == 400


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True)
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_needs_no_tls(address: str) -> None:
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("headers", [{}, BEARER])
def test_without_a_token_in_the_settings_there_are_no_metrics(
    headers: dict[str, str],
) -> None:
    assert Client().get("/metrics", headers=headers).status_code == 404


@override_settings(METRICS_TOKEN=TOKEN)
@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"],
)
def test_metrics_are_for_whoever_has_the_token(given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}

    response = Client().get("/metrics", headers=headers)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.content == b""


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
def test_metrics_are_in_prometheus_format() -> None:
    response = Client().get("/metrics", headers=BEARER)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    names = {f.name for f in text_string_to_metric_families(response.text)}
    assert {"console_requests", "console_database_up", "console_tasks_waiting"} <= names
    assert all(name.startswith("console_") for name in names)
    assert TOKEN not in response.text


@pytest.mark.django_db
@override_settings(METRICS_TOKEN=TOKEN)
@pytest.mark.usefixtures("no_database")
def test_without_a_database_the_metrics_say_so() -> None:
    response = Client().get("/metrics", headers=BEARER)

    assert response.status_code == 200
    assert "\nconsole_database_up 0.0\n" in response.text
