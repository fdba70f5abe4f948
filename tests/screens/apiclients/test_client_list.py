"""The list of API clients: its rows, its states, and the menu of each client."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apiclients.models import Synchronisation
from tests.factories import make_indexed_client
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST, ids, open_list
from tests.screens.browser import heading

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


def test_client_list_shows_each_client_with_its_facts(admin: Client) -> None:
    make_indexed_client(
        "svc-reports",
        description="Nightly reports",
        owner="finance@northwind.example",
        access_token_lifespan=900,
        secret_created_at=timezone.now() - timedelta(days=41, hours=1),
    )

    page = open_list(admin)

    row = page.select("#clients tbody tr")[0]
    text = text_of(row)
    for fact in (
        *("svc-reports", "Nightly reports", "Enabled", "15 min", "41 days"),
        "finance@northwind.example",
    ):
        assert fact in text
    assert heading(page) == "API Clients"


def test_client_list_tells_what_is_not_set(admin: Client) -> None:
    make_indexed_client("svc-bare", enabled=False)

    text = text_of(open_list(admin).select("#clients tbody tr")[0])

    assert "Disabled" in text
    assert "5 min default" in text
    assert "Not known" in text


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        ({"access_token_lifespan": 3601}, "above 1 hour"),
        ({"access_token_lifespan": -1}, "above 1 hour"),
        (
            {"secret_created_at": timezone.now() - timedelta(days=91)},
            "older than 90 days",
        ),
    ],
    ids=["3601 s", "never ends", "an old secret"],
)
def test_client_list_flags_what_deserves_a_look(
    admin: Client, values: dict[str, object], warning: str
) -> None:
    make_indexed_client("svc-reports", **values)

    text = text_of(open_list(admin).select_one("#clients .flagged"))

    assert warning in text


def test_client_list_does_not_show_protected_clients(admin: Client) -> None:
    make_indexed_client("svc-open")
    make_indexed_client("svc-hidden", protected=True)

    page = open_list(admin)

    assert ids(page) == ["svc-open"]
    assert "of 1" in text_of(page.select_one(".pager .numbers"))


def test_client_list_has_one_menu_for_all_its_rows(admin: Client) -> None:
    make_indexed_client("svc-a")
    make_indexed_client("svc-b")

    page = open_list(admin)

    names = ["Actions for svc-a", "Actions for svc-b"]
    buttons = page.select("tbody button")
    assert [button["aria-label"] for button in buttons] == names
    [menu] = page.select(f"#{buttons[0]['popovertarget']}")
    assert {button["popovertarget"] for button in buttons} == {menu["id"]}
    found = {text_of(link): link["data-page"] for link in menu.select("a")}
    assert found == {
        "Edit": "",
        "Credentials": "credentials/",
        "Disable": "disable/",
        "Enable": "enable/",
        "Delete": "delete/",
    }


@pytest.mark.parametrize(("enabled", "state"), [(True, "enabled"), (False, "disabled")])
def test_client_list_menu_leads_to_pages_that_are_there(
    admin: Client, keycloak: SandboxControl, enabled: bool, state: str
) -> None:
    uuid = keycloak.add_client("svc-reports", enabled=enabled)
    make_indexed_client("svc-reports", uuid=uuid, enabled=enabled)

    page = open_list(admin)

    [row] = page.select("#clients a.id")
    links = [
        link
        for link in page.select("#actions a")
        if link.get("data-when", state) == state
    ]
    assert len(links) == 4
    for link in links:
        address = f"{row['href']}{link['data-page']}"
        assert admin.get(address).status_code == 200, address


def test_client_list_links_lead_to_pages_that_are_there(
    admin: Client, keycloak: SandboxControl
) -> None:
    uuid = keycloak.add_client("svc-reports")
    make_indexed_client("svc-reports", uuid=uuid)

    links = open_list(admin).select("tbody a")

    for link in links:
        assert admin.get(str(link["href"])).status_code == 200, link["href"]


def test_client_list_of_an_organization_without_clients(admin: Client) -> None:
    page = open_list(admin)

    empty = page.select_one("#clients .empty")
    assert "No API clients yet" in text_of(empty)
    assert empty is not None
    link = empty.select("a")[0]
    assert text_of(link) == "Create API Client"
    assert link["href"] == reverse("apiclients:create")


def test_client_list_without_a_match_offers_to_clear_the_filters(
    admin: Client,
) -> None:
    make_indexed_client("svc-reports")

    empty = open_list(admin, q="nothing like it").select_one("#clients .empty")

    assert "No client matches these filters" in text_of(empty)
    assert empty is not None
    link = empty.select("a")[0]
    assert text_of(link) == "Clear filters"
    assert link["href"] == LIST


def test_client_list_before_the_first_synchronisation(admin: Client) -> None:
    Synchronisation.objects.all().delete()

    page = open_list(admin)

    assert "The list is empty so far" in text_of(page.select_one("#clients .empty"))
    assert "have not been read from Keycloak yet" in text_of(page.select_one("#sync"))


def test_client_list_shows_a_client_before_the_limits_are_known(admin: Client) -> None:
    Synchronisation.objects.all().delete()
    make_indexed_client("svc-first")

    page = open_list(admin)

    assert ids(page) == ["svc-first"]


def test_client_list_during_the_first_synchronisation(admin: Client) -> None:
    Synchronisation.objects.update(
        started_at=timezone.now(), finished_at=None, clients_so_far=3500
    )

    page = open_list(admin)

    assert "Reading the API clients" in text_of(page.select_one("#clients .empty"))
    sync = page.select_one("#sync")
    assert "Synchronising: 3,500 clients so far" in text_of(sync)
    assert sync is not None
    assert sync.select_one("progress")
    assert sync.select_one("a[hx-get][hx-trigger]")


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE audit_record; --",
    "{{ 7|add:1 }}{% now 'Y' %}",
    "javascript:alert(1)",
    "a/../../b?c#d",
    "\u202egnp.exe",
    "=cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_client_list_shows_hostile_text_as_text(admin: Client, hostile: str) -> None:
    make_indexed_client(hostile, description=hostile, owner=hostile)

    page = open_list(admin)

    assert ids(page) == [" ".join(hostile.split())]
    row = page.select("#clients tbody tr")[0]
    assert hostile in str(row.select_one(".sub").get_text())  # type: ignore[union-attr]
    assert not row.select("script, img")
    button = page.find("button", attrs={"aria-label": f"Actions for {hostile}"})
    assert button is not None


def test_client_list_is_titled_and_marked_in_the_menu(admin: Client) -> None:
    page = open_list(admin)

    assert text_of(page.title) == "API Clients · API client console"
    current = page.select('nav[aria-label="Main"] [aria-current=page]')
    assert [text_of(link) for link in current] == ["API Clients"]


def test_client_list_is_where_the_home_page_or_its_menu_leads(admin: Client) -> None:
    home = admin.get("/", follow=True)

    page = read_page(home)
    assert page.find("a", href=LIST)
