"""What the metrics count, and that docs/operations.md lists exactly these."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from apiclients import tasks
from audit.models import (
    Action,
    OpenIntent,
    Outcome,
    Phase,
    Record,
    Verification,
)
from audit.monitor import verify_all
from console.metrics import exposition
from gateways import configured
from gateways.metrics import NOT_SENT
from tests.architecture.code import ROOT
from tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


def read() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(exposition().decode())
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float:
    return read().get((f"console_{name}", frozenset(labels.items())), 0)


def record(**values: object) -> Record:
    return Record.objects.create(
        **{
            "at": timezone.now(),
            "action": Action.CLIENT_DELETE,
            "actor_issuer": "i",
            "actor_subject": "s",
            "actor_username": "u",
            "request_id": "r",
            **values,
        }
    )


def test_the_documented_list_is_the_one_that_is_served(admin: Client) -> None:
    admin.get(reverse("apiclients:list"))
    record(phase=Phase.EVENT, outcome=Outcome.FAILED)
    verify_all()

    served = {
        f.name: f.type for f in text_string_to_metric_families(exposition().decode())
    }

    text = (ROOT / "docs" / "operations.md").read_text()
    listed = dict(re.findall(r"^\| `(console_\w+)` \| (\w+) \|", text, re.MULTILINE))
    assert {
        name.removesuffix("_total"): kind for name, kind in listed.items()
    } == served


def test_requests_are_counted_by_view_and_status(admin: Client) -> None:
    labels = {"view": "apiclients:list", "method": "GET", "status": "200"}
    before = value("requests_total", **labels)

    admin.get(reverse("apiclients:list"))

    assert value("requests_total", **labels) == before + 1


@pytest.mark.parametrize("path", ["/nothing/1/", "/nothing/2/", "/%0a/"])
def test_an_address_that_leads_nowhere_makes_no_series_of_its_own(path: str) -> None:
    Client().generic("MADE-UP", path)

    views = {dict(labels).get("view") for _, labels in read()}
    methods = {dict(labels).get("method") for _, labels in read()}
    assert not any("nothing" in (view or "") for view in views)
    assert "none" in views
    assert "MADE-UP" not in methods


def test_calls_to_keycloak_are_counted_by_outcome(keycloak: SandboxControl) -> None:
    labels = {"service": "Keycloak", "method": "GET", "outcome": "200"}
    before = value("upstream_calls_total", **labels)

    configured.clients().find_client("api-client-console")

    assert value("upstream_calls_total", **labels) == before + 1
    assert value("upstream_seconds_count", service="Keycloak", method="GET") > 0
    assert value("upstream_breaker_open", service="Keycloak") == 0


def test_what_an_open_breaker_refuses_is_counted(admin: Client) -> None:
    labels = {"service": "Keycloak", "method": "POST", "outcome": NOT_SENT}
    before = value("upstream_calls_total", **labels)
    for _ in range(5):
        configured.upstream("Keycloak").breaker.failed()

    admin.get(reverse("apiclients:settings", args=[uuid4()]))

    assert value("upstream_calls_total", **labels) > before


def test_records_are_counted_once_they_are_durable(
    durable_db: None, as_person: Callable[[str], Client]
) -> None:
    labels = {"action": "client.delete", "outcome": "failed"}
    before = value("records_total", **labels)

    record(phase=Phase.EVENT, outcome=Outcome.FAILED)
    record(phase=Phase.INTENT)

    assert value("records_total", **labels) == before + 1


def test_changes_without_a_clear_outcome_are_counted_with_their_age() -> None:
    now = timezone.now()
    for age in (5, 100):
        at = now - timedelta(seconds=age)
        intent = record(phase=Phase.INTENT, at=at, operation=uuid4())
        OpenIntent.objects.create(
            object_key=f"client/{age}", intent=intent, taken_at=at
        )
    asked = record(phase=Phase.INTENT, at=now - timedelta(seconds=500))
    record(phase=Phase.OUTCOME, outcome=Outcome.UNKNOWN, intent=asked)
    settled = record(phase=Phase.INTENT, at=now - timedelta(seconds=900))
    record(phase=Phase.OUTCOME, outcome=Outcome.UNKNOWN, intent=settled)
    record(phase=Phase.OUTCOME, outcome=Outcome.SUCCEEDED, intent=settled)

    assert value("intents_open") == 1
    assert value("intents_unknown") == 2
    assert value("intents_unknown_oldest_seconds") == pytest.approx(500, abs=30)


def test_the_index_tells_its_age_and_how_long_reading_it_took() -> None:
    assert value("index_age_seconds") == pytest.approx(12, abs=10)
    assert value("index_sync_seconds") == pytest.approx(1, abs=0.1)


def test_tasks_that_wait_are_counted() -> None:
    before = value("tasks_waiting")

    tasks.synchronise.enqueue()

    assert value("tasks_waiting") == before + 1


def test_the_chain_tells_up_to_where_it_was_verified() -> None:
    found = verify_all()

    assert value("chain_verified_sequence") == found.sequence
    assert value("chain_verified_age_seconds") == pytest.approx(0, abs=20)
    assert value("chain_broken") == 0


def test_a_chain_that_is_broken_is_told() -> None:
    verify_all()
    Verification.objects.update(kind="altered")

    assert value("chain_broken") == 1
