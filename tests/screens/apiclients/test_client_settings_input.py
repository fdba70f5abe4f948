"""What people may type into the settings of a client, and what they are told."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import Synchronisation
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import fill_in, find_form, follow, open_form
from tests.screens.records import entries


@pytest.fixture
def address(reports: str) -> str:
    return reverse("apiclients:settings", args=[reports])


def attributes_of(uuid: str) -> dict[str, str]:
    client = configured.clients().get_client(uuid)
    found: dict[str, str] = client.representation["attributes"]
    return found


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("description", {"description": "x" * 256}, "at most 255 characters"),
        ("owner", {"owner": "x" * 256}, "at most 255 characters"),
        (
            "lifespan_number",
            {"lifespan_choice": "own", "lifespan_number": ""},
            "Enter a number, or choose the organization default.",
        ),
        (
            "lifespan_number",
            {"lifespan_choice": "own", "lifespan_number": "0"},
            "At least 1 minute.",
        ),
        (
            "lifespan_number",
            {"lifespan_choice": "own", "lifespan_number": "601"},
            "At most 10 hours: the organization's session limit caps it.",
        ),
    ],
    ids=repr,
)
def test_client_settings_says_at_the_field_what_is_wrong(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    address: str,
    name: str,
    values: dict[str, Any],
    message: str,
) -> None:
    response = fill_in(admin, address, "Save", **values)

    page = read_page(response)
    assert response.status_code == 422
    assert message in text_of(page.select_one(f"#id_{name}_error"))
    assert page.select_one(f'#error-summary a[href="#id_{name}"]')
    kept = find_form(page, "Save").values
    assert {field: kept[field] for field in values} == values
    assert keycloak.writes() == []
    assert entries() == []


def test_client_settings_corrected_can_be_saved(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    wrong = fill_in(admin, address, "Save", owner="x" * 256, description="New")
    form = find_form(read_page(wrong), "Save")

    response = admin.post(form.action, form.filled_in(owner="finance"))

    assert response.status_code == 302
    client = configured.clients().get_client(reports)
    assert (client.description, client.owner) == ("New", "finance")


MARKUP = "<script>alert(1)</script>\"'&<b>x</b>{{ 7|add:1 }}"


def test_client_settings_shows_hostile_text_as_text(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    response = fill_in(admin, address, "Save", description=MARKUP, owner=MARKUP)

    page = follow(admin, response)
    assert find_form(page, "Save").values["description"] == MARKUP
    assert MARKUP in text_of(page.select_one("#client-header .meta"))
    assert not page.select("main script, main b b, .meta b")


def test_client_settings_takes_a_lifespan_above_a_day_with_the_risk_understood(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    Synchronisation.objects.update(session_limit=30 * 86400)
    two_days = {
        "lifespan_choice": "own",
        "lifespan_number": "2",
        "lifespan_unit": "days",
    }
    form = open_form(admin, address, "Save")

    without = admin.post(form.action, form.filled_in(**two_days))
    with_tick = admin.post(form.action, form.filled_in(**two_days, accept_risk="on"))

    assert without.status_code == 422
    assert with_tick.status_code == 302
    assert attributes_of(reports)["access.token.lifespan"] == "172800"
