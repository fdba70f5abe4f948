"""An operation key works for one person and one content; else nothing is sent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients.changes import (
    CREATE,
    DELETE,
    DISABLE,
    REGENERATE,
    UPDATE,
    Change,
)
from tests.screens.browser import find_form, heading
from tests.screens.records import only_entry

USED = "This form was used already"


def test_the_same_key_with_other_values_does_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    address, values = UPDATE.open(admin, reports)
    admin.post(address, values)
    keycloak.forget_calls()

    response = admin.post(address, {**values, "description": "Something else"})

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == USED
    assert "Nothing was changed." in text_of(page.main)
    assert keycloak.calls() == [], "not even read"
    only_entry()


def test_the_same_key_for_another_object_does_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    other = keycloak.add_client("svc-other")
    address, values = DISABLE.open(admin, reports)
    admin.post(address, values)

    response = admin.post(DISABLE.address(other), values)

    assert response.status_code == 409
    assert len(keycloak.writes()) == 1
    only_entry()


def test_the_same_key_for_another_action_does_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    address, values = DISABLE.open(admin, reports)
    admin.post(address, values)

    response = admin.post(REGENERATE.address(reports), values)

    assert heading(read_page(response)) == USED
    assert len(keycloak.writes()) == 1


def test_the_same_key_of_another_person_does_nothing_and_shows_nothing(
    admin: Client,
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    reports: str,
) -> None:
    address, values = REGENERATE.open(admin, reports)
    admin.post(address, values)

    response = as_person("account-admin").post(address, values)

    assert response.status_code == 409
    assert heading(read_page(response)) == USED
    assert "svc-reports" not in text_of(read_page(response).main)
    assert len(keycloak.writes()) == 1
    only_entry()


@pytest.mark.parametrize("change", [UPDATE, DISABLE, DELETE], ids=str)
@pytest.mark.parametrize("name", ["client-admin", "account-admin"])
def test_a_form_overtaken_by_itself_does_not_take_the_work_for_its_own(
    as_person: Callable[[str], Client],
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    overtake: Callable[[Callable[[], Any]], None],
    change: Change,
    name: str,
) -> None:
    """The client is as the second wants it already, by the first."""
    address, values = change.open(admin, reports)
    second = as_person(name)

    overtake(lambda: admin.post(address, values))

    response = second.post(address, values)

    if name == "client-admin":
        landing = response.headers["Location"].partition("?")[0]
        assert landing == change.landing_address(reports)
    else:
        assert response.status_code == 409
        assert heading(read_page(response)) == USED
    assert keycloak.writes() == change.calls(reports)
    only_entry()


def test_other_roles_under_the_same_key_are_not_assigned(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    """Each environment is a write of its own, which alone would be a new one."""
    address = reverse("apiclients:permissions-assign", args=[reports])
    keycloak.give_roles("client-admin", client={"production": ["access-datasets"]})
    ids = {
        name: keycloak.define_role(name, owner=owner)
        for name, owner in (("reports-reader", None), ("access-datasets", "production"))
    }
    keycloak.give_roles("client-admin", realm=["reports-reader"])
    form = {"operation": new_operation()}
    admin.post(address, {**form, "roles": ids["reports-reader"]})
    assert len(keycloak.writes()) == 1

    response = admin.post(address, {**form, "roles": ids["access-datasets"]})

    assert response.status_code == 409
    assert heading(read_page(response)) == USED
    assert len(keycloak.writes()) == 1


def test_a_form_that_came_to_nothing_may_be_corrected_and_sent(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    """Neither a value that was refused nor a wrong confirmation uses up the key."""
    address, values = DELETE.open(admin, reports)
    wrong = admin.post(address, {**values, "confirm": "svc-report"})

    response = admin.post(address, values)

    assert wrong.status_code == 422
    assert response.status_code == 302
    assert len(keycloak.writes()) == 1


def test_a_client_id_that_was_taken_may_be_replaced(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    address, values = CREATE.open(admin, reports)
    taken = admin.post(address, {**values, "client_id": "svc-reports"})
    form = find_form(read_page(taken), "Save")

    response = admin.post(address, form.filled_in(client_id="svc-new"))

    assert taken.status_code == 422
    assert response.status_code == 302
