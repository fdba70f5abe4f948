"""Regenerating the secret."""

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import IndexedClient
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import REGENERATE
from tests.screens.browser import fill_in, find_form, heading
from tests.screens.records import entries, only_entry


def test_secret_regenerate_shows_the_new_secret_once(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    before = keycloak.secret(reports)

    response = REGENERATE.make(admin, reports)

    page = read_page(response)
    after = keycloak.secret(reports)
    assert before != after
    assert heading(page) == "New secret of svc-reports"
    assert page.select("#secret-value")[0]["value"] == after
    assert response.text.count(after) == 1
    assert before not in response.text
    assert "You can show it again under Credentials." in text_of(page.main)
    assert "YOUR_CLIENT_SECRET" in text_of(page.select_one("#snippet-text"))


def test_secret_regenerate_is_stored_nowhere(admin: Client, reports: str) -> None:
    response = REGENERATE.make(admin, reports)

    assert "no-store" in response["Cache-Control"]


def test_secret_regenerate_links_to_its_entry(admin: Client, reports: str) -> None:
    page = read_page(REGENERATE.make(admin, reports))

    link = page.find("a", string="See the audit entry")
    assert link is not None
    address = reverse("audit:entry", args=[only_entry().record.id])
    assert link["href"] == address  # type: ignore[index]


def test_secret_regenerate_asks_first_and_says_what_happens(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": "3600"})

    page = read_page(admin.get(REGENERATE.address(reports)))

    assert heading(page) == "Regenerate the secret of svc-reports?"
    text = text_of(page.main)
    assert "The old secret stops at once." in text
    assert "work until they expire: up to 1 hour." in text
    assert keycloak.writes() == []
    assert entries() == []


def test_secret_regenerate_says_that_a_reason_is_too_long(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    reason = "x" * 501

    response = fill_in(
        admin, REGENERATE.address(reports), REGENERATE.button, reason=reason
    )

    page = read_page(response)
    assert response.status_code == 422
    assert "at most 500 characters" in text_of(page.select_one("#id_reason_error"))
    assert find_form(page, REGENERATE.button).values["reason"] == reason
    assert keycloak.writes() == []


def test_secret_regenerate_a_second_time_by_a_new_form_is_a_second_secret(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    REGENERATE.make(admin, reports)
    first = keycloak.secret(reports)

    REGENERATE.make(admin, reports)

    assert keycloak.secret(reports) != first
    assert len(entries()) == 2


def test_secret_regenerate_brings_the_secrets_age_in_the_list_up_to_date(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(
        reports, attributes={"client.secret.creation.time": "1760000000"}
    )

    REGENERATE.make(admin, reports)

    live = configured.clients().get_client(reports)
    assert IndexedClient.objects.get().secret_created_at == live.secret_created_at


@pytest.mark.parametrize("status", [500, 403])
def test_secret_regenerate_that_failed_tells_no_secret(
    admin: Client, keycloak: SandboxControl, reports: str, status: int
) -> None:
    keycloak.fail("POST", "client-secret$", "status", status=status)

    response = REGENERATE.make(admin, reports)

    assert keycloak.secret(reports) not in response.text


def test_secret_regenerate_that_cannot_read_the_old_secret_sends_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.fail("GET", "client-secret$", "status", status=500)

    response = REGENERATE.make(admin, reports)

    assert response.status_code == 503
    assert heading(read_page(response)) == "Nothing was changed"
    assert keycloak.writes() == []
    assert entries() == []
