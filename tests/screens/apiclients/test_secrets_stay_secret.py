"""A secret is in the one answer that was asked for it, and nowhere else at all."""

import json
import logging
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client
from django.urls import reverse

from console.access import Actor
from gateways import configured
from tests.conftest import forget_what_was_learned
from tests.people import sign_in
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    COPY,
    CREATE,
    DELETE,
    DISABLE,
    ENABLE,
    REGENERATE,
    SHOW,
    UPDATE,
)
from tests.screens.crawling import crawl


@pytest.fixture
def life(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    caplog: pytest.LogCaptureFixture,
) -> dict[str, str]:
    """Everything was done to a client; each secret that there was, by a name."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "gateways", "requests", "django"):
        caplog.set_level(logging.DEBUG, name)
    # So that the console's own sign-in is among what was logged.
    forget_what_was_learned()
    secrets = {"console": settings.KEYCLOAK_CLIENT_SECRET}
    secrets["first"] = keycloak.secret(reports)
    assert secrets["first"] in admin.post(SHOW.address(reports)).text
    assert secrets["first"] in admin.post(COPY.address(reports)).text
    for change in (UPDATE, DISABLE, ENABLE, REGENERATE):
        change.make(admin, reports)
    secrets["second"] = keycloak.secret(reports)
    for action, status in (("status", 500), ("drop_after", 0), ("cut", 0)):
        keycloak.fail("POST", "client-secret$", action, status=status, times=1)
        REGENERATE.make(admin, reports)
        secrets[f"after {action}"] = keycloak.secret(reports)
    CREATE.make(admin, reports)
    secrets["token"] = configured.keycloak()._token.value()  # type: ignore[union-attr]
    return secrets


def test_no_get_answers_with_a_secret(
    admin: Client, reports: str, life: dict[str, str]
) -> None:
    seen = set()

    for address, response in crawl(admin, "/", *paths_of(reports)):
        seen.add(address)
        whole = response.serialize().decode("utf-8", "replace")
        for name, secret in life.items():
            assert secret not in whole, f"{name} secret in {address}"

    assert reverse("apiclients:credentials", args=[reports]) in seen
    assert reverse("audit:list") in {address.split("?")[0] for address in seen}
    assert len(seen) > 15


def paths_of(uuid: str) -> list[str]:
    names = ("credentials", "secret-show", "secret-copy", "secret-regenerate")
    return [reverse(f"apiclients:{name}", args=[uuid]) for name in names]


def test_no_table_holds_a_secret(life: dict[str, str]) -> None:
    rows = {
        model.__name__: serializers.serialize("json", model._default_manager.all())
        for model in apps.get_models()
    }
    # Sessions are packed; what people were told is in them too.
    rows["what is in sessions"] = json.dumps(
        [session.get_decoded() for session in Session.objects.all()]
    )

    assert {"Record", "IndexedClient", "Session"} <= rows.keys()
    assert "svc-reports" in rows["Record"]
    assert "signed_in_at" in rows["what is in sessions"]
    for table, text in rows.items():
        for name, secret in life.items():
            assert secret not in text, f"{name} secret in {table}"


def test_no_log_line_holds_a_secret(
    life: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    # With the exceptions that were logged, and all that was in sight of them.
    lines = [
        f"{logging.Formatter().format(record)} {vars(record)}"
        for record in caplog.get_records("setup")
    ]

    assert any("client-secret" in line for line in lines)
    assert any("openid-connect/token" in line for line in lines)
    for line in lines:
        for name, secret in life.items():
            assert secret not in line, f"{name} secret in {line}"


def test_no_address_holds_a_secret(
    keycloak: SandboxControl, life: dict[str, str]
) -> None:
    calls = json.dumps(keycloak._control("GET", "calls"))

    assert "client-secret" in calls
    for name, secret in life.items():
        assert secret not in calls, f"{name} secret in an address"


def test_no_redirect_and_no_cookie_holds_a_secret(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    secret = keycloak.secret(reports)

    for change in (UPDATE, DISABLE, REGENERATE, DELETE):
        response = change.make(admin, reports)

        headers = f"{dict(response.headers)} {response.cookies}"
        assert secret not in headers
        if change is REGENERATE:
            assert keycloak.secret(reports) not in headers


@pytest.mark.parametrize("deed", [SHOW, COPY, REGENERATE], ids=str)
def test_an_answer_with_a_secret_is_neither_stored_nor_compressed(
    admin: Client, keycloak: SandboxControl, reports: str, deed: Any
) -> None:
    headers = {"Accept-Encoding": "gzip, br, deflate"}
    values = deed.open(admin, reports)[1] if deed is REGENERATE else {}

    response = admin.post(deed.address(reports), values, headers=headers)

    assert keycloak.secret(reports) in response.text
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert not response.has_header("Content-Encoding")
    assert not response.has_header("ETag")
    assert not response.has_header("Last-Modified")


@pytest.mark.parametrize("deed", [SHOW, COPY, REGENERATE], ids=str)
def test_a_secret_is_not_told_to_another_site(
    people: dict[str, Actor], keycloak: SandboxControl, reports: str, deed: Any
) -> None:
    browser = sign_in(Client(enforce_csrf_checks=True), people["client-admin"])

    response = browser.post(
        deed.address(reports), headers={"Origin": "https://evil.example"}
    )

    assert response.status_code == 403
    assert keycloak.secret(reports) not in response.text
    assert not [name for name in response.headers if name.startswith("Access-Control")]
