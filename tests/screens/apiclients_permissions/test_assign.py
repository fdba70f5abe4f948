"""Assigning permissions: one recorded write for each container."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from audit.models import Action, Outcome
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients_permissions.roles import (
    assign_page,
    held_by,
    mapping,
    permissions_page,
    post_roles,
    read_catalogue,
    role_id,
)
from tests.screens.broken_log import broken_log
from tests.screens.browser import banners, fill_in, follow, heading, open_form
from tests.screens.records import (
    assert_names_the_entry,
    assert_recorded,
    entries,
    only_entry,
)

SVC = "service-account-svc-reports"
NAME = "svc-reports"


def choice(page: BeautifulSoup, name: str, scope: str = "Organization") -> Any:
    """The label of a role on the page, in the group of its scope."""
    for group in page.select("fieldset.picks"):
        if text_of(group.select_one("legend")).startswith(scope):
            for label in group.select("label"):
                if text_of(label.select_one("code")) == name:
                    return label
    raise AssertionError(f"no role {name!r} in {scope}")


def is_offered(label: Any) -> bool:
    return not label.select_one("input").has_attr("disabled")


def test_assign_gives_the_role_and_records_it(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    response = post_roles(admin, reports, ["reports-reader"])

    assert keycloak.writes() == [f"POST {mapping(reports)}"]
    assert held_by(reports) == {"reports-reader"}
    assert response["Location"] == permissions_page(reports)
    assert banners(follow(admin, response))[0] == (
        "Assigned reports-reader. Tokens issued from now on carry in addition: "
        "reports-reader."
    )
    entry = only_entry()
    assert_recorded(entry, Action.ROLE_ASSIGN, Outcome.SUCCEEDED, name=NAME)
    assert entry.summary == "Assigned permissions to <b>svc-reports</b>"
    assert entry.object_id == reports
    assert entry.changes == [
        {"field": "Permissions", "before": "", "after": "reports-reader"}
    ]


def test_assign_works_from_its_own_page(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    fill_in(
        admin, assign_page(reports), "Save", roles=role_id("production:access-datasets")
    )

    assert held_by(reports) == {"production:access-datasets"}


def test_assign_writes_once_for_each_container(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    names = ["reports-reader", "production:access-datasets", "reports-editor"]

    post_roles(admin, reports, names)

    assert sorted(keycloak.writes()) == sorted(
        [f"POST {mapping(reports)}", f"POST {mapping(reports, 'production')}"]
    )
    assert held_by(reports) == set(names)
    found = entries()
    assert [entry.outcome.value for entry in found] == ["succeeded"] * 2
    assert {entry.changes[0]["after"] for entry in found} == {
        "reports-reader, reports-editor",
        "production: access-datasets",
    }


def test_assign_a_composite_tells_all_that_tokens_gain(
    as_person: Callable[[str], Client], keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["reports-reader"])
    browser = as_person("account-admin")

    response = post_roles(browser, reports, ["visualization-team"])

    assert banners(follow(browser, response))[0].endswith(
        "in addition: reports-editor, visualization-team, "
        "production: access-datasets, production: administer-dashboards."
    )


def test_assign_what_is_held_already_gains_nothing(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["reports-reader"])

    response = post_roles(admin, reports, ["reports-reader"])

    assert "carry what they did before" in banners(follow(admin, response))[0]


def test_assign_says_that_tokens_carry_nothing_with_full_scope_off(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, fullScopeAllowed=False)

    response = post_roles(admin, reports, ["reports-reader"])

    assert held_by(reports) == {"reports-reader"}
    assert "full scope is off" in banners(follow(admin, response))[0]


def test_assign_any_role_as_administrator_of_the_account(
    as_person: Callable[[str], Client], keycloak: SandboxControl, reports: str
) -> None:
    names = ["administer-account", "audit-reader", "staging:manage-clusters"]

    post_roles(as_person("account-admin"), reports, names)

    assert held_by(reports) == set(names)


def test_assign_what_the_person_holds(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles("client-admin", client={"staging": ["manage-clusters"]})

    post_roles(admin, reports, ["staging:manage-clusters", "administer-clients"])

    assert held_by(reports) == {"staging:manage-clusters", "administer-clients"}


def test_assign_page_groups_roles_by_scope(admin: Client, reports: str) -> None:
    page = read_page(admin.get(assign_page(reports)))

    legends = [text_of(each).split()[0] for each in page.select("fieldset legend")]
    assert legends == ["Organization", "production", "staging"]
    assert "default-roles-northwind" not in text_of(page.main)
    assert "manage-users" not in text_of(page.main)


def test_assign_page_says_why_a_role_is_greyed(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["reports-editor"])

    page = read_page(admin.get(assign_page(reports)))

    assert is_offered(choice(page, "reports-reader"))
    for name, scope, why in (
        ("audit-reader", "Organization", "You do not hold it."),
        ("manage-clusters", "production", "You do not hold it."),
        (
            "visualization-team",
            "Organization",
            "It gives production:administer-dashboards, which you do not hold.",
        ),
        (
            "platform-operator",
            "Organization",
            (
                "It contains realm-management:manage-clients, "
                "which administers Keycloak itself."
            ),
        ),
    ):
        label = choice(page, name, scope)
        assert not is_offered(label)
        assert text_of(label.select_one(".why")) == why
    held = choice(page, "reports-editor")
    assert not is_offered(held)
    assert text_of(held.select_one(".tag-line")) == "Held"


def test_assign_page_names_the_environment_by_its_shown_name(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    uuid = keycloak.add_client(
        "env-7", attributes={"console.environment": "Sales Europe"}
    )
    keycloak.define_role("access-datasets", owner="env-7")
    read_catalogue()

    page = read_page(admin.get(assign_page(reports)))

    assert not is_offered(choice(page, "access-datasets", "Sales Europe"))
    assert uuid


def test_assign_page_before_the_first_synchronisation(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    from apiclients.models import CatalogueRole

    CatalogueRole.objects.all().delete()

    page = read_page(admin.get(assign_page(reports)))

    assert "The roles are not known yet" in text_of(page.main)


def test_assign_page_searches_by_every_word(admin: Client, reports: str) -> None:
    page = read_page(admin.get(f"{assign_page(reports)}?q=query+STAGING"))

    shown = [text_of(code) for code in page.select("fieldset code")]
    assert shown == ["access-datasets"]
    assert page.select_one("main [name=q]")["value"] == "query STAGING"  # type: ignore[index]


def test_assign_page_without_a_match(admin: Client, reports: str) -> None:
    page = read_page(admin.get(f"{assign_page(reports)}?q=nothing-like-it"))

    assert "No role matches this search" in text_of(page.main)


def test_assign_search_keeps_what_was_ticked(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    form = open_form(admin, assign_page(reports), "Search")
    values = {"q": "editor", "roles": [role_id("reports-reader")], "search": "1"}

    page = follow(admin, admin.post(form.action, {**form.values, **values}))

    shown = [text_of(code) for code in page.select("fieldset code")]
    assert shown == ["reports-editor", "reports-reader"]
    assert choice(page, "reports-reader").select_one("input").has_attr("checked")
    assert keycloak.writes() == []
    assert entries() == []


def test_assign_nothing_is_said_at_the_form(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    response = admin.post(assign_page(reports), {"operation": new_operation()})

    assert response.status_code == 422
    assert "Tick at least one role." in text_of(read_page(response).main)
    assert keycloak.writes() == []
    assert entries() == []


def test_assign_twice_does_it_once(
    durable_db: None, admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    operation = new_operation()
    names = ["reports-reader", "production:access-datasets"]
    follow(admin, post_roles(admin, reports, names, operation=operation))

    second = post_roles(admin, reports, names, operation=operation)

    assert second["Location"] == permissions_page(reports)
    assert banners(follow(admin, second)) == [
        "This form was sent twice. It was done once."
    ]
    assert len(keycloak.writes()) == 2
    assert len(entries()) == 2


@pytest.mark.parametrize(("answer", "status"), [(400, 422), (403, 502), (409, 409)])
def test_assign_that_is_refused_changes_nothing(
    admin: Client, keycloak: SandboxControl, reports: str, answer: int, status: int
) -> None:
    keycloak.fail("POST", "role-mappings", "status", status=answer)

    response = post_roles(admin, reports, ["reports-reader"])

    page = read_page(response)
    assert response.status_code == status
    assert heading(page) == "Nothing was changed"
    assert held_by(reports) == set()
    entry = only_entry()
    assert_recorded(entry, Action.ROLE_ASSIGN, Outcome.FAILED, name=NAME)
    assert_names_the_entry(page, entry, response)


@pytest.mark.parametrize(
    "fault",
    [{"action": "drop_after"}, {"action": "status", "status": 500}],
    ids=["drop_after", "500"],
)
def test_assign_without_an_answer_is_unknown_and_not_repeated(
    admin: Client, keycloak: SandboxControl, reports: str, fault: dict[str, Any]
) -> None:
    keycloak.fail("POST", "role-mappings", **fault)

    response = post_roles(admin, reports, ["reports-reader"])

    page = read_page(response)
    assert response.status_code == 502
    assert heading(page).startswith("It may or may not have happened")
    assert len(keycloak.writes()) == 1
    entry = only_entry()
    assert_recorded(entry, Action.ROLE_ASSIGN, Outcome.UNKNOWN, name=NAME)
    assert_names_the_entry(page, entry, response)


def test_assign_that_fails_for_one_container_tells_of_each(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    path = mapping(reports, "production")
    keycloak.fail("POST", f"{path}$", "status", status=403)
    names = ["reports-reader", "production:access-datasets"]

    response = post_roles(admin, reports, names)

    page = read_page(response)
    assert response.status_code == 502
    assert heading(page) == "Not everything was assigned"
    told = [text_of(each) for each in page.select(".log li")]
    assert told[0] == "reports-reader Assigned"
    assert told[1].startswith("production: access-datasets Nothing was changed")
    assert "in addition: reports-reader." in text_of(page.main)
    assert held_by(reports) == {"reports-reader"}
    outcomes = {e.changes[0]["after"]: e.outcome.value for e in entries()}
    assert outcomes == {
        "reports-reader": "succeeded",
        "production: access-datasets": "failed",
    }


def test_assign_without_a_writable_log_sends_nothing(
    durable_db: None, admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    form = {"operation": new_operation(), "roles": [role_id("reports-reader")]}
    with broken_log():
        response = admin.post(assign_page(reports), form)

    assert response.status_code == 503
    assert keycloak.writes() == []
