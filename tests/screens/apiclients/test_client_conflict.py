"""Someone else changed the client between opening its settings and saving them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import Form, find_form, follow, heading, open_form
from tests.screens.records import assert_recorded, entries, only_entry


@pytest.fixture
def form(admin: Client, reports: str) -> Form:
    """The settings, opened before someone else changes the client."""
    return open_form(admin, reverse("apiclients:settings", args=[reports]), "Save")


def rows(page: Any) -> list[list[str]]:
    return [
        [text_of(cell) for cell in row.select("th, td")]
        for row in page.select("table.compare tbody tr")
    ]


def test_client_conflict_shows_both_versions_and_overwrites_nothing(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(
        reports,
        description="Theirs",
        enabled=False,
        attributes={"access.token.lifespan": "3600"},
    )

    response = admin.post(form.action, form.filled_in(description="Yours", owner=""))

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "Someone else changed this client meanwhile"
    assert "Nothing was overwritten." in text_of(page.main)
    assert rows(page) == [
        ["Description", "Theirs", "Yours"],
        ["Owner", "reporting@northwind.example", "\u2013"],
        ["Enabled", "no", "yes"],
        ["Access Token Lifespan", "1 hour", "organization default"],
    ]
    assert keycloak.writes() == []
    assert entries() == []


def test_client_conflict_save_your_version_overwrites_theirs(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(reports, description="Theirs", enabled=False)
    conflict = admin.post(form.action, form.filled_in(description="Yours"))
    again = find_form(read_page(conflict), "Save your version")

    response = admin.post(again.action, again.values)

    assert response.status_code == 302
    client = configured.clients().get_client(reports)
    assert (client.description, client.enabled) == ("Yours", True)
    assert client.owner == "reporting@northwind.example"
    entry = only_entry()
    assert_recorded(entry, Action.CLIENT_UPDATE, Outcome.SUCCEEDED, name="svc-reports")
    assert entry.changes == [
        {"field": "Description", "before": "Theirs", "after": "Yours"},
        {"field": "Enabled", "before": "no", "after": "yes"},
    ]


def test_client_conflict_save_your_version_keeps_a_tick_that_was_taken_off(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(reports, description="Theirs")
    conflict = admin.post(form.action, form.filled_in(enabled=None))
    again = find_form(read_page(conflict), "Save your version")

    admin.post(again.action, again.values)

    client = configured.clients().get_client(reports)
    assert (client.description, client.enabled) == ("Nightly reports", False)


def test_client_conflict_again_when_they_change_it_once_more(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(reports, description="Theirs")
    conflict = admin.post(form.action, form.filled_in(description="Yours"))
    again = find_form(read_page(conflict), "Save your version")
    keycloak.change_client(reports, description="Theirs again")

    response = admin.post(again.action, again.values)

    assert response.status_code == 409
    assert rows(read_page(response)) == [["Description", "Theirs again", "Yours"]]
    assert keycloak.writes() == []


def test_client_conflict_keep_what_is_in_keycloak_leads_to_the_client(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(reports, description="Theirs")

    page = read_page(admin.post(form.action, form.filled_in(description="Yours")))

    link = page.find("a", string="Keep what is in Keycloak")
    assert link is not None
    values = open_form(admin, str(link["href"]), "Save").values  # type: ignore[index]
    assert values["description"] == "Theirs"


def test_client_conflict_does_not_arise_where_someone_saved_the_same(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(reports, description="The same")

    response = admin.post(form.action, form.filled_in(description="The same"))

    assert response.status_code == 302
    assert keycloak.writes() == []
    assert entries() == []


def test_client_conflict_does_not_arise_over_what_the_form_does_not_show(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.change_client(reports, attributes={"their.own": "changed"})

    response = admin.post(form.action, form.filled_in(description="Yours"))

    assert response.status_code == 302
    client = configured.clients().get_client(reports)
    assert client.description == "Yours"
    assert client.representation["attributes"]["their.own"] == "changed"


@pytest.mark.parametrize("version", ["", "0" * 16, "x" * 2001, "\0"])
def test_client_conflict_where_the_version_is_not_one(
    admin: Client, keycloak: SandboxControl, form: Form, version: str
) -> None:
    response = admin.post(
        form.action, form.filled_in(description="Yours", version=version)
    )

    assert response.status_code in {409, 422}
    assert keycloak.writes() == []


def test_client_conflict_shows_hostile_text_as_text(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    hostile = "<script>alert(1)</script>"
    keycloak.change_client(reports, description=hostile)

    page = read_page(admin.post(form.action, form.filled_in(description=hostile + "2")))

    assert rows(page) == [["Description", hostile, hostile + "2"]]


def test_client_settings_of_a_client_deleted_meanwhile_is_not_found(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    keycloak.remove_client(reports)

    response = admin.post(form.action, form.filled_in(description="Yours"))

    assert response.status_code == 404
    assert heading(read_page(response)) == "There is nothing here"
    assert keycloak.writes() == []


def test_client_settings_saved_by_two_people_conflict(
    admin: Client, keycloak: SandboxControl, reports: str, form: Form
) -> None:
    other = open_form(admin, form.action, "Save")
    follow(admin, admin.post(other.action, other.filled_in(description="First")))

    response = admin.post(form.action, form.filled_in(description="Second"))

    assert response.status_code == 409
    assert rows(read_page(response)) == [["Description", "First", "Second"]]
