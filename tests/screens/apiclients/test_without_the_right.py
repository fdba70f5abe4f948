"""Whoever may not: nothing is sent, and it is on record who tried."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from console.access import Actor
from tests.pages import as_htmx, read_page, text_of
from tests.people import sign_in
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import CHANGES, READINGS, Change, Reading
from tests.screens.browser import heading
from tests.screens.records import assert_recorded, entries, only_entry

EVERYTHING = [*CHANGES, *READINGS]
everything = pytest.mark.parametrize("deed", EVERYTHING, ids=str)
HOURS = 3600


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
def test_a_person_without_a_role_is_refused(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    deed: Change | Reading,
    prepared: tuple[str, dict[str, str]],
) -> None:
    keycloak.forget_calls()

    response = as_person("visitor").post(*prepared)

    page = read_page(response)
    assert response.status_code == 403
    for name in ("administer-account", "administer-clients", "Carol Lindqvist"):
        assert name in text_of(page.main)
    assert keycloak.calls() == []
    assert_recorded(
        only_entry(), Action.ACCESS_REFUSE, Outcome.FAILED, name="", username="visitor"
    )


@everything
def test_nobody_signed_in_is_sent_to_sign_in(
    keycloak: SandboxControl,
    deed: Change | Reading,
    prepared: tuple[str, dict[str, str]],
) -> None:
    keycloak.forget_calls()

    response = Client().post(*prepared)

    assert response["Location"] == "/sign-in/?next=%2F"
    assert keycloak.calls() == []
    assert entries() == []


@everything
@pytest.mark.parametrize("seconds_ago", [16 * 60, 9 * HOURS])
def test_a_session_that_is_over_changes_nothing(
    people: dict[str, Actor],
    keycloak: SandboxControl,
    deed: Change | Reading,
    prepared: tuple[str, dict[str, str]],
    seconds_ago: int,
) -> None:
    browser = sign_in(Client(), people["client-admin"], seconds_ago=seconds_ago)
    keycloak.forget_calls()

    response = browser.post(*prepared)

    assert response["Location"] == "/sign-in/?next=%2F"
    assert keycloak.calls() == []
    assert entries() == []


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


PAGES = ["settings", "credentials", "secret-regenerate", "disable", "enable", "delete"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_client_send_nobody_to_sign_in_and_back(
    keycloak: SandboxControl, reports: str, name: str
) -> None:
    address = reverse(f"apiclients:{name}", args=[reports])

    response = Client().get(address)

    assert response["Location"] == f"/sign-in/?next={address.replace('/', '%2F')}"
    assert keycloak.calls() == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_client_are_not_for_people_without_a_role(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    reports: str,
    name: str,
) -> None:
    response = as_person("visitor").get(reverse(f"apiclients:{name}", args=[reports]))

    assert response.status_code == 403
    assert "svc-reports" not in response.text
    assert keycloak.calls() == []
    assert only_entry().record.actor_username == "visitor"
