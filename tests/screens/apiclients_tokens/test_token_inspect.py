"""Inspecting a token: read on the server, kept nowhere."""

import logging
import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from django.core import serializers
from django.test import Client

from audit.models import Action, Outcome, Record
from tests.pages import as_htmx, read_page, read_part, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_tokens.asking import (
    address,
    as_token,
    claims_in,
    get_token,
)
from tests.screens.records import assert_recorded, only_entry

NAME = "svc-reports"


def inspect(browser: Client, uuid: str, token: str, **details: Any) -> Any:
    return browser.post(address("token-inspect", uuid), {"token": token}, **details)


def facts(page: BeautifulSoup | Tag) -> dict[str, str]:
    return {
        text_of(row.select_one("dt")): text_of(row.select_one("dd"))
        for row in page.select("#inspection dl.facts > div, section dl.facts > div")
    }


def test_inspect_tells_what_a_token_says(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": "900"})
    keycloak.give_roles(
        f"service-account-{NAME}", client={"production": ["access-datasets"]}
    )
    token = get_token(keycloak, reports)

    page = read_page(inspect(admin, reports, token))

    found = facts(page)
    assert found["Issued"] in {"just now", "3 s ago", "4 s ago"}
    assert found["Expires in"] in {"15 min", "14 min 59 s", "14 min 58 s"}
    assert found["Configured lifetime"] == "15 minutes"
    assert found["Effective lifetime"] == "15 minutes"
    part = text_of(page.select_one("#inspection"))
    assert "Valid signature" in part
    assert "production: access-datasets" in part
    assert "Organization: default-roles-northwind" in part
    assert claims_in(token)["jti"] in part
    assert '"alg" : "RS256"' in part
    [left] = page.select("[data-seconds-left]")
    assert 890 < int(str(left["data-seconds-left"])) <= 900


def test_inspect_tells_configured_from_effective_lifetime(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": "86400"})
    token = get_token(keycloak, reports)

    found = facts(read_page(inspect(admin, reports, token)))

    assert found["Configured lifetime"] == "1 day"
    assert found["Effective lifetime"] == "10 hours"


def test_inspect_is_recorded(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    inspect(admin, reports, get_token(keycloak, reports))

    entry = only_entry()
    assert_recorded(entry, Action.TOKEN_INSPECT, Outcome.SUCCEEDED, name=NAME)
    assert entry.changes == []


def test_inspect_answers_htmx_with_the_part_alone(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    token = get_token(keycloak, reports)

    response = inspect(admin, reports, token, headers=as_htmx("inspection"))

    part = read_part(response, "inspection")
    assert "Valid signature" in text_of(part)


def test_inspect_does_not_repeat_the_token_anywhere(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    token = get_token(keycloak, reports)

    response = inspect(admin, reports, f"Bearer {token}")

    stored = serializers.serialize("json", Record.objects.all())
    for kept in (response.text, caplog.text, stored, str(response.headers)):
        for part in token.split("."):
            assert part not in kept
    assert text_of(read_page(response).select_one("textarea")) == ""


@pytest.mark.parametrize(
    ("nonsense", "told"),
    [
        ("nonsense", "This is not a JSON Web Token: it would have three parts"),
        ("a.b", "This is not a JSON Web Token: it would have three parts"),
        ("a.b.c", "its parts are no JSON in base64url"),
        ("e30.W10.x", "its parts are no JSON in base64url"),
        ("é.é.é", "its parts are no JSON in base64url"),
        ("a.b.c.d.e", "This token is encrypted"),
        ("", "Paste an access token."),
        ("x" * 20_001, "This is too long for an access token."),
        ("." * 2, "its parts are no JSON in base64url"),
    ],
    ids=lambda value: value[:20],
)
def test_inspect_what_is_no_token_says_so(
    admin: Client, keycloak: SandboxControl, reports: str, nonsense: str, told: str
) -> None:
    response = inspect(admin, reports, nonsense)

    page = read_page(response)
    assert response.status_code == 422
    assert told in text_of(page.select_one(".field-error"))
    assert page.select_one("textarea")["aria-invalid"] == "true"  # type: ignore[index]
    assert text_of(page.select_one("textarea")) == ""
    assert keycloak.writes() == []


def test_inspect_what_is_no_token_is_recorded_without_it(
    admin: Client, reports: str
) -> None:
    inspect(admin, reports, "my-secret-by-mistake")

    entry = only_entry()
    assert_recorded(entry, Action.TOKEN_INSPECT, Outcome.FAILED, name=NAME)
    assert "JSON Web Token" in entry.explanation
    assert "mistake" not in entry.explanation


def test_inspect_a_token_of_another_client_says_so(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    other = keycloak.add_client("svc-other")
    token = get_token(keycloak, other, "svc-other")

    page = read_page(inspect(admin, reports, token))

    assert "It was issued to svc-other." in text_of(page.main)
    assert "Configured lifetime" not in facts(page)


def test_inspect_a_token_of_another_organization(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    token = as_token({"alg": "RS256", "kid": "x"}, {"azp": NAME})

    page = read_page(inspect(admin, reports, token))

    assert "Not signed by this organization" in text_of(page.main)
    assert set(facts(page).values()) >= {"Not said"}


def test_inspect_without_keys_does_not_judge_the_signature(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    token = get_token(keycloak, reports)
    keycloak.fail("GET", "certs$", "status", status=500)

    page = read_page(inspect(admin, reports, token))

    assert "Signature not checked" in text_of(page.main)


def test_inspect_a_token_that_expired(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    now = int(time.time())
    token = as_token({"alg": "none"}, {"iat": now - 900, "exp": now - 600})

    found = facts(read_page(inspect(admin, reports, token)))

    assert found["Expires in"] == "Expired 10 min ago"
    assert found["Effective lifetime"] == "5 minutes"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": "soon", "iat": None},
        {"exp": 10**30, "iat": -(10**30)},
        {"exp": 1e400, "iat": True},
        {"realm_access": [], "resource_access": "x"},
        {
            "realm_access": {"roles": "x"},
            "resource_access": {"a": {"roles": [1]}},
        },
        {"azp": ["x"], "<script>alert(1)</script>": '"><img src=x>'},
        {},
    ],
    ids=lambda claims: ",".join(claims) or "none",
)
def test_inspect_odd_claims_harms_nobody(
    admin: Client, reports: str, claims: dict[str, Any]
) -> None:
    response = inspect(admin, reports, as_token({"alg": []}, claims))

    assert response.status_code == 200
    assert read_page(response).select("#inspection script, #inspection img") == []


def test_inspect_of_an_unknown_client_is_not_there(
    admin: Client, keycloak: SandboxControl
) -> None:
    uuid = "0b57b6c8-1f0b-4f3f-8e54-0c4de1a0a001"

    assert inspect(admin, uuid, "a.b.c").status_code == 404
