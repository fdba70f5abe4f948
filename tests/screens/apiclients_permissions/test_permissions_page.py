"""The Client Permissions tab: what a client may do, and where it has it from."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from apiclients.models import CatalogueRole, IndexedClient
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_permissions.roles import permissions_page, read_catalogue
from tests.screens.browser import banners, heading

SVC = "service-account-svc-reports"


def rows(page: BeautifulSoup) -> dict[str, list[str]]:
    """Each row's cells by the name of its role."""
    found = {}
    for row in page.select("table.permissions tbody tr"):
        name, *cells = [text_of(cell) for cell in row.select("td")]
        found[name] = cells
    return found


def open_tab(browser: Client, uuid: str) -> BeautifulSoup:
    response: Any = browser.get(permissions_page(uuid))
    assert response.status_code == 200
    return read_page(response)


def test_permissions_without_any_says_so(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    page = open_tab(admin, reports)

    assert "This client has no permissions yet" in text_of(page.main)
    assert page.select("table") == []
    link = page.select_one("main .empty a")
    assert text_of(link) == "Assign permissions"
    assert keycloak.writes() == []


def test_permissions_are_listed_with_their_scope(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(
        SVC, realm=["reports-reader"], client={"production": ["manage-clusters"]}
    )

    page = open_tab(admin, reports)

    assert rows(page) == {
        "reports-reader": [
            "Organization",
            "Read scheduled reports and alerts",
            "Assigned directly",
            "Remove",
        ],
        "manage-clusters": [
            "production",
            "Create, scale, upgrade and restart clusters",
            "Assigned directly",
            "Remove",
        ],
    }
    assert "2 permissions." in text_of(page.main)


def test_permissions_of_a_composite_are_inherited(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["visualization-team"])

    page = open_tab(admin, reports)

    found = rows(page)
    assert found["visualization-team"][2:] == ["Assigned directly", "Remove"]
    for name in ("reports-reader", "reports-editor", "access-datasets"):
        assert found[name][2:] == ["visualization-team", "Comes with its role"]
    assert "5 permissions, 4 of them inherited." in text_of(page.main)
    [first, *_] = page.select("td.c-from a")
    assert page.select(str(first["href"])), "the link leads to its row"


def test_permissions_that_are_inherited_and_direct_can_be_removed(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["visualization-team", "reports-reader"])

    found = rows(open_tab(admin, reports))

    assert found["reports-reader"][2:] == [
        "visualization-team and assigned directly",
        "Remove",
    ]


def test_permissions_fold_away_what_every_client_has(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["reports-reader"])

    page = open_tab(admin, reports)

    assert list(rows(page)) == ["reports-reader"]
    folded = text_of(page.select("details.more")[-1])
    assert "Every client has these (6)" in folded
    for name in ("default-roles-northwind", "offline_access", "account: view-profile"):
        assert name in folded


def test_permissions_say_what_a_token_carries(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, client={"production": ["access-datasets"]})

    carried = text_of(open_tab(admin, reports).select_one("details pre"))

    assert '"production" : { "roles" : [ "access-datasets" ] }' in carried
    assert '"default-roles-northwind"' in carried


def test_permissions_with_full_scope_off_warn(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["reports-reader"])
    keycloak.change_client(reports, fullScopeAllowed=False)

    page = open_tab(admin, reports)

    assert banners(page)[0].startswith("Full scope is off.")
    assert list(rows(page)) == ["reports-reader"]
    assert "What a token of this client carries" not in text_of(page.main)


def test_permissions_of_another_client_than_an_environment_are_shown(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, client={"broker": ["read-token"]})

    assert rows(open_tab(admin, reports))["read-token"][0] == "broker"


def test_permissions_show_hostile_names_as_text(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    name = '<script>alert(1)</script>"&'
    keycloak.define_role(name, description="<b>bold</b>")
    read_catalogue()
    keycloak.give_roles(SVC, realm=[name])

    page = open_tab(admin, reports)

    assert name in rows(page)
    assert rows(page)[name][1] == "<b>bold</b>"


def test_permissions_of_a_composite_that_is_not_known_yet(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.define_role("brand-new", realm=["reports-reader"])
    keycloak.give_roles(SVC, realm=["brand-new"])

    page = open_tab(admin, reports)

    assert list(rows(page)) == ["brand-new"]
    assert "brand-new contains other roles." in text_of(page.main)


def test_permissions_before_the_first_synchronisation(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    CatalogueRole.objects.all().delete()
    keycloak.give_roles(SVC, realm=["reports-reader"])

    assert list(rows(open_tab(admin, reports))) == ["reports-reader"]


def test_permissions_of_a_client_that_became_an_administrator_are_not_there(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, client={"realm-management": ["view-users"]})

    response = admin.get(permissions_page(reports))

    assert response.status_code == 404
    assert heading(read_page(response)) == "There is nothing here"
    assert IndexedClient.objects.get(uuid=reports).protected


def test_permissions_are_counted_into_the_index(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.give_roles(SVC, realm=["visualization-team"])

    open_tab(admin, reports)

    assert IndexedClient.objects.get(uuid=reports).permissions == 5


def test_permissions_while_keycloak_is_away(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.fail("GET", "role-mappings$", "status", status=500)

    response = admin.get(permissions_page(reports))

    assert response.status_code == 503
    assert "Keycloak is not answering." in text_of(read_page(response).main)
