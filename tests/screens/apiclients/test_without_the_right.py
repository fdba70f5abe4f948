"""Whose right was taken away, or cannot be read: nothing is sent."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from tests.pages import as_htmx, read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import CHANGES, READINGS, Change, Reading
from tests.screens.browser import heading
from tests.screens.records import assert_recorded, entries, only_entry

EVERYTHING = [*CHANGES, *READINGS]
everything = pytest.mark.parametrize("deed", EVERYTHING, ids=str)


@pytest.fixture
def prepared(
    admin: Client, reports: str, deed: Change | Reading
) -> tuple[str, dict[str, str]]:
    """An address, and a form that was filled in while everything was still right."""
    if isinstance(deed, Reading):
        return deed.address(reports), {}
    return deed.open(admin, reports)


@everything
def test_a_role_taken_away_stops_the_next_change(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    deed: Change | Reading,
    prepared: tuple[str, dict[str, str]],
) -> None:
    keycloak.give_roles("client-admin", realm=["administer-clients"], remove=True)
    keycloak.forget_calls()

    response = admin.post(*prepared)

    page = read_page(response)
    assert response.status_code == 403
    assert heading(page) == "You need a role for this console"
    assert keycloak.writes() == []
    assert not [call for call in keycloak.reads() if reports in call]
    entry = only_entry()
    assert_recorded(entry, Action.ACCESS_REFUSE, Outcome.FAILED, name="")
    assert entry.summary == "Was refused: no role for this console"


@everything
def test_without_keycloaks_word_on_the_roles_nothing_is_changed(
    admin: Client,
    keycloak: SandboxControl,
    deed: Change | Reading,
    prepared: tuple[str, dict[str, str]],
) -> None:
    keycloak.fail("GET", "generate-example-access-token$", "status", status=500)

    response = admin.post(*prepared)

    page = read_page(response)
    assert response.status_code == 503
    assert heading(page) == "Nothing was changed"
    assert text_of(page.select_one(".banner code")) == response["X-Request-ID"]
    assert keycloak.writes() == []
    assert entries() == []


def test_a_script_without_a_session_is_sent_to_sign_in_and_back_to_its_page(
    keycloak: SandboxControl, reports: str
) -> None:
    shown = reverse("apiclients:credentials", args=[reports])

    response = Client().post(
        reverse("apiclients:secret-show", args=[reports]),
        headers={
            **as_htmx("client-secret"),
            "HX-Current-URL": f"http://testserver{shown}",
        },
    )

    assert response.status_code == 200
    assert response["HX-Redirect"] == (
        f"/sign-in/?next=%2Fapi-clients%2F{reports}%2Fcredentials%2F"
    )
    assert keycloak.calls() == []
