"""Deleting an API client."""

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import IndexedClient
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import DELETE
from tests.screens.browser import banners, fill_in, find_form, follow, heading
from tests.screens.records import entries

IRREVERSIBLE = (
    "This action is irreversible. No new tokens can be created. Existing tokens expire"
    " in five minutes or at the configured lifespan, whichever comes first."
)
LONG_LIVED = "If you have long-lived tokens, contact Imply."


def test_client_delete_removes_the_client_and_its_row(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    page = follow(admin, DELETE.make(admin, reports))

    assert "svc-reports was deleted." in banners(page)
    assert heading(page) == "API Clients"
    assert not IndexedClient.objects.exists()
    response = admin.get(reverse("apiclients:settings", args=[reports]))
    assert response.status_code == 404


def test_client_delete_says_what_happens(admin: Client, reports: str) -> None:
    page = read_page(admin.get(DELETE.address(reports)))

    assert heading(page) == "Delete this API client?"
    text = text_of(page.main)
    assert IRREVERSIBLE in text
    assert LONG_LIVED not in text
    assert "The last token of this client stops working at" in text
    assert "Disable instead" in text


@pytest.mark.parametrize(
    ("lifespan", "long"), [("300", False), ("301", True), ("-1", True)]
)
def test_client_delete_warns_of_tokens_that_live_longer_than_five_minutes(
    admin: Client, keycloak: SandboxControl, reports: str, lifespan: str, long: bool
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": lifespan})

    page = read_page(admin.get(DELETE.address(reports)))

    assert (LONG_LIVED in text_of(page.main)) is long


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Type the client's ID to confirm."),
        ("svc-report", "Type svc-reports exactly."),
        ("SVC-REPORTS", "Type svc-reports exactly."),
        ("svc-reports2", "Type svc-reports exactly."),
        ("svc-reports\u200b", "Type svc-reports exactly."),
        ("x" * 256, "at most 255 characters"),
        ("svc-reports\0", "Null characters are not allowed."),
    ],
)
def test_client_delete_wants_the_id_typed_exactly(
    admin: Client, keycloak: SandboxControl, reports: str, typed: str, message: str
) -> None:
    response = fill_in(
        *(admin, DELETE.address(reports), DELETE.button),
        confirm=typed,
        reason="Replaced",
    )

    page = read_page(response)
    assert response.status_code == 422
    assert message in text_of(page.select_one("#id_confirm_error"))
    assert page.select_one('#error-summary a[href="#id_confirm"]')
    assert find_form(page, DELETE.button).values["reason"] == "Replaced"
    assert keycloak.writes() == []
    assert entries() == []


def test_client_delete_works_after_a_slip(admin: Client, reports: str) -> None:
    slip = fill_in(admin, DELETE.address(reports), DELETE.button, confirm="svc")
    form = find_form(read_page(slip), DELETE.button)

    response = admin.post(form.action, form.filled_in(confirm=" svc-reports "))

    assert response["Location"] == reverse("apiclients:list")


def test_client_delete_of_a_client_deleted_elsewhere_is_not_found(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    sent = DELETE.open(admin, reports)
    keycloak.remove_client(reports)

    response = admin.post(*sent)

    assert response.status_code == 404
    assert keycloak.writes() == []
    assert entries() == []
    assert not IndexedClient.objects.exists()


def test_client_delete_that_finds_nothing_to_delete_is_not_found(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    """Deleted elsewhere between the last look and the call."""
    keycloak.fail("DELETE", "", "status", status=404)

    response = DELETE.make(admin, reports)

    assert response.status_code == 404
    assert [entry.summary for entry in entries()] == [DELETE.tried]
    assert entries()[0].outcome.value == "failed"
