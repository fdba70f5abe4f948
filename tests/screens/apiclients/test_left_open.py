"""A change whose outcome nobody wrote, and what that means for the next one."""

import pytest
from django.test import Client
from django.urls import reverse

from audit import locks
from audit.models import Outcome
from audit.reconciling import look_at_all
from audit.selectors import Standing, get_entry
from tests.outcomes import SECOND, let_pass
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import DELETE, DISABLE, REGENERATE, UPDATE
from tests.screens.broken_log import broken_log
from tests.screens.browser import banners, find_form, heading
from tests.screens.records import assert_recorded, entries, only_entry

CHECKED = "The outcome of an earlier change is being checked"


def test_right_after_a_change_whose_outcome_was_not_written_the_next_waits(
    durable_db: None, admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    with broken_log("NEW.phase = 'outcome'"):
        REGENERATE.make(admin, reports)

    response = DISABLE.make(admin, reports)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "Another change of this client is under way"
    assert "Nothing was changed." in text_of(page.main)
    assert "Tried to regenerate the secret of svc-reports" in text_of(page.main)
    assert len(keycloak.writes()) == 1


def test_an_outcome_that_was_not_written_is_found_out_by_reading(
    durable_db: None, admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    with broken_log("NEW.phase = 'outcome'"):
        REGENERATE.make(admin, reports)
    entry = only_entry()
    let_pass(locks.ORPHANED_AFTER + SECOND)
    refused = DISABLE.make(admin, reports)

    look_at_all()

    assert heading(read_page(refused)) == CHECKED
    assert get_entry(entry.record.id).outcome is Standing.SUCCEEDED
    assert DISABLE.make(admin, reports).status_code == 302


@pytest.mark.parametrize("executed", [True, False])
def test_while_an_outcome_is_unknown_nothing_else_is_changed(
    admin: Client, keycloak: SandboxControl, reports: str, executed: bool
) -> None:
    fault = "drop_after" if executed else "drop_before"
    keycloak.fail(REGENERATE.method, REGENERATE.path, fault)
    REGENERATE.make(admin, reports)
    keycloak.heal()
    (entry,) = entries()
    keycloak.forget_calls()

    responses = [c.make(admin, reports) for c in (REGENERATE, DISABLE, UPDATE, DELETE)]

    assert keycloak.writes() == []
    assert [entry.record.id for entry in entries()] == [entry.record.id]
    for response in responses:
        page = read_page(response)
        assert response.status_code == 409
        assert heading(page) == CHECKED
        assert "Nothing was changed." in text_of(page.main)
        assert "Tried to regenerate the secret of svc-reports" in text_of(page.main)
        address = reverse("audit:entry", args=[entry.record.id])
        assert page.find("a", href=address)
        assert find_form(page, "Check now").action == f"{address}check/"


def test_while_an_outcome_is_unknown_the_pages_say_so_and_can_be_read(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    tabs = ("settings", "credentials", "permissions", "tokens", "activity")
    addresses = [reverse(f"apiclients:{tab}", args=[reports]) for tab in tabs]
    before = [banners(read_page(admin.get(address))) for address in addresses]
    keycloak.fail(DISABLE.method, DISABLE.path, "drop_before")
    DISABLE.make(admin, reports)
    keycloak.heal()

    pages = [read_page(admin.get(address)) for address in addresses]
    shown = admin.post(reverse("apiclients:secret-show", args=[reports]))

    for page, others in zip(pages, before, strict=True):
        (told,) = set(banners(page)) - set(others)
        assert told.startswith(f"{CHECKED}: Tried to disable svc-reports")
        assert find_form(page, "Check now")
    assert keycloak.secret(reports) in shown.text


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
