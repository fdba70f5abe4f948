"""Attempts to hand out more than one may: refused, recorded, and nothing is sent."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client

from audit.models import Action, Outcome
from gateways import configured
from gateways.keycloak.models import Role
from gateways.keycloak.role_mappings import RoleMappingGateway
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_permissions.roles import (
    account_of,
    held_by,
    post_removal,
    post_roles,
    read_catalogue,
    role_id,
)
from tests.screens.browser import banners, heading
from tests.screens.records import assert_recorded, entries, only_entry

NAME = "svc-reports"
ADMIN_ROLE = {"realm-management": ["manage-users"]}
TAKEN_BACK = "It held more than allowed when it was read again after assigning."


@pytest.fixture
def hidden(keycloak: SandboxControl, reports: str) -> None:
    """Composites that hide what nobody may have, one and two levels deep."""
    keycloak.define_role("helper", client=ADMIN_ROLE)
    keycloak.define_role("helpers", realm=["helper", "reports-reader"])
    keycloak.define_role("team", owner="production", realm=["helpers"])
    keycloak.define_role("auditors", realm=["audit-reader", "reports-reader"])
    keycloak.define_role("all-auditors", realm=["auditors"])
    read_catalogue()
    keycloak.forget_calls()


NOBODY = [
    "realm-management:manage-users",
    "realm-management:query-clients",
    "realm-management:realm-admin",
    "platform-operator",
    "helper",
    "helpers",
    "production:team",
]
NOT_HELD = [
    "administer-account",
    "audit-reader",
    "staging:access-datasets",
    "production:manage-clusters",
    "visualization-team",
    "auditors",
    "all-auditors",
    "broker:read-token",
]
ATTEMPTS = [
    *(("client-admin", name) for name in [*NOBODY, *NOT_HELD]),
    *(("account-admin", name) for name in NOBODY),
]


@pytest.mark.usefixtures("hidden")
@pytest.mark.parametrize(("person", "name"), ATTEMPTS, ids=lambda value: str(value))
def test_a_role_beyond_ones_own_is_refused(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    reports: str,
    person: str,
    name: str,
) -> None:
    response = post_roles(as_person(person), reports, [name])

    page = read_page(response)
    assert response.status_code == 403
    assert banners(page)[0].startswith("Nothing was changed. This role cannot be")
    assert keycloak.writes() == []
    assert held_by(reports) == set()
    entry = only_entry()
    assert_recorded(
        entry, Action.ROLE_ASSIGN, Outcome.FAILED, name=NAME, username=person
    )
    assert name.replace(":", ": ") in entry.explanation
    assert page.find("a", href=f"/audit/{entry.record.id}/")


@pytest.mark.usefixtures("hidden")
def test_one_role_beyond_ones_own_stops_the_others(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    response = post_roles(
        admin, reports, ["reports-reader", "helpers", "production:access-datasets"]
    )

    assert response.status_code == 403
    assert keycloak.writes() == []
    assert held_by(reports) == set()


def test_a_delegable_composite_still_needs_all_that_is_in_it(
    admin: Client, keycloak: SandboxControl, reports: str, settings: Any
) -> None:
    settings.DELEGABLE_ROLES = ["visualization-team", "reports-reader"]

    response = post_roles(admin, reports, ["visualization-team"])

    assert response.status_code == 403
    assert keycloak.writes() == []


def test_a_composite_that_grew_since_the_last_pass_is_refused(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    """The catalogue still says that there is nothing in it."""
    keycloak.define_role("reports-reader", client=ADMIN_ROLE)

    response = post_roles(admin, reports, ["reports-reader"])

    assert response.status_code == 403
    assert keycloak.writes() == []
    assert "realm-management:manage-users" in only_entry().explanation


@pytest.mark.parametrize(
    "client_id",
    ["platform-automation", "legacy-provisioner", "pivot-web", "api-client-console"],
)
@pytest.mark.parametrize("post", [post_roles, post_removal])
def test_a_client_outside_the_rule_is_not_there(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    post: Callable[..., Any],
    client_id: str,
) -> None:
    client = configured.clients().find_client(client_id)
    assert client is not None
    roles = ["reports-reader"] if post is post_roles else "reports-reader"

    response = post(admin, client.uuid, roles)

    assert response.status_code == 404
    assert heading(read_page(response)) == "There is nothing here"
    assert keycloak.writes() == []
    entry = only_entry()
    action = Action.ROLE_ASSIGN if post is post_roles else Action.ROLE_REMOVE
    # Who reads the log learns no more than whoever guessed the uuid.
    assert_recorded(entry, action, Outcome.FAILED, name=client.uuid)
    assert client_id not in entry.explanation
    assert "reports-reader" in entry.explanation


def test_a_role_that_vanished_is_named(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    gone = role_id("reports-editor")
    keycloak.remove_role("reports-editor")

    response = post_roles(admin, reports, ["reports-reader"], roles=[gone])

    page = read_page(response)
    assert response.status_code == 403
    assert "reports-editor : It is not there any more." in text_of(page.main)
    assert keycloak.writes() == []
    assert "reports-editor" in only_entry().explanation


def test_a_role_with_another_name_than_the_chosen_one_is_gone(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    from apiclients.models import CatalogueRole

    chosen = role_id("reports-reader")
    CatalogueRole.objects.filter(id=chosen).update(name="reports-viewer")

    response = post_roles(admin, reports, [], roles=[chosen])

    assert response.status_code == 403
    assert keycloak.writes() == []


@pytest.mark.parametrize("nonsense", ["x", "..", "a/b", "é", "'; drop table"])
def test_what_is_no_role_is_refused(
    admin: Client, keycloak: SandboxControl, reports: str, nonsense: str
) -> None:
    response = post_roles(admin, reports, [], roles=[nonsense])

    assert response.status_code == 403
    assert keycloak.writes() == []
    assert nonsense in only_entry().explanation


@pytest.mark.parametrize("nonsense", ["x" * 37, ""])
def test_what_cannot_be_a_role_is_refused_by_the_form(
    admin: Client, keycloak: SandboxControl, reports: str, nonsense: str
) -> None:
    response = post_roles(admin, reports, [], roles=[nonsense])

    assert response.status_code == 422
    assert keycloak.writes() == []


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Have something happen between the judgement and the write."""

    def arrange(happens: Callable[[], Any]) -> None:
        write = RoleMappingGateway.map_roles

        def raced(
            self: RoleMappingGateway, user_id: str, roles: Sequence[Role]
        ) -> None:
            happens()
            write(self, user_id, roles)

        monkeypatch.setattr(RoleMappingGateway, "map_roles", raced)

    return arrange


@pytest.mark.parametrize("person", ["client-admin", "account-admin"])
def test_a_composite_that_grows_while_it_is_assigned_is_taken_back(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    reports: str,
    meanwhile: Callable[[Callable[[], Any]], None],
    person: str,
) -> None:
    meanwhile(lambda: keycloak.define_role("reports-reader", client=ADMIN_ROLE))
    names = ["reports-reader", "reports-editor", "production:access-datasets"]

    response = post_roles(as_person(person), reports, names)

    page = read_page(response)
    assert response.status_code == 409
    assert banners(page)[0].startswith("reports-reader was taken back at once.")
    assert held_by(reports) == {"reports-editor", "production:access-datasets"}
    undone, *rest = entries()
    assert_recorded(
        undone, Action.ROLE_REMOVE, Outcome.SUCCEEDED, name=NAME, username=person
    )
    assert undone.changes[0]["before"] == "reports-reader"
    assert undone.record.reason == TAKEN_BACK
    assert [e.record.action for e in rest] == [Action.ROLE_ASSIGN] * 2


def test_a_composite_that_grows_by_what_one_does_not_hold_is_taken_back(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    meanwhile(lambda: keycloak.define_role("reports-reader", realm=["audit-reader"]))

    post_roles(admin, reports, ["reports-reader"])

    assert held_by(reports) == set()


def test_a_composite_that_cannot_be_taken_back_is_said_so(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    meanwhile(lambda: keycloak.define_role("reports-reader", client=ADMIN_ROLE))
    keycloak.fail("DELETE", "role-mappings", "status", status=403)

    response = post_roles(admin, reports, ["reports-reader"])

    page = read_page(response)
    assert "reports-reader could not be taken back." in banners(page)[0]
    assert_recorded(entries()[0], Action.ROLE_REMOVE, Outcome.FAILED, name=NAME)


def test_a_composite_is_taken_back_also_if_its_write_got_no_answer(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    meanwhile(lambda: keycloak.define_role("reports-reader", client=ADMIN_ROLE))
    keycloak.fail("POST", "role-mappings", "drop_after", times=1)

    post_roles(admin, reports, ["reports-reader"])

    assert held_by(reports) == set()


def test_roles_that_cannot_be_read_again_are_reported(
    admin: Client,
    keycloak: SandboxControl,
    reports: str,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    meanwhile(lambda: keycloak.fail("GET", "roles-by-id", "status", status=500))

    response = post_roles(admin, reports, ["reports-reader"])

    assert banners(read_page(response))[0].startswith("Not read again.")
    check, assigned = entries()
    assert_recorded(check, Action.ROLE_ASSIGN, Outcome.UNKNOWN, name=NAME)
    assert_recorded(assigned, Action.ROLE_ASSIGN, Outcome.SUCCEEDED, name=NAME)


def test_keycloak_itself_would_let_a_hidden_admin_role_through(
    keycloak: SandboxControl, reports: str
) -> None:
    """So that the tests above prove something."""
    role = configured.roles().get_role(role_id("platform-operator"))

    configured.role_mappings().map_roles(account_of(reports), [role])

    assert "realm-management:manage-clients" in held_by(reports)
