"""What cannot be recorded is not done; what was done and cannot be told stays open."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Outcome, Record
from audit.selectors import Standing
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    CHANGES,
    COPY,
    CREATE,
    READINGS,
    REGENERATE,
    SHOW,
    Change,
    Reading,
)
from tests.screens.broken_log import broken_log
from tests.screens.browser import heading
from tests.screens.records import entries, only_entry

PERHAPS = "It may or may not have happened: check before you repeat it"
everything = pytest.mark.parametrize("deed", [*CHANGES, *READINGS], ids=str)


@pytest.fixture
def prepared(
    durable_db: None, admin: Client, reports: str, deed: Change | Reading
) -> tuple[str, dict[str, str]]:
    """An address and a form that was filled in while the log was still sound."""
    if isinstance(deed, Reading):
        return deed.address(reports), {}
    return deed.open(admin, reports)


@everything
def test_without_a_record_nothing_is_asked_of_keycloak(
    admin: Client, keycloak: SandboxControl, prepared: tuple[str, dict[str, str]]
) -> None:
    keycloak.forget_calls()

    with broken_log():
        response = admin.post(*prepared)

    page = read_page(response)
    assert response.status_code == 503
    assert heading(page) == "Nothing was changed"
    assert "this console does nothing that it cannot record" in text_of(page.main)
    assert text_of(page.select_one(".banner code")) == response["X-Request-ID"]
    assert keycloak.calls() == []
    assert entries() == []


@everything
def test_the_form_works_once_the_log_does(
    admin: Client, keycloak: SandboxControl, prepared: tuple[str, dict[str, str]]
) -> None:
    with broken_log():
        admin.post(*prepared)

    response = admin.post(*prepared)

    assert response.status_code in {200, 302}
    assert only_entry().outcome is Standing.SUCCEEDED


@pytest.mark.parametrize("deed", CHANGES, ids=str)
def test_an_intent_that_cannot_be_written_stops_the_change(
    admin: Client,
    keycloak: SandboxControl,
    deed: Change,
    prepared: tuple[str, dict[str, str]],
) -> None:
    """Also where the log broke after the console had looked."""
    keycloak.forget_calls()

    with broken_log("NEW.phase = 'intent'"):
        response = admin.post(*prepared)

    assert response.status_code == 503
    assert heading(read_page(response)) == "Nothing was changed"
    assert keycloak.writes() == []
    assert entries() == []


@pytest.mark.parametrize("deed", CHANGES, ids=str)
def test_an_outcome_that_cannot_be_written_leaves_the_change_in_doubt(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    deed: Change,
    prepared: tuple[str, dict[str, str]],
) -> None:
    with broken_log("NEW.phase = 'outcome'"):
        response = admin.post(*prepared)

    page = read_page(response)
    assert response.status_code == 503
    assert heading(page) == PERHAPS
    assert "what came of it could not be recorded" in text_of(page.main)
    assert keycloak.writes() == deed.calls(reports)
    entry = only_entry()
    assert entry.outcome is Standing.OPEN
    assert entry.summary == deed.tried
    assert page.find("a", href=reverse("audit:entry", args=[entry.record.id]))


@pytest.mark.parametrize("deed", [REGENERATE, SHOW, COPY], ids=str)
def test_a_secret_is_not_told_before_its_outcome_is_written(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    prepared: tuple[str, dict[str, str]],
) -> None:
    with broken_log("NEW.phase = 'outcome'"):
        response = admin.post(*prepared)

    assert response.status_code == 503
    assert keycloak.secret(reports) not in response.text


@pytest.mark.parametrize("deed", [CREATE], ids=str)
def test_a_refusal_that_cannot_be_recorded_is_still_a_refusal(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    prepared: tuple[str, dict[str, str]],
) -> None:
    keycloak.forget_calls()

    with broken_log():
        response = as_person("visitor").post(*prepared)

    assert response.status_code == 403
    assert heading(read_page(response)) == "You need a role for this console"
    assert keycloak.calls() == []


@pytest.mark.parametrize("deed", READINGS, ids=str)
def test_a_reading_beyond_ones_rights_that_cannot_be_recorded_reads_nothing(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    prepared: tuple[str, dict[str, str]],
) -> None:
    keycloak.give_roles("service-account-svc-reports", realm=["reports-reader"])

    with broken_log(f"NEW.outcome = '{Outcome.FAILED}'"):
        response = admin.post(*prepared)

    assert response.status_code == 503
    assert not [call for call in keycloak.reads() if "client-secret" in call]
    assert not Record.objects.exists()
