"""Revoking the issued tokens of a client."""

import time
from typing import Any

import pytest
from django.test import Client

from audit.models import Action, Outcome
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_tokens.asking import (
    CLIENTS,
    address,
    ask_userinfo,
    get_token,
)
from tests.screens.broken_log import broken_log
from tests.screens.browser import banners, fill_in, follow, heading, open_form
from tests.screens.records import assert_names_the_entry, assert_recorded, only_entry

NAME = "svc-reports"
BUTTON = "Revoke issued tokens"


def revoke(browser: Client, uuid: str, **values: Any) -> Any:
    return fill_in(browser, address("token-revoke", uuid), BUTTON, **values)


def test_revoke_has_userinfo_refuse_tokens_from_before(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    token = get_token(keycloak, reports, scope="openid")
    before = ask_userinfo(keycloak, token)

    revoke(admin, reports)

    assert (before, ask_userinfo(keycloak, token)) == (200, 401)
    time.sleep(1.1)
    new = get_token(keycloak, reports, scope="openid")
    assert ask_userinfo(keycloak, new) == 200


def test_revoke_is_one_recorded_write(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    started = int(time.time())

    response = revoke(admin, reports, reason="Leaked on a laptop")

    assert keycloak.writes() == [f"PUT {CLIENTS}/{reports}"]
    assert response["Location"] == address("tokens", reports)
    not_before = configured.clients().get_client(reports).not_before
    assert not_before
    assert started < not_before.timestamp() <= time.time() + 1
    entry = only_entry()
    assert_recorded(entry, Action.TOKEN_REVOKE, Outcome.SUCCEEDED, name=NAME)
    assert entry.record.reason == "Leaked on a laptop"
    assert entry.changes == [
        {
            "field": "Tokens refused if issued before",
            "before": "",
            "after": f"{not_before:%Y-%m-%d %H:%M:%S} UTC",
        }
    ]


def test_revoke_says_honestly_until_when_tokens_may_still_work(
    admin: Client, reports: str
) -> None:
    page = follow(admin, revoke(admin, reports))

    [told] = banners(page)
    assert told.startswith(
        "Revoked the issued tokens. Services that ask Keycloak refuse"
    )
    assert "services that check only the signature accept them until" in told
    assert "Refused so far: all that were issued before" in text_of(page.main)


def test_revoke_asks_first(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    page = read_page(admin.get(address("token-revoke", reports)))

    assert heading(page) == "Revoke the issued tokens of svc-reports?"
    assert "at most 10 hours" in text_of(page.main)
    assert keycloak.writes() == []


def test_revoke_leaves_the_rest_of_the_client_alone(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    secret = keycloak.secret(reports)
    keycloak.give_roles(f"service-account-{NAME}", realm=["reports-reader"])
    before = dict(configured.clients().get_client(reports).representation)

    revoke(admin, reports)

    after = dict(configured.clients().get_client(reports).representation)
    assert before.pop("notBefore") == 0
    assert after.pop("notBefore") > 0
    assert after == before
    assert keycloak.secret(reports) == secret


def test_revoke_twice_does_it_once(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    form = open_form(admin, address("token-revoke", reports), BUTTON)
    follow(admin, admin.post(form.action, form.values))

    second = admin.post(form.action, form.values)

    assert second["Location"] == address("tokens", reports)
    assert banners(follow(admin, second)) == [
        "This form was sent twice. It was done once."
    ]
    assert len(keycloak.writes()) == 1


@pytest.mark.parametrize(
    ("fault", "status", "outcome"),
    [
        ({"action": "status", "status": 403}, 502, Outcome.FAILED),
        ({"action": "status", "status": 500}, 502, Outcome.UNKNOWN),
        ({"action": "drop_after"}, 502, Outcome.UNKNOWN),
    ],
    ids=["refused", "500", "no answer"],
)
def test_revoke_that_goes_wrong_is_recorded(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    fault: dict[str, Any],
    status: int,
    outcome: Outcome,
) -> None:
    keycloak.fail("PUT", f"clients/{reports}$", **fault)

    response = revoke(admin, reports)

    page = read_page(response)
    assert response.status_code == status
    assert len(keycloak.writes()) == 1
    assert_recorded(only_entry(), Action.TOKEN_REVOKE, outcome, name=NAME)
    assert_names_the_entry(page, only_entry(), response)


def test_revoke_without_a_writable_log_sends_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    form = open_form(admin, address("token-revoke", reports), BUTTON)
    with broken_log():
        response = admin.post(form.action, form.values)

    assert response.status_code == 503
    assert keycloak.writes() == []
