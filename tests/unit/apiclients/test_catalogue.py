"""The role catalogue: what a synchronisation keeps of Keycloak's roles."""

from typing import Any

import pytest
from pytest_django import Settings

from apiclients import catalogue, permission_counts, synchronisation
from apiclients.models import CatalogueRole, IndexedClient, Synchronisation
from gateways.keycloak.models import Roles
from tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.django_db


def row(name: str, client_id: str = "") -> CatalogueRole:
    return CatalogueRole.objects.get(name=name, client_id=client_id)


def synchronise(keycloak: SandboxControl) -> list[str]:
    """A pass; the calls that it made about roles."""
    keycloak.forget_calls()
    synchronisation.synchronise()
    return [call for call in keycloak.calls("GET") if "role" in call]


def test_it_has_the_roles_of_the_organization_and_its_environments(
    keycloak: SandboxControl,
) -> None:
    synchronise(keycloak)

    found = set(CatalogueRole.objects.values_list("client_id", "scope"))
    assert found == {
        ("", "Organization"),
        ("production", "production"),
        ("staging", "staging"),
    }
    assert row("reports-reader").description == "Read scheduled reports and alerts"
    assert row("manage-clusters", "staging").client_uuid
    assert not CatalogueRole.objects.filter(name="manage-users").exists()


def test_it_expands_composites_and_flags_what_administers_keycloak(
    keycloak: SandboxControl,
) -> None:
    keycloak.define_role("outer", realm=["platform-operator", "reports-reader"])

    synchronise(keycloak)

    team = catalogue.contents(row("visualization-team"))
    assert team == Roles(
        frozenset({"visualization-team", "reports-reader", "reports-editor"}),
        frozenset(
            {("production", "access-datasets"), ("production", "administer-dashboards")}
        ),
    )
    assert row("visualization-team").composite
    assert not row("visualization-team").protected
    assert row("platform-operator").protected
    assert row("outer").protected, "two levels deep"
    assert ["realm-management", "manage-clients"] in row("outer").contained


def test_it_marks_what_every_client_has(keycloak: SandboxControl) -> None:
    synchronise(keycloak)

    marked = CatalogueRole.objects.filter(everyone=True)
    assert set(marked.values_list("name", flat=True)) == {
        *("default-roles-northwind", "offline_access", "uma_authorization")
    }
    everyone = catalogue.default_roles(CatalogueRole.objects.all())
    assert ("account", "view-profile") in everyone.client


def test_until_the_first_pass_it_knows_what_keycloak_gives_by_itself() -> None:
    assert catalogue.default_roles([]).realm == {
        *("default-roles-northwind", "offline_access", "uma_authorization")
    }


def test_it_follows_what_changes(keycloak: SandboxControl) -> None:
    keycloak.define_role("short-lived")
    keycloak.define_role("bundle", realm=["reports-reader"])
    synchronise(keycloak)
    keycloak.remove_role("short-lived")
    keycloak.define_role("bundle", realm=["reports-editor"])

    synchronise(keycloak)

    assert not CatalogueRole.objects.filter(name="short-lived").exists()
    assert row("bundle").contained == [["", "reports-editor"]]


def test_it_writes_nothing_where_nothing_changed(
    keycloak: SandboxControl, django_assert_max_num_queries: Any
) -> None:
    synchronise(keycloak)
    before = list(CatalogueRole.objects.order_by("id").values())

    synchronise(keycloak)

    assert list(CatalogueRole.objects.order_by("id").values()) == before


def test_an_environment_may_be_named_by_the_settings(
    keycloak: SandboxControl, settings: Settings
) -> None:
    settings.ENVIRONMENTS = ["env-9", "realm-management"]
    keycloak.add_client("env-9")
    keycloak.add_client("env-8", attributes={"console.environment": " "})
    for owner in ("env-8", "env-9"):
        keycloak.define_role("reader", owner=owner)

    synchronise(keycloak)

    assert row("reader", "env-9").scope == "env-9"
    assert not CatalogueRole.objects.filter(client_id="env-8").exists()
    assert not CatalogueRole.objects.filter(client_id="realm-management").exists()


def test_an_environment_that_is_none_any_more_takes_its_roles_along(
    keycloak: SandboxControl,
) -> None:
    uuid = keycloak.add_client("env-9", attributes={"console.environment": "Nine"})
    keycloak.define_role("reader", owner="env-9")
    synchronise(keycloak)
    assert row("reader", "env-9").scope == "Nine"
    keycloak.remove_client(uuid)

    synchronise(keycloak)

    assert not CatalogueRole.objects.filter(client_id="env-9").exists()


def test_it_reads_a_list_for_each_environment_and_each_composite_once(
    keycloak: SandboxControl,
) -> None:
    synchronise(keycloak)

    calls = synchronise(keycloak)

    plain = [call for call in calls if not call.endswith("/users")]
    assert sum(call.endswith("/composites") for call in plain) == 4
    assert sum(call.endswith("northwind/roles") for call in plain) == 1
    # Two environments, and realm-management's own.
    assert sum("/clients/" in c and c.endswith("/roles") for c in plain) == 3
    assert len(plain) == 8


def test_permissions_are_counted_once_an_hour(keycloak: SandboxControl) -> None:
    uuid = keycloak.add_client("SVC-Upper")
    bare = keycloak.add_client("svc-bare")
    keycloak.give_roles(
        "service-account-svc-upper",
        realm=["visualization-team", "reports-reader"],
        client={"staging": ["access-datasets"]},
    )

    first = synchronise(keycloak)
    second = synchronise(keycloak)

    assert IndexedClient.objects.get(uuid=uuid).permissions == 6
    assert IndexedClient.objects.get(uuid=bare).permissions == 0
    members = "roles/reports-reader/users"
    assert [call for call in first if call.endswith(members)]
    assert not [call for call in second if call.endswith(members)]


def test_permissions_are_counted_again_after_the_hour(keycloak: SandboxControl) -> None:
    uuid = keycloak.add_client("svc-reports")
    synchronise(keycloak)
    keycloak.give_roles("service-account-svc-reports", realm=["reports-reader"])
    state = Synchronisation.get()
    assert state.permissions_counted_at
    state.permissions_counted_at -= permission_counts.EVERY
    state.save()

    synchronise(keycloak)

    assert IndexedClient.objects.get(uuid=uuid).permissions == 1
