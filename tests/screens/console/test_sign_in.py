"""Signing in at the provider's own page."""

import base64
import json
import logging
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from tests.conftest import forget_what_was_learned
from tests.factories import make_indexed_client
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST
from tests.screens.browser import find_form, follow, heading
from tests.screens.provider import (
    BUTTON,
    Provider,
    come_back,
    is_signed_in,
    leave_for_provider,
    parameters_of,
    sign_in_through,
)
from tests.screens.records import assert_recorded, only_entry

SIGN_IN = reverse("console:sign-in")
START = reverse("console:sign-in-start")
CALLBACK = reverse("console:sign-in-callback")
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.fixture
def browser(keycloak: SandboxControl) -> Client:
    return Client()


@pytest.mark.parametrize(
    ("username", "name"),
    [("client-admin", "Bob Tanaka"), ("account-admin", "Alice Moreau")],
)
def test_sign_in_works_and_is_recorded(
    browser: Client, username: str, name: str
) -> None:
    response = sign_in_through(browser, username)

    assert response["Location"] == "/"
    page = read_page(browser.get("/", follow=True))
    assert page.find("button", attrs={"aria-label": f"Account: {name}"})
    entry = only_entry()
    assert_recorded(
        entry, Action.SIGN_IN, Outcome.SUCCEEDED, name="", username=username
    )
    assert entry.summary == "Signed in"
    assert entry.record.actor_name == name
    assert entry.record.request_id == response["X-Request-ID"]


def test_sign_in_shows_who_is_signed_in_and_by_which_role(browser: Client) -> None:
    sign_in_through(browser, "client-admin")

    menu = read_page(browser.get(LIST)).select_one("#account")

    assert menu is not None
    assert "Bob Tanaka" in text_of(menu)
    roles = menu.select("[aria-label=Roles] li")
    assert [text_of(role) for role in roles] == ["administer-clients"]


def test_sign_in_by_someone_without_a_role_names_both_and_is_recorded(
    browser: Client,
) -> None:
    response = sign_in_through(browser, "visitor")

    page = read_page(response)
    assert response.status_code == 403
    assert heading(page) == "You need a role for this console"
    text = text_of(page.main)
    for words in ("Carol Lindqvist", "administer-account", "administer-clients"):
        assert words in text
    assert find_form(page, "Sign out").action == reverse("console:sign-out")
    assert_recorded(
        only_entry(), Action.ACCESS_REFUSE, Outcome.FAILED, name="", username="visitor"
    )
    assert not is_signed_in(browser)


def test_sign_in_asks_for_a_code_with_state_nonce_and_challenge(
    browser: Client, keycloak: SandboxControl
) -> None:
    address = leave_for_provider(browser)

    assert address.startswith(f"{keycloak.url}/auth/realms/northwind/")
    asked = parameters_of(address)
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid"
    assert asked["client_id"] == settings.KEYCLOAK_CLIENT_ID
    assert asked["redirect_uri"] == f"{settings.CONSOLE_URL}{CALLBACK}"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 22
    assert len(asked["nonce"]) >= 20
    again = parameters_of(leave_for_provider(Client()))
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != again[name]


def test_sign_in_gives_the_browser_a_new_session(browser: Client) -> None:
    location = Provider().log_in(leave_for_provider(browser), "client-admin")
    before = browser.cookies[settings.SESSION_COOKIE_NAME].value

    come_back(browser, location)

    after = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert before != after
    assert not Session.objects.filter(session_key=before).exists()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not is_signed_in(thief)


def test_sign_in_keeps_of_the_providers_tokens_only_the_id_token(
    browser: Client,
) -> None:
    sign_in_through(browser, "client-admin")

    kept = json.dumps(dict(browser.session.items()))
    tokens = [word for word in kept.split('"') if word.startswith("eyJ")]
    kinds = [json.loads(_decoded(token.split(".")[1]))["typ"] for token in tokens]
    assert kinds == ["ID"]
    assert "access_token" not in kept
    assert "refresh_token" not in kept
    assert "code_verifier" not in kept


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_sign_in_cookie_is_for_the_server_alone(browser: Client) -> None:
    sign_in_through(browser, "client-admin")

    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_sign_in_leads_back_to_where_one_was(
    browser: Client, keycloak: SandboxControl
) -> None:
    uuid = keycloak.add_client("svc-reports")
    make_indexed_client("svc-reports", uuid=uuid)
    wanted = reverse("apiclients:credentials", args=[uuid]) + "?language=java"

    response = sign_in_through(browser, "client-admin", wanted)

    assert response["Location"] == wanted
    assert heading(follow(browser, response)) == "svc-reports"


@pytest.mark.parametrize(
    "hostile",
    [
        *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.ex"),
        *("\\\\evil.example", "http:evil.example", "javascript:alert(1)"),
        *("data:text/html,x", "/\t/evil.example", "\t//evil.example", " //evil.ex"),
        *("http://testserver@evil.example/", "https:///evil.example", "evil", ""),
        *("/%0d%0aSet-Cookie:x=1", "/\r\nX: y", "\x00//evil", "//evil.example/%2f.."),
    ],
)
def test_sign_in_leads_to_no_other_site(browser: Client, hostile: str) -> None:
    page = read_page(browser.get(SIGN_IN, {"next": hostile}))
    form = find_form(page, BUTTON)
    location = browser.post(form.action, form.filled_in(next=hostile))["Location"]

    response = come_back(browser, Provider().log_in(location, "client-admin"))

    target = urlsplit(response["Location"])
    assert (target.scheme, target.netloc) == ("", "")
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith(("//", "/\\", "/\t"))
    assert "\n" not in response["Location"]


def test_sign_in_page_sends_who_is_signed_in_on(admin: Client) -> None:
    response = admin.get(SIGN_IN, {"next": LIST})

    assert response["Location"] == LIST


def test_sign_in_page_has_one_button(browser: Client) -> None:
    page = read_page(browser.get(SIGN_IN))

    assert heading(page) == "Sign in"
    buttons = [text_of(button) for button in page.select("main button")]
    assert buttons == [BUTTON]
    assert "Northwind Analytics" in text_of(page.main)


def test_sign_in_is_in_no_log_with_its_code_and_tokens(
    browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    forget_what_was_learned()
    location = Provider().log_in(leave_for_provider(browser), "client-admin")
    caplog.clear()

    come_back(browser, location)

    secrets = [browser.session["id_token"], settings.KEYCLOAK_CLIENT_SECRET]
    secrets.append(parameters_of(location)["code"])
    text = "\n".join(str(vars(record)) for record in caplog.records)
    for secret in secrets:
        assert secret not in text


def test_sign_in_tells_people_apart_by_the_providers_word_not_by_name(
    browser: Client, keycloak: SandboxControl
) -> None:
    sign_in_through(browser, "client-admin")

    record = only_entry().record
    assert record.actor_issuer == f"{keycloak.url}/auth/realms/northwind"
    assert len(record.actor_subject) == 36


def test_sign_in_starts_by_post_alone(browser: Client) -> None:
    assert browser.get(START).status_code == 405
    assert browser.post(SIGN_IN).status_code == 405
    assert browser.post(CALLBACK).status_code == 405
