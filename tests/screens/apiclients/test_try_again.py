"""A change that Keycloak did not take now: nothing that was typed is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Outcome
from audit.selectors import Standing
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    CHANGES,
    CREATE,
    DISABLE,
    REGENERATE,
    SHOW,
    UPDATE,
    Change,
)
from tests.screens.browser import find_form
from tests.screens.records import assert_recorded, entries, only_entry

TRY_AGAIN = "Try again"


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_try_again_sends_what_was_typed_once_more(
    admin: Client, keycloak: SandboxControl, reports: str, change: Change
) -> None:
    keycloak.fail(change.method, change.path, "status", status=403, times=1)
    form = find_form(read_page(change.make(admin, reports)), TRY_AGAIN)

    response = admin.post(form.action, form.values)

    assert response.status_code == (200 if change is REGENERATE else 302)
    newest, oldest = entries()
    assert oldest.outcome is Standing.FAILED
    assert_recorded(newest, change.action, Outcome.SUCCEEDED, name=change.name)
    assert newest.record.reason == change.values.get("reason", "")
    if change in (CREATE, UPDATE):
        assert newest.changes == change.changes


def test_try_again_is_offered_while_keycloak_is_away(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.fail("GET", "evaluate-scopes", "status", status=500, times=1)
    form = find_form(read_page(CREATE.make(admin, reports)), TRY_AGAIN)

    response = admin.post(form.action, form.values)

    assert response.status_code == 302
    assert_recorded(only_entry(), CREATE.action, Outcome.SUCCEEDED, name="svc-new")


def test_try_again_keeps_hostile_text_as_text(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    hostile = "\"'><script>alert(1)</script>&amp;"
    address, values = CREATE.open(admin, reports)
    keycloak.fail("POST", "/clients$", "status", status=403)

    page = read_page(admin.post(address, {**values, "description": hostile}))

    assert find_form(page, TRY_AGAIN).values["description"] == hostile
    assert not page.select("main script")


def test_try_again_sends_every_value_of_a_field(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    address, values = DISABLE.open(admin, reports)
    keycloak.fail("PUT", "/clients/", "status", status=403)

    page = read_page(admin.post(address, {**values, "several": ["a", "b"]}))

    again = page.select('input[name="several"]')
    assert [str(field["value"]) for field in again] == ["a", "b"]


@pytest.mark.parametrize("status", [500, 502])
def test_try_again_is_not_offered_where_it_may_have_happened(
    admin: Client, keycloak: SandboxControl, reports: str, status: int
) -> None:
    keycloak.fail("PUT", "/clients/", "status", status=status)

    page = read_page(DISABLE.make(admin, reports))

    assert not [b for b in page.select("button") if text_of(b) == TRY_AGAIN]


def test_back_leads_to_the_page_with_the_form(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    credentials = reverse("apiclients:credentials", args=[reports])
    keycloak.fail("GET", "client-secret$", "status", status=500, times=1)

    response = admin.post(
        SHOW.address(reports), headers={"Referer": f"http://testserver{credentials}"}
    )

    link = read_page(response).find("a", string="Back")
    assert link is not None
    assert link["href"] == credentials  # type: ignore[index]
    assert admin.get(credentials).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        *("", "https://evil.example/x", "//evil.example/x", "javascript:alert(1)"),
        *("http://testserver//evil.example", "http://testserver@evil.example/x"),
    ],
)
def test_back_leads_to_no_other_site(
    admin: Client, keycloak: SandboxControl, reports: str, page: str
) -> None:
    keycloak.fail("PUT", "/clients/", "status", status=403)
    address, values = DISABLE.open(admin, reports)

    response = admin.post(address, values, headers={"Referer": page})

    link = read_page(response).find("a", string="Back")
    assert link is not None
    assert link["href"] == address  # type: ignore[index]
