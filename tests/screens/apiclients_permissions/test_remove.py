"""Removing a permission: whoever sees the client may, whatever the role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.models import Action, Outcome
from tests.pages import read_page
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients_permissions.roles import (
    held_by,
    mapping,
    permissions_page,
    post_removal,
)
from tests.screens.browser import banners, find_form, follow, heading
from tests.screens.records import (
    assert_names_the_entry,
    assert_recorded,
    entries,
    only_entry,
)

SVC = "service-account-svc-reports"
NAME = "svc-reports"


@pytest.fixture
def given(keycloak: SandboxControl, reports: str) -> str:
    """The client with a role that client-admin could not assign."""
    keycloak.give_roles(SVC, client={"production": ["manage-clusters"]})
    keycloak.forget_calls()
    return reports


def test_remove_takes_the_role_away_and_records_it(
    admin: Client, keycloak: SandboxControl, given: str
) -> None:
    form = find_form(read_page(admin.get(permissions_page(given))), "Remove")

    response = admin.post(form.action, form.values)

    assert keycloak.writes() == [f"DELETE {mapping(given, 'production')}"]
    assert held_by(given) == set()
    assert response["Location"] == permissions_page(given)
    assert banners(follow(admin, response)) == [
        (
            "Removed production: manage-clusters. "
            "Tokens issued from now on do not carry it."
        )
    ]
    entry = only_entry()
    assert_recorded(entry, Action.ROLE_REMOVE, Outcome.SUCCEEDED, name=NAME)
    assert entry.changes == [
        {"field": "Permissions", "before": "production: manage-clusters", "after": ""}
    ]


def test_remove_leaves_the_other_roles(
    admin: Client, keycloak: SandboxControl, given: str
) -> None:
    keycloak.give_roles(SVC, realm=["visualization-team", "audit-reader"])

    post_removal(admin, given, "audit-reader")

    left = held_by(given)
    assert "audit-reader" not in left
    assert {"visualization-team", "production:manage-clusters"} <= left


@pytest.mark.parametrize("name", ["reports-reader", "realm-management:manage-users"])
def test_remove_what_the_client_does_not_hold(
    admin: Client, keycloak: SandboxControl, given: str, name: str
) -> None:
    response = post_removal(admin, given, name)

    assert "does not hold this role any more" in banners(follow(admin, response))[0]
    assert keycloak.writes() == []
    assert_recorded(only_entry(), Action.ROLE_REMOVE, Outcome.FAILED, name=NAME)


def test_remove_what_is_inherited_is_not_held_directly(
    admin: Client, keycloak: SandboxControl, given: str
) -> None:
    keycloak.give_roles(SVC, realm=["visualization-team"])

    post_removal(admin, given, "reports-reader")

    assert keycloak.writes() == []
    assert "reports-reader" in held_by(given)


def test_remove_a_role_that_vanished_on_the_way(
    admin: Client, keycloak: SandboxControl, given: str
) -> None:
    keycloak.fail("DELETE", "role-mappings", "status", status=404)

    response = post_removal(admin, given, "production:manage-clusters")

    assert "does not hold this role any more" in banners(follow(admin, response))[0]
    assert_recorded(only_entry(), Action.ROLE_REMOVE, Outcome.FAILED, name=NAME)


def test_remove_twice_does_it_once(
    admin: Client, keycloak: SandboxControl, given: str
) -> None:
    again = {"operation": new_operation()}
    follow(admin, post_removal(admin, given, "production:manage-clusters", **again))

    second = post_removal(admin, given, "production:manage-clusters", **again)

    assert banners(follow(admin, second)) == [
        "This form was sent twice. It was done once."
    ]
    assert len(keycloak.writes()) == 1
    assert len(entries()) == 1


def test_remove_overtaken_by_the_same_form_is_not_refused(
    admin: Client,
    keycloak: SandboxControl,
    given: str,
    overtake: Callable[[Callable[[], Any]], None],
) -> None:
    form = find_form(read_page(admin.get(permissions_page(given))), "Remove")

    overtake(lambda: admin.post(form.action, form.values))

    second = admin.post(form.action, form.values)

    assert "This form was sent twice. It was done once." in banners(
        follow(admin, second)
    )
    assert len(keycloak.writes()) == 1
    assert_recorded(only_entry(), Action.ROLE_REMOVE, Outcome.SUCCEEDED, name=NAME)


@pytest.mark.parametrize(
    ("fault", "status", "outcome"),
    [
        ({"action": "status", "status": 403}, 502, Outcome.FAILED),
        ({"action": "status", "status": 500}, 502, Outcome.UNKNOWN),
        ({"action": "drop_after"}, 502, Outcome.UNKNOWN),
    ],
    ids=["refused", "500", "no answer"],
)
def test_remove_that_goes_wrong_is_recorded(
    admin: Client,
    keycloak: SandboxControl,
    given: str,
    fault: dict[str, Any],
    status: int,
    outcome: Outcome,
) -> None:
    keycloak.fail("DELETE", "role-mappings", **fault)

    response = post_removal(admin, given, "production:manage-clusters")

    page = read_page(response)
    assert response.status_code == status
    certain = heading(page) == "Nothing was changed"
    assert certain is (outcome is Outcome.FAILED)
    assert len(keycloak.writes()) == 1
    assert_recorded(only_entry(), Action.ROLE_REMOVE, outcome, name=NAME)
    assert_names_the_entry(page, only_entry(), response)


def test_remove_without_saying_what_changes_nothing(
    admin: Client, keycloak: SandboxControl, given: str
) -> None:
    response = post_removal(admin, given, "reports-reader", role="")

    assert "Nothing was changed." in banners(follow(admin, response))[0]
    assert keycloak.writes() == []
