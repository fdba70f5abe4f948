"""Forms that did not come from this console, or not from this browser."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit.models import Record
from console.access import Actor
from tests.architecture.addresses import list_addresses
from tests.pages import read_page, text_of
from tests.people import sign_in
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients.changes import CREATE
from tests.screens.apiclients.listing import LIST
from tests.screens.authorization.lines import METHODS
from tests.screens.browser import find_form, heading, open_form

# The provider comes without a form; it proves itself by a signature.
MACHINES = {"console:back-channel-logout"}
ADDRESSES = {
    address.name: address
    for address in list_addresses()
    if "POST" in METHODS[address.name] and address.name not in MACHINES
}
FOREIGN = (
    *("https://evil.example", "null", "http://testserver.evil.example"),
    *("https://testserver", "http://testserver:81"),
)
every_address = pytest.mark.parametrize("name", ADDRESSES)
pytestmark = pytest.mark.usefixtures("synchronised")


@pytest.fixture
def uuid(keycloak: SandboxControl) -> str:
    return keycloak.add_client("svc-reports")


def strict_browser(actor: Actor) -> Client:
    return sign_in(Client(enforce_csrf_checks=True), actor)


@pytest.fixture
def browser(people: dict[str, Actor], keycloak: SandboxControl) -> Client:
    return strict_browser(people["client-admin"])


def address_of(name: str, uuid: str) -> str:
    """About this client, if about any; what else there is need not be there."""
    address = ADDRESSES[name]
    about_a_client = address.arguments == ("uuid",) and "bulk" not in name
    return reverse(name, args=[uuid]) if about_a_client else address.path


def values() -> dict[str, str]:
    """Enough for every form here."""
    return {
        **{name: str(value) for name, value in CREATE.values.items()},
        "lifespan_unit": "minutes",
        "confirm": "svc-reports",
        "operation": new_operation(),
        "theme": "dark",
    }


def token_of(browser: Client) -> str:
    form = find_form(read_page(browser.get(reverse("apiclients:create"))), "Save")
    return form.values["csrfmiddlewaretoken"]


def assert_refused(response: Any, keycloak: SandboxControl) -> None:
    page = read_page(response)
    assert response.status_code == 403
    assert heading(page) == "This form has expired"
    assert "Nothing was changed." in text_of(page.main)
    assert text_of(page.select_one(".reference code")) == response["X-Request-ID"]
    assert keycloak.writes() == []
    assert not Record.objects.exists()
    assert not response.cookies.get("theme")


@every_address
def test_a_form_without_its_token_is_refused(
    browser: Client, keycloak: SandboxControl, uuid: str, name: str
) -> None:
    browser.get(LIST)

    response = browser.post(address_of(name, uuid), values())

    assert_refused(response, keycloak)


@every_address
def test_a_form_with_the_token_of_another_browser_is_refused(
    browser: Client,
    people: dict[str, Actor],
    keycloak: SandboxControl,
    uuid: str,
    name: str,
) -> None:
    token_of(browser)
    other = token_of(strict_browser(people["client-admin"]))

    response = browser.post(
        address_of(name, uuid), {**values(), "csrfmiddlewaretoken": other}
    )

    assert_refused(response, keycloak)


@every_address
def test_a_form_from_another_origin_is_refused(
    browser: Client, keycloak: SandboxControl, uuid: str, name: str
) -> None:
    sent = {**values(), "csrfmiddlewaretoken": token_of(browser)}

    for origin in FOREIGN:
        address, headers = address_of(name, uuid), {"Origin": origin}
        response = browser.post(address, sent, headers=headers)

        assert response.status_code == 403, origin
    assert_refused(response, keycloak)


@every_address
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_the_browser_says_is_from_elsewhere_is_refused(
    browser: Client, keycloak: SandboxControl, uuid: str, name: str, site: str
) -> None:
    sent = {**values(), "csrfmiddlewaretoken": token_of(browser)}
    headers = {"Sec-Fetch-Site": site}

    response = browser.post(address_of(name, uuid), sent, headers=headers)

    assert_refused(response, keycloak)


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é" * 64, "0" * 100_000])
def test_a_form_with_a_token_that_is_none_is_refused(
    browser: Client, keycloak: SandboxControl, uuid: str, token: str
) -> None:
    browser.get(LIST)
    sent = {**values(), "csrfmiddlewaretoken": token}

    response = browser.post(address_of("apiclients:delete", uuid), sent)

    assert response.status_code in {400, 403}
    assert "Nothing was changed." in text_of(read_page(response).main)
    assert keycloak.writes() == []


@pytest.mark.parametrize("origin", [None, "http://testserver", settings.CONSOLE_URL])
def test_a_form_of_this_console_is_taken(
    browser: Client, keycloak: SandboxControl, origin: str | None
) -> None:
    form = open_form(browser, reverse("apiclients:create"), "Save")
    headers = {"Origin": origin} if origin else {}

    response = browser.post(
        form.action, form.filled_in(**CREATE.values), headers=headers
    )

    assert response.status_code == 302
    assert len(keycloak.writes()) == 1


def test_a_script_of_this_console_is_taken_by_its_header(
    browser: Client, keycloak: SandboxControl, uuid: str
) -> None:
    token = token_of(browser)

    response = browser.post(
        address_of("apiclients:secret-copy", uuid), headers={"X-CSRFToken": token}
    )

    assert response.json() == {"client_secret": keycloak.secret(uuid)}
