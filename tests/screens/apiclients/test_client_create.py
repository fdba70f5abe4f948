"""Creating an API client: what lands in Keycloak."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import IndexedClient, Synchronisation
from audit.models import Action, Outcome
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import fill_in, follow
from tests.screens.records import assert_recorded, only_entry

ADDRESS = reverse("apiclients:create")
pytestmark = pytest.mark.usefixtures("synchronised")


def create(browser: Client, **values: Any) -> Any:
    return fill_in(browser, ADDRESS, "Save", **{"client_id": "svc-new", **values})


def test_client_create_makes_a_client_that_can_only_use_its_own_secret(
    admin: Client, keycloak: SandboxControl
) -> None:
    create(admin, description="Reports", owner="data team")

    client = configured.clients().find_client("svc-new")
    assert client is not None
    assert client.uses_client_credentials_only
    assert client.full_scope
    assert client.enabled
    assert (client.description, client.owner) == ("Reports", "data team")
    assert client.access_token_lifespan is None
    assert client.representation["directAccessGrantsEnabled"] is False
    assert client.representation["redirectUris"] == []


def test_client_create_marks_the_client_with_its_operation(
    admin: Client, keycloak: SandboxControl
) -> None:
    create(admin)

    client = configured.clients().find_client("svc-new")
    assert client is not None
    operation = only_entry().record.operation
    assert client.representation["attributes"]["console.intent"] == str(operation)


def test_client_create_lands_on_the_client_with_its_next_steps(
    admin: Client, keycloak: SandboxControl
) -> None:
    page = follow(admin, create(admin))

    assert text_of(page.select_one("h1")) == "svc-new"
    steps = [text_of(step) for step in page.select("#next-steps a")]
    assert {"Copy the credentials", "Get a token"} <= set(steps)


def test_client_create_puts_the_client_into_the_list_at_once(
    admin: Client, keycloak: SandboxControl
) -> None:
    create(admin, description="Reports")

    page = read_page(admin.get(reverse("apiclients:list")))
    assert [text_of(row) for row in page.select("tbody .id")] == ["svc-new"]


def test_client_create_succeeds_where_reading_the_client_back_fails(
    admin: Client, keycloak: SandboxControl
) -> None:
    keycloak.fail("GET", "/clients/[^/]+$", "status", status=500)

    response = create(admin)

    assert response.status_code == 302
    assert_recorded(
        only_entry(), Action.CLIENT_CREATE, Outcome.SUCCEEDED, name="svc-new"
    )
    assert not IndexedClient.objects.exists()


@pytest.mark.parametrize(
    ("number", "unit", "seconds"),
    [
        ("60", "seconds", 60),
        ("1", "minutes", 60),
        ("15", "minutes", 900),
        (" 8 ", "hours", 28800),
        ("36000", "seconds", 36000),
        ("10", "hours", 36000),
    ],
)
def test_client_create_takes_a_lifespan_up_to_the_cap(
    admin: Client, keycloak: SandboxControl, number: str, unit: str, seconds: int
) -> None:
    create(admin, lifespan_choice="own", lifespan_number=number, lifespan_unit=unit)

    client = configured.clients().find_client("svc-new")
    assert client is not None
    assert client.access_token_lifespan == seconds


def test_client_create_takes_a_lifespan_above_a_day_with_the_risk_understood(
    admin: Client, keycloak: SandboxControl, synchronised: Synchronisation
) -> None:
    Synchronisation.objects.update(session_limit=30 * 86400)

    response = create(
        admin,
        lifespan_choice="own",
        lifespan_number="2",
        lifespan_unit="days",
        accept_risk="on",
    )

    assert response.status_code == 302
    client = configured.clients().find_client("svc-new")
    assert client is not None
    assert client.access_token_lifespan == 2 * 86400


@pytest.mark.parametrize(
    "client_id", ["abc", "a.b_c-d", "0ne", "a" * 100, "a--", "svc.reports"]
)
def test_client_create_takes_every_legal_id(
    admin: Client, keycloak: SandboxControl, client_id: str
) -> None:
    assert create(admin, client_id=client_id).status_code == 302


def test_client_create_shows_the_organizations_default_and_what_tokens_get(
    admin: Client, keycloak: SandboxControl
) -> None:
    page = read_page(admin.get(ADDRESS))

    assert "Organization default (5 minutes)" in text_of(page.select_one("#lifespan"))
    assert "Tokens will live 5 minutes" in text_of(page.select_one("[data-issued]"))
    assert keycloak.calls() == []


def test_client_create_asks_keycloak_for_the_limits_before_the_first_synchronisation(
    admin: Client, keycloak: SandboxControl
) -> None:
    Synchronisation.objects.all().delete()

    page = read_page(admin.get(ADDRESS))

    assert "Organization default (5 minutes)" in text_of(page.select_one("#lifespan"))
    assert keycloak.reads() == ["GET /auth/admin/realms/northwind"]
