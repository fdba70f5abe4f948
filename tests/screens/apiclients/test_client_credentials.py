"""The Credentials tab: what it shows without telling the secret."""

from datetime import UTC, datetime

import pytest
from django.conf import settings as configured_settings
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from apiclients.fingerprints import fingerprint
from gateways.keycloak.models import ClientSecret
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl

LANGUAGES = ("curl", "python", "javascript", "java", "pydruid")


@pytest.fixture
def address(reports: str) -> str:
    return reverse("apiclients:credentials", args=[reports])


def test_client_credentials_shows_what_a_program_needs(
    admin: Client, keycloak: SandboxControl, address: str
) -> None:
    page = read_page(admin.get(address))

    assert page.select("#client-id")[0]["value"] == "svc-reports"
    assert page.select("#token-endpoint")[0]["value"] == (
        f"{keycloak.url}/auth/realms/northwind/protocol/openid-connect/token"
    )


def test_client_credentials_tells_the_secrets_fingerprint_and_age(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(
        reports, attributes={"client.secret.creation.time": "1760000000"}
    )

    page = read_page(admin.get(address))

    facts = page.select_one("#client-secret .facts")
    assert facts is not None
    expected = fingerprint(ClientSecret(keycloak.secret(reports)))
    assert text_of(facts.select_one("code")) == expected
    made = facts.select("time")[0]
    assert datetime.fromisoformat(str(made["datetime"])) == datetime.fromtimestamp(
        1760000000, UTC
    )
    assert "Nobody" in text_of(facts)


def test_client_credentials_fingerprint_changes_with_the_secret(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    def shown() -> str:
        page = read_page(admin.get(address))
        return text_of(page.select_one("#client-secret .facts code"))

    before = shown()
    keycloak.change_client(reports, secret="another")

    assert shown() != before


def test_client_credentials_does_not_know_when_an_imported_secret_was_made(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    keycloak.change_client(reports, attributes={"client.secret.creation.time": ""})

    page = read_page(admin.get(address))

    assert "Not known" in text_of(page.select_one("#client-secret .facts"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_client_credentials_gives_code_with_a_placeholder_for_the_secret(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    address: str,
    language: str,
) -> None:
    response = admin.get(address, {"language": language})

    page = read_page(response)
    chosen = page.select("#snippet nav [aria-current=true]")
    assert [str(link["id"]) for link in chosen] == [f"snippet-{language}"]
    code = text_of(page.select_one("#snippet-text"))
    assert "svc-reports" in code
    assert "YOUR_CLIENT_SECRET" in code
    assert f"{keycloak.url}/auth/realms/northwind" in code.replace(" ", "")
    assert keycloak.secret(reports) not in response.text


@pytest.mark.parametrize("language", ["", "cobol", "<script>", "\0"])
def test_client_credentials_gives_curl_for_a_language_it_does_not_know(
    admin: Client, address: str, language: str
) -> None:
    page = read_page(admin.get(address, {"language": language}))

    assert text_of(page.select_one("#snippet-text")).startswith("curl --request POST")


def test_client_credentials_names_implys_manager_in_the_code(
    admin: Client, settings: Settings, address: str
) -> None:
    settings.IMPLY_MANAGER_URL = "https://manager.example"

    page = read_page(admin.get(address))

    code = text_of(page.select_one("#snippet-text"))
    assert "https://manager.example/api/v1/clusters" in code


def test_client_credentials_says_that_keycloak_is_away(
    admin: Client, keycloak: SandboxControl, address: str
) -> None:
    keycloak.fail("GET", "client-secret$", "status", status=500)

    response = admin.get(address)

    assert response.status_code == 503
    assert configured_settings.KEYCLOAK_CLIENT_SECRET not in response.text
