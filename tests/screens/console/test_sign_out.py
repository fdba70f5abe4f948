"""Signing out: here, and at the provider."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from tests.conftest import forget_what_was_learned
from tests.pages import read_page
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST
from tests.screens.broken_log import broken_log
from tests.screens.browser import find_form
from tests.screens.provider import (
    Provider,
    leave_for_provider,
    parameters_of,
    sign_in_through,
)
from tests.screens.records import assert_recorded, entries

SIGN_OUT = reverse("console:sign-out")
SIGNED_OUT = f"{settings.CONSOLE_URL}/sign-in/"
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def browser(keycloak: SandboxControl, db: None, provider: Provider) -> Client:
    """A browser in which client-admin signed in by the real way."""
    browser = Client()
    sign_in_through(browser, "client-admin", provider=provider)
    return browser


def test_sign_out_ends_the_session_here_and_is_recorded(browser: Client) -> None:
    key = browser.session.session_key

    response = browser.post(SIGN_OUT)

    assert response.status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert browser.get(LIST)["Location"].startswith("/sign-in/")
    assert_recorded(entries()[0], Action.SIGN_OUT, Outcome.SUCCEEDED, name="")


def test_sign_out_kills_the_session_for_every_copy_of_its_cookie(
    browser: Client,
) -> None:
    copy = Client()
    name = settings.SESSION_COOKIE_NAME
    copy.cookies[name] = browser.cookies[name].value
    assert copy.get(LIST).status_code == 200

    browser.post(SIGN_OUT)

    assert copy.get(LIST)["Location"].startswith("/sign-in/")


def test_sign_out_sends_the_browser_to_the_provider_with_the_id_token(
    browser: Client, keycloak: SandboxControl
) -> None:
    id_token = browser.session["id_token"]

    response = browser.post(SIGN_OUT)

    assert response["Location"].startswith(
        f"{keycloak.url}/auth/realms/northwind/protocol/openid-connect/logout?"
    )
    sent = parameters_of(response["Location"])
    assert sent["id_token_hint"] == id_token
    assert sent["post_logout_redirect_uri"] == SIGNED_OUT
    assert sent["client_id"] == settings.KEYCLOAK_CLIENT_ID


def test_sign_out_ends_the_session_at_the_provider(
    browser: Client, provider: Provider
) -> None:
    assert not provider.asks_who_it_is(leave_for_provider(Client()))

    address = browser.post(SIGN_OUT)["Location"]
    answer = provider.http.get(address, allow_redirects=False, timeout=10)

    assert answer.headers["Location"].startswith(SIGNED_OUT)
    assert provider.asks_who_it_is(leave_for_provider(Client()))


def test_sign_out_is_in_the_account_menu(browser: Client) -> None:
    page = read_page(browser.get(LIST))

    form = page.select(f'#account form[action="{SIGN_OUT}"]')
    assert len(form) == 1


def test_sign_out_of_someone_without_a_role_works_too(
    keycloak: SandboxControl, provider: Provider
) -> None:
    browser = Client()
    page = read_page(sign_in_through(browser, "visitor", provider=provider))
    form = find_form(page, "Sign out")

    response = browser.post(form.action, form.values)

    provider.http.get(response["Location"], allow_redirects=False, timeout=10)
    assert provider.asks_who_it_is(leave_for_provider(Client()))


def test_sign_out_without_a_session_does_no_harm(keycloak: SandboxControl) -> None:
    response = Client().post(SIGN_OUT)

    assert response.status_code == 302
    assert entries() == []


def test_sign_out_works_while_the_provider_is_away(
    browser: Client, keycloak: SandboxControl
) -> None:
    forget_what_was_learned()
    keycloak.fail("", "", "status", status=500)

    response = browser.post(SIGN_OUT)

    assert response["Location"] == SIGNED_OUT
    assert browser.get(LIST)["Location"].startswith("/sign-in/")


def test_sign_out_works_where_it_cannot_be_recorded(
    durable_db: None, browser: Client
) -> None:
    with broken_log():
        response = browser.post(SIGN_OUT)

    assert response.status_code == 302
    assert browser.get(LIST)["Location"].startswith("/sign-in/")


def test_sign_out_is_asked_for_by_post_alone(browser: Client) -> None:
    assert browser.get(SIGN_OUT).status_code == 405
    assert browser.get(LIST).status_code == 200


def test_sign_out_clears_what_the_browser_keeps(browser: Client) -> None:
    response = browser.post(SIGN_OUT)

    assert response["Clear-Site-Data"] == '"cache", "storage"'
