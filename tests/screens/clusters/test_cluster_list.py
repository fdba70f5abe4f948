"""The list of clusters: its rows, and why there may be none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from clusters.selectors import get_known_figures
from clusters.tasks import read_clusters
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import heading
from tests.screens.clusters.clusters import API, CLICKSTREAM, LIST, STAGING, restart


def rows(browser: Client) -> list[list[str]]:
    page = read_page(browser.get(LIST))
    return [
        [text_of(cell) for cell in row.select("td")]
        for row in page.select(".clusters tbody tr")
    ]


def test_cluster_list_shows_every_cluster_by_environment(owner: Client) -> None:
    assert rows(owner) == [
        ["analytics-prod", "production", "Running", "2026.10.1", "Off", "Manage"],
        ["clickstream-prod", "production", "Running", "2026.10.1", "On", "Manage"],
        ["analytics-staging", "staging", "Running", "2026.11.0", "Off", "Manage"],
    ]


def test_cluster_list_leads_to_each_cluster(owner: Client) -> None:
    page = read_page(owner.get(LIST))

    assert page.find("a", string="clickstream-prod")["href"] == (  # type: ignore[index]
        f"/clusters/{CLICKSTREAM}/"
    )
    manage = page.find("a", attrs={"aria-label": "Manage analytics-staging"})
    assert manage["href"] == f"/clusters/{STAGING}/setup/"  # type: ignore[index]
    assert page.select_one(".side [aria-current]").text == "Clusters"  # type: ignore[union-attr]


def test_cluster_list_costs_one_call(owner: Client, manager: SandboxControl) -> None:
    owner.get(LIST)

    manager.forget_calls()
    owner.get(LIST)

    assert manager.calls() == [f"GET {API}"]


def test_cluster_list_tells_which_restarts_with_one_more_call(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    manager.forget_calls()

    assert rows(owner)[0][2:5] == ["Updating", "2026.10.1", "Pending restart"]
    assert len(manager.calls()) == 2


def test_cluster_list_does_not_guess_when_several_restart(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    restart(owner, STAGING)
    manager.forget_calls()

    assert [row[4] for row in rows(owner)] == ["Unknown", "On", "Unknown"]
    assert len(manager.calls()) == 1


def test_cluster_list_shows_odd_clusters_as_they_come(
    owner: Client, manager: SandboxControl
) -> None:
    manager.change_cluster(
        "analytics-prod",
        state="REBALANCING",
        metadata={"name": "<script>alert(1)</script>"},
        spec={"featureFlags": None, "version": None},
    )

    assert rows(owner)[0] == [
        "<script>alert(1)</script>",
        "production",
        "REBALANCING",
        "Not known",
        "Unknown",
        "Manage",
    ]
    assert "<script>alert" not in owner.get(LIST).text


def test_cluster_list_without_clusters_says_why(
    owner: Client, manager: SandboxControl
) -> None:
    manager.fail("GET", f"{API}$", "status", status=200, body='{"items": []}')

    page = read_page(owner.get(LIST))

    assert text_of(page.select_one(".empty h2")) == "No clusters"
    assert "manage-clusters" in text_of(page.select_one(".empty"))


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        ({"status": 401}, 502, "Imply Manager does not accept this console"),
        ({"status": 403}, 502, "Imply Manager denies this console that"),
        ({"status": 404}, 502, "Imply Manager answered unreadably"),
        ({"status": 500}, 503, "Imply Manager is not answering"),
        ({"status": 302}, 503, "Imply Manager is not answering"),
        ({"status": 429}, 503, "Imply Manager is not answering"),
        ({"status": 200, "body": "[7]"}, 502, "Imply Manager answered unreadably"),
        ({"action": "garbage"}, 502, "Imply Manager answered unreadably"),
        ({"action": "drop_before"}, 503, "Imply Manager is not answering"),
    ],
)
def test_cluster_list_says_why_it_cannot_be_read(
    owner: Client,
    manager: SandboxControl,
    hasty: None,
    fault: dict[str, Any],
    status: int,
    title: str,
) -> None:
    manager.fail("GET", API, **{"action": "status", **fault})

    response = owner.get(LIST)

    page = read_page(response)
    assert (response.status_code, heading(page)) == (status, "Clusters")
    assert text_of(page.select_one(".empty h2")) == title
    assert page.find("a", string="Try again")


def test_without_the_role_the_manager_refuses_the_console(
    owner: Client, manager: SandboxControl
) -> None:
    account = "service-account-api-client-console"
    roles = {"production": ["manage-clusters"], "staging": ["manage-clusters"]}
    manager.give_roles(account, client=roles, remove=True)

    page = read_page(owner.get(LIST))

    assert "its service account lacks manage-clusters" in text_of(
        page.select_one(".empty")
    )


def test_without_a_manager_the_list_says_so_and_the_menu_has_no_clusters(
    as_person: Callable[[str], Client], settings: Settings
) -> None:
    settings.IMPLY_MANAGER_URL = ""

    page = read_page(as_person("account-admin").get(LIST))

    assert text_of(page.select_one(".empty h2")) == "Imply Manager is not connected"
    assert "IMPLY_MANAGER_URL" in text_of(page.select_one(".empty"))
    assert "Clusters" not in text_of(page.select_one(".side"))


@pytest.mark.parametrize("page", ["", "setup/", "flags/", "restart/"])
def test_without_a_manager_there_is_no_cluster(
    as_person: Callable[[str], Client], settings: Settings, page: str
) -> None:
    settings.IMPLY_MANAGER_URL = ""

    assert as_person("account-admin").get(f"/clusters/x/{page}").status_code == 404


def test_what_was_read_last_is_remembered_without_a_call(
    owner: Client, manager: SandboxControl, hasty: None
) -> None:
    assert get_known_figures().read_at is None

    read_clusters.func()
    manager.fail("GET", API, "status", status=500)
    owner.get(LIST)

    figures = get_known_figures()
    assert str(figures) == "1 of 3"
    assert figures.read_at is not None
    assert figures.read_at <= timezone.now()
