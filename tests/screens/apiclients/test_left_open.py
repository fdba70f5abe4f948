"""A change whose outcome nobody wrote, and what that means for the next one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import OpenIntent, Outcome
from audit.selectors import Standing
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import DISABLE, REGENERATE
from tests.screens.broken_log import broken_log
from tests.screens.records import assert_recorded, entries, only_entry


def test_a_lock_that_was_left_behind_holds_back_the_next_change_for_a_minute(
    durable_db: None, admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    with broken_log("NEW.phase = 'outcome'"):
        REGENERATE.make(admin, reports)

    response = DISABLE.make(admin, reports)

    page = read_page(response)
    assert response.status_code == 409
    text = text_of(page.main)
    assert "Nothing was changed." in text
    assert "Tried to regenerate the secret of svc-reports" in text
    assert len(keycloak.writes()) == 1


def test_a_lock_that_was_left_behind_is_taken_over_after_a_minute(
    durable_db: None, admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    with broken_log("NEW.phase = 'outcome'"):
        REGENERATE.make(admin, reports)
    OpenIntent.objects.update(taken_at=timezone.now() - timedelta(minutes=2))

    response = DISABLE.make(admin, reports)

    assert response.status_code == 302
    newest, oldest = entries()
    assert newest.outcome is Standing.SUCCEEDED
    assert oldest.outcome is Standing.UNKNOWN
    assert "stopped before it learned the outcome" in oldest.explanation


def test_a_mistake_of_ours_during_a_change_is_recorded_as_unknown(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("a mistake with s3cret details")

    address, values = DISABLE.open(admin, reports)
    monkeypatch.setattr("gateways.keycloak.clients.ClientGateway.update_client", fail)
    admin.raise_request_exception = False

    response = admin.post(address, values)

    assert response.status_code == 500
    assert "may or may not have happened" in response.text
    entry = only_entry()
    assert_recorded(entry, DISABLE.action, Outcome.UNKNOWN, name="svc-reports")
    assert "s3cret" not in entry.explanation
