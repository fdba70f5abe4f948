"""The line above the list: how old it is, and asking for a newer one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apiclients import synchronisation, tasks
from apiclients.models import IndexedClient, Synchronisation
from gateways.errors import GatewayError
from tests.factories import make_indexed_client
from tests.pages import text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST, ids, open_list
from tests.screens.browser import find_form, follow

REFRESH = reverse("apiclients:refresh")
pytestmark = pytest.mark.usefixtures("keycloak")


def sync_line(browser: Client) -> str:
    return text_of(open_list(browser).select_one("#sync"))


def enqueued() -> list[str]:
    return [task.task_path for task in DBTaskResult.objects.all()]


def test_synchronisation_line_says_how_old_the_list_is(
    admin: Client, synchronised: Synchronisation
) -> None:
    then = timezone.now() - timedelta(minutes=4)
    Synchronisation.objects.update(started_at=then, finished_at=then)

    assert sync_line(admin).startswith("Up to date 4 min ago")


def test_synchronisation_line_says_that_keycloak_is_away_and_since_when(
    admin: Client, synchronised: Synchronisation
) -> None:
    make_indexed_client("svc-reports")
    Synchronisation.objects.update(
        finished_at=datetime(2026, 1, 2, 14, 2, tzinfo=UTC), failed_at=timezone.now()
    )

    page = open_list(admin)

    line = text_of(page.select_one("#sync"))
    assert "Keycloak is not answering." in line
    assert "You see the list as of 2 Jan 2026, 14:02" in line
    assert "Changes are not possible until it answers again." in line
    assert "Try again" in line
    assert ids(page) == ["svc-reports"]


def test_synchronisation_line_says_how_far_it_is(
    admin: Client, synchronised: Synchronisation
) -> None:
    Synchronisation.objects.update(started_at=timezone.now(), clients_so_far=3500)

    assert "Synchronising: 3,500 clients so far" in sync_line(admin)


def test_synchronisation_that_died_does_not_run_for_ever(
    admin: Client, synchronised: Synchronisation
) -> None:
    Synchronisation.objects.update(
        started_at=timezone.now() - timedelta(minutes=16),
        finished_at=timezone.now() - timedelta(minutes=30),
    )

    assert sync_line(admin).startswith("Up to date 30 min ago")


def test_refresh_enqueues_one_synchronisation(
    admin: Client, keycloak: SandboxControl, synchronised: Synchronisation
) -> None:
    keycloak.forget_calls()
    form = find_form(open_list(admin), "Refresh")  # type: ignore[arg-type]

    response = admin.post(form.action, form.values)

    assert "Synchronising" in text_of(follow(admin, response).select_one("#sync"))
    assert enqueued() == ["apiclients.tasks.synchronise"]
    assert keycloak.calls() == []


def test_refresh_while_one_is_under_way_enqueues_no_other(
    admin: Client, synchronised: Synchronisation
) -> None:
    for _ in range(3):
        admin.post(REFRESH)

    assert len(enqueued()) == 1


def test_refresh_leads_back_to_the_list_as_it_was_filtered(
    admin: Client, synchronised: Synchronisation
) -> None:
    address = f"{LIST}?q=etl&sort=-owner"
    form = find_form(open_list(admin, address), "Refresh")  # type: ignore[arg-type]

    response = admin.post(form.action, form.values)

    assert response["Location"] == address


@pytest.mark.parametrize("hostile", ["https://evil.example/", "//evil.example", "x"])
def test_refresh_leads_nowhere_else(
    admin: Client, synchronised: Synchronisation, hostile: str
) -> None:
    response = admin.post(REFRESH, {"next": hostile})

    assert response["Location"] == LIST


def test_refresh_is_asked_for_by_post_alone(
    admin: Client, synchronised: Synchronisation
) -> None:
    assert admin.get(REFRESH).status_code == 405
    assert enqueued() == []


def test_synchronisation_brings_the_list_to_what_keycloak_has(
    admin: Client, keycloak: SandboxControl
) -> None:
    keycloak.add_client("svc-new", description="Made elsewhere", enabled=False)
    changed = keycloak.add_client("svc-changed", description="As it is now")
    make_indexed_client("svc-changed", uuid=changed, description="As it was")
    make_indexed_client("svc-gone")

    synchronisation.synchronise()

    page = open_list(admin)
    assert ids(page) == ["svc-changed", "svc-new"]
    assert "As it is now" in text_of(page.select_one("#clients"))
    assert text_of(page.select_one("#sync")).startswith("Up to date just now")


def test_synchronisation_that_fails_keeps_the_list_and_says_so(
    admin: Client, keycloak: SandboxControl, synchronised: Synchronisation
) -> None:
    make_indexed_client("svc-reports")
    keycloak.fail("GET", "/clients$", "status", status=500)

    with pytest.raises(GatewayError):
        tasks.synchronise.call()

    page = open_list(admin)
    assert "Keycloak is not answering." in text_of(page.select_one("#sync"))
    assert ids(page) == ["svc-reports"]
    assert IndexedClient.objects.count() == 1
