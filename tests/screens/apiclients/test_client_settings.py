"""The Settings tab: what it shows, and what saving it sends."""

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import IndexedClient
from audit.models import Action, Outcome
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import banners, fill_in, find_form, follow
from tests.screens.records import assert_recorded, entries, only_entry


@pytest.fixture
def address(reports: str) -> str:
    return reverse("apiclients:settings", args=[reports])


def attributes_of(uuid: str) -> dict[str, str]:
    client = configured.clients().get_client(uuid)
    found: dict[str, str] = client.representation["attributes"]
    return found


def test_client_settings_shows_the_client_as_it_is_in_keycloak(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(
        reports,
        description="Changed elsewhere",
        enabled=False,
        attributes={"access.token.lifespan": "5400"},
    )

    page = read_page(admin.get(address))

    assert text_of(page.select_one("h1")) == "svc-reports"
    assert text_of(page.title).startswith("svc-reports \u2013 Settings")
    assert "Disabled" in text_of(page.select_one("#client-header .state"))
    values = find_form(page, "Save").values
    assert values["description"] == "Changed elsewhere"
    assert values["owner"] == "reporting@northwind.example"
    assert "enabled" not in values
    assert values["lifespan_choice"] == "own"
    assert (values["lifespan_number"], values["lifespan_unit"]) == ("90", "minutes")


def test_client_settings_brings_the_list_up_to_date(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(reports, description="Changed elsewhere")

    admin.get(address)

    assert IndexedClient.objects.get().description == "Changed elsewhere"


def test_client_settings_links_to_what_else_can_be_done(
    admin: Client, reports: str, address: str
) -> None:
    page = read_page(admin.get(address))

    zone = page.select("#danger-zone a")
    assert [text_of(link) for link in zone] == [
        *("Regenerate secret", "Disable client", "Delete client")
    ]
    assert [str(link["href"]) for link in zone] == [
        f"{address}credentials/regenerate/",
        f"{address}disable/",
        f"{address}delete/",
    ]
    tabs = page.select('nav[aria-label="API client"] a')
    assert [text_of(tab) for tab in tabs][:2] == ["Settings", "Credentials"]
    assert tabs[0]["aria-current"] == "page"


def test_client_settings_of_a_disabled_client_offers_to_enable_it(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(reports, enabled=False)

    page = read_page(admin.get(address))

    assert [text_of(link) for link in page.select("#danger-zone a")] == [
        *("Regenerate secret", "Enable client", "Delete client")
    ]


@pytest.mark.parametrize(
    ("lifespan", "words"),
    [
        ("", "Tokens will live 5 minutes."),
        ("900", "Tokens will live 15 minutes."),
        (
            "90000",
            "Tokens will live 10 hours: the organization's session limit caps it.",
        ),
        ("-1", "Tokens will live 10 hours: the organization's session limit caps it."),
    ],
)
def test_client_settings_says_what_tokens_really_get(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    address: str,
    lifespan: str,
    words: str,
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": lifespan})

    page = read_page(admin.get(address))

    assert text_of(page.select_one("[data-issued]")) == words
    assert "Issued tokens keep their old lifetime." in text_of(page.main)


def test_client_settings_saves_what_was_changed_and_nothing_else(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    before = configured.clients().get_client(reports)
    secret = keycloak.secret(reports)

    response = fill_in(
        admin,
        address,
        "Save",
        description="Monthly reports",
        owner="finance",
        lifespan_choice="own",
        lifespan_number="15",
    )

    assert "Saved." in banners(follow(admin, response))[0]
    after = configured.clients().get_client(reports)
    assert (after.description, after.owner) == ("Monthly reports", "finance")
    assert after.access_token_lifespan == 900
    assert after.enabled
    assert keycloak.secret(reports) == secret
    assert after.secret_created_at == before.secret_created_at
    changed = {"description", "attributes"}
    for name, value in before.representation.items():
        assert name in changed or after.representation[name] == value, name


def test_client_settings_removes_what_was_emptied(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": "900"})

    fill_in(admin, address, "Save", owner="", lifespan_choice="default")

    assert "console.owner" not in attributes_of(reports)
    assert "access.token.lifespan" not in attributes_of(reports)


def test_client_settings_keeps_attributes_that_it_does_not_know(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(reports, attributes={"their.own": "kept"})

    fill_in(admin, address, "Save", description="New")

    assert attributes_of(reports)["their.own"] == "kept"


@pytest.mark.parametrize(
    ("before", "after", "action", "summary"),
    [
        (True, None, Action.CLIENT_DISABLE, "Disabled <b>svc-reports</b>"),
        (False, "on", Action.CLIENT_ENABLE, "Enabled <b>svc-reports</b>"),
    ],
)
def test_client_settings_records_the_tick_alone_as_what_it_is(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    address: str,
    before: bool,
    after: str | None,
    action: Action,
    summary: str,
) -> None:
    keycloak.change_client(reports, enabled=before)

    fill_in(admin, address, "Save", enabled=after)

    entry = only_entry()
    assert_recorded(entry, action, Outcome.SUCCEEDED, name="svc-reports")
    assert entry.summary == summary


def test_client_settings_records_one_change_as_a_sentence(
    admin: Client, reports: str, address: str
) -> None:
    fill_in(admin, address, "Save", lifespan_choice="own", lifespan_number="15")

    assert only_entry().summary == (
        "Set the access token lifespan of <b>svc-reports</b>"
        " from organization default to 15 minutes"
    )


def test_client_settings_saved_unchanged_sends_and_records_nothing(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    response = fill_in(admin, address, "Save")

    assert response["Location"] == address
    assert keycloak.writes() == []
    assert entries() == []


@pytest.mark.parametrize("lifespan", ["60", "5400", "36000"])
def test_client_settings_leaves_a_lifespan_as_it_is_unless_somebody_changes_it(
    admin: Client, keycloak: SandboxControl, reports: str, address: str, lifespan: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": lifespan})

    response = fill_in(admin, address, "Save", description="New")

    assert response.status_code == 302
    assert attributes_of(reports)["access.token.lifespan"] == lifespan
