"""Rule 2: knowing a secret is holding its powers, so nobody gets more than theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from audit.models import Outcome
from tests.pages import as_htmx, read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    DELETE,
    DISABLE,
    READINGS,
    REGENERATE,
    UPDATE,
    Change,
    Reading,
)
from tests.screens.browser import heading
from tests.screens.records import assert_recorded, only_entry

ROLES: dict[str, Any] = {
    "realm": ["reports-reader"],
    "client": {"production": ["access-datasets"]},
}
telling = pytest.mark.parametrize("deed", [*READINGS, REGENERATE], ids=str)


@pytest.fixture
def strong(keycloak: SandboxControl, reports: str) -> str:
    """svc-reports, with roles that client-admin does not hold."""
    keycloak.give_roles("service-account-svc-reports", **ROLES)
    return reports


def send(browser: Client, deed: Change | Reading, uuid: str, **details: Any) -> Any:
    if isinstance(deed, Reading):
        return browser.post(deed.address(uuid), **details)
    return browser.post(*deed.open(browser, uuid), **details)


@telling
def test_a_secret_beyond_ones_rights_is_refused_naming_the_roles_and_recorded(
    admin: Client, keycloak: SandboxControl, strong: str, deed: Change | Reading
) -> None:
    response = send(admin, deed, strong)

    page = read_page(response)
    assert response.status_code == 403
    assert heading(page) == "Nothing was changed"
    text = text_of(page.main)
    assert "production:access-datasets, reports-reader" in text
    assert "roles that you may not hand out" in text
    assert text_of(page.select_one(".banner code")) == response["X-Request-ID"]
    assert keycloak.writes() == []
    assert not [call for call in keycloak.reads() if "client-secret" in call]
    entry = only_entry()
    assert_recorded(entry, deed.action, Outcome.FAILED, name="svc-reports")
    assert entry.summary == deed.tried
    assert entry.object_id == strong
    assert "production:access-datasets, reports-reader" in entry.explanation
    assert entry.record.request_id == response["X-Request-ID"]
    assert page.find("a", href=reverse("audit:entry", args=[entry.record.id]))


@telling
def test_a_secret_beyond_ones_rights_is_refused_to_htmx_in_the_place_for_alerts(
    admin: Client, strong: str, deed: Change | Reading
) -> None:
    response = send(admin, deed, strong, headers=as_htmx("client-secret"))

    assert response.status_code == 403
    assert response["HX-Retarget"] == "#alerts"
    assert "reports-reader" in response.text
    assert "<html" not in response.text


@telling
def test_roles_inside_a_composite_count(
    admin: Client, keycloak: SandboxControl, reports: str, deed: Change | Reading
) -> None:
    keycloak.give_roles("service-account-svc-reports", realm=["visualization-team"])

    response = send(admin, deed, reports)

    assert response.status_code == 403
    for name in ("visualization-team", "reports-editor", "production:access-datasets"):
        assert name in response.text


@telling
def test_roles_count_where_the_clients_full_scope_is_off(
    admin: Client, keycloak: SandboxControl, strong: str, deed: Change | Reading
) -> None:
    keycloak.change_client(strong, fullScopeAllowed=False)

    response = send(admin, deed, strong)

    assert response.status_code == 403
    assert "production:access-datasets, reports-reader" in response.text


@telling
def test_roles_that_were_given_meanwhile_count(
    admin: Client, keycloak: SandboxControl, reports: str, deed: Change | Reading
) -> None:
    send(admin, deed, reports)
    keycloak.give_roles("service-account-svc-reports", **ROLES)

    response = send(admin, deed, reports)

    assert response.status_code == 403


@telling
def test_the_secret_of_a_client_with_delegable_roles_is_told(
    admin: Client,
    settings: Settings,
    keycloak: SandboxControl,
    strong: str,
    deed: Change | Reading,
) -> None:
    settings.DELEGABLE_ROLES = ["reports-reader", "production:access-datasets"]

    response = send(admin, deed, strong)

    assert response.status_code == 200
    assert keycloak.secret(strong) in response.text


@telling
def test_a_role_of_the_same_name_elsewhere_is_not_delegable(
    admin: Client, settings: Settings, strong: str, deed: Change | Reading
) -> None:
    settings.DELEGABLE_ROLES = [
        *("production:reports-reader", "access-datasets", "staging:access-datasets")
    ]

    response = send(admin, deed, strong)

    assert response.status_code == 403


@telling
def test_the_secret_of_a_client_with_ones_own_roles_is_told(
    admin: Client, keycloak: SandboxControl, strong: str, deed: Change | Reading
) -> None:
    keycloak.give_roles("client-admin", **ROLES)

    response = send(admin, deed, strong)

    assert response.status_code == 200
    assert keycloak.secret(strong) in response.text


@telling
def test_account_administrators_are_told_every_secret(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    strong: str,
    deed: Change | Reading,
) -> None:
    response = send(as_person("account-admin"), deed, strong)

    assert response.status_code == 200
    assert keycloak.secret(strong) in response.text
    assert_recorded(
        only_entry(),
        deed.action,
        Outcome.SUCCEEDED,
        name="svc-reports",
        username="account-admin",
    )


@pytest.mark.parametrize("deed", [UPDATE, DISABLE, DELETE], ids=str)
def test_what_tells_no_secret_is_allowed_whatever_the_clients_roles(
    admin: Client, keycloak: SandboxControl, strong: str, deed: Change
) -> None:
    response = send(admin, deed, strong)

    assert response.status_code == 302
    assert keycloak.writes() == deed.calls(strong)
