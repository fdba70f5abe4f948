"""Downloading a token."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.test import Client

from apiclients.models import MintedToken
from audit.models import Action, Outcome, Record
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_tokens.asking import (
    CLIENTS,
    OIDC,
    address,
    ask_userinfo,
    claims_in,
)
from tests.screens.broken_log import broken_log
from tests.screens.browser import find_form, heading
from tests.screens.records import assert_names_the_entry, assert_recorded, only_entry

NAME = "svc-reports"


def download(browser: Client, uuid: str) -> Any:
    page = read_page(browser.get(address("tokens", uuid)))
    form = find_form(page, "Download Token")
    return browser.post(form.action, form.values)


def test_download_is_a_text_file_with_a_token_of_the_client(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    response = download(admin, reports)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert response["Content-Disposition"] == (
        'attachment; filename="svc-reports-token.txt"'
    )
    assert "no-store" in response["Cache-Control"]
    token = response.content.decode()
    assert claims_in(token)["azp"] == NAME
    assert keycloak.writes() == []


def test_download_is_recorded(admin: Client, reports: str) -> None:
    download(admin, reports)

    entry = only_entry()
    assert_recorded(entry, Action.TOKEN_DOWNLOAD, Outcome.SUCCEEDED, name=NAME)
    assert entry.summary == "Downloaded a token of <b>svc-reports</b>"
    assert entry.category == "Secret"
    assert entry.changes == []


def test_download_remembers_the_token_by_its_id_only(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    token = download(admin, reports).content.decode()

    [minted] = MintedToken.objects.all()
    assert minted.jti == claims_in(token)["jti"]


def test_download_leaves_neither_secret_nor_token_behind(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    token = download(admin, reports).content.decode()

    stored = serializers.serialize(
        "json", [*Record.objects.all(), *MintedToken.objects.all()]
    )
    for kept in (caplog.text, stored):
        assert token not in kept
        assert token.split(".")[2] not in kept
        assert keycloak.secret(reports) not in kept


def test_download_of_an_odd_id_has_a_plain_file_name(
    admin: Client, keycloak: SandboxControl
) -> None:
    uuid = keycloak.add_client('a/b "c"\r\nX: é')

    response = admin.post(address("token-download", uuid))

    assert response["Content-Disposition"] == (
        'attachment; filename="a_b__c___X___-token.txt"'
    )


def test_download_of_a_client_with_roles_beyond_ones_own_is_refused(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(f"service-account-{NAME}", realm=["audit-reader"])
    keycloak.forget_calls()

    response = download(admin, reports)

    page = read_page(response)
    assert response.status_code == 403
    assert "audit-reader" in text_of(page.main)
    assert "Knowing its token would give them to you." in text_of(page.main)
    assert not [call for call in keycloak.calls() if "client-secret" in call]
    assert_recorded(only_entry(), Action.TOKEN_DOWNLOAD, Outcome.FAILED, name=NAME)


def test_download_of_any_client_as_administrator_of_the_account(
    as_person: Callable[[str], Client], keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(f"service-account-{NAME}", realm=["audit-reader"])

    response = download(as_person("account-admin"), reports)

    claims = claims_in(response.content.decode())
    assert "audit-reader" in claims["realm_access"]["roles"]


def test_download_for_a_disabled_client_says_why_not(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, enabled=False)

    response = download(admin, reports)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "Nothing was changed"
    assert "gives this client no token" in text_of(page.main)
    entry = only_entry()
    assert_recorded(entry, Action.TOKEN_DOWNLOAD, Outcome.FAILED, name=NAME)
    assert_names_the_entry(page, entry, response)


def test_download_with_a_broken_lifespan_says_why_not(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": "abc"})

    response = download(admin, reports)

    assert response.status_code == 409
    assert "no whole number" in text_of(read_page(response).main)


@pytest.mark.parametrize("path", ["client-secret$", f"{OIDC}/token$"])
@pytest.mark.parametrize("action", ["drop_after", "garbage", "cut"])
def test_download_without_an_answer_has_failed(
    admin: Client,
    keycloak: SandboxControl,
    hasty: None,
    reports: str,
    path: str,
    action: str,
) -> None:
    read_page(admin.get(address("tokens", reports)))
    keycloak.fail("*", path, action)

    response = admin.post(address("token-download", reports))

    assert response.status_code in {502, 503}
    assert heading(read_page(response)) == "Nothing was changed"
    assert_recorded(only_entry(), Action.TOKEN_DOWNLOAD, Outcome.FAILED, name=NAME)


def test_download_without_a_writable_log_gets_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    with broken_log():
        response = admin.post(address("token-download", reports))

    assert response.status_code == 503
    assert not [call for call in keycloak.calls() if "client-secret" in call]


@pytest.mark.parametrize("name", ["token-download", "token-test", "token-revoke"])
def test_of_a_protected_client_there_are_no_tokens(
    admin: Client, keycloak: SandboxControl, reports: str, name: str
) -> None:
    keycloak.give_roles(
        f"service-account-{NAME}", client={"realm-management": ["view-users"]}
    )
    form = {"operation": "0b57b6c8-1f0b-4f3f-8e54-0c4de1a0a001"}

    response = admin.post(address(name, reports), form)

    assert response.status_code == 404
    assert keycloak.writes() == []
    assert f"GET {CLIENTS}/{reports}/client-secret" not in keycloak.calls()


def test_a_downloaded_token_works(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    token = download(admin, reports).content.decode()

    # Without the scope openid userinfo knows the token and still refuses: 403, not 401.
    assert ask_userinfo(keycloak, token) == 403
