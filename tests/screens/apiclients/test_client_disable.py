"""Disabling an API client, and enabling it again."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apiclients.models import IndexedClient
from gateways import configured
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import DISABLE, ENABLE, Change
from tests.screens.browser import banners, fill_in, find_form, follow, heading
from tests.screens.records import entries


def test_client_disable_stops_the_client_and_keeps_the_rest(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    before = configured.clients().get_client(reports)

    page = follow(admin, DISABLE.make(admin, reports))

    assert "svc-reports was disabled. Undo" in banners(page)
    after = configured.clients().get_client(reports)
    assert not after.enabled
    assert {**after.representation, "enabled": True} == before.representation
    assert not IndexedClient.objects.get().enabled


def test_client_enable_lets_the_client_get_tokens_again(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, enabled=False)

    page = follow(admin, ENABLE.make(admin, reports))

    assert "svc-reports was enabled. Undo" in banners(page)
    assert configured.clients().get_client(reports).enabled
    assert IndexedClient.objects.get().enabled


def test_client_disable_says_what_happens_and_when(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, attributes={"access.token.lifespan": "3600"})

    page = read_page(admin.get(DISABLE.address(reports)))

    assert heading(page) == "Disable this API client?"
    last = page.select(".consequences time")[0]
    expected = timezone.now() + timedelta(hours=1)
    assert abs(datetime.fromisoformat(str(last["datetime"])) - expected) < (
        timedelta(minutes=1)
    )
    assert "reporting@northwind.example" in text_of(page.select_one("#safety"))


@pytest.mark.parametrize("change", [DISABLE, ENABLE], ids=str)
def test_client_disable_says_that_a_reason_is_too_long(
    admin: Client, keycloak: SandboxControl, reports: str, change: Change
) -> None:
    reason = "x" * 501

    response = fill_in(admin, change.address(reports), change.button, reason=reason)

    page = read_page(response)
    assert response.status_code == 422
    assert "at most 500 characters" in text_of(page.select_one("#id_reason_error"))
    assert page.select_one('#error-summary a[href="#id_reason"]')
    assert find_form(page, change.button).values["reason"] == reason
    assert keycloak.writes() == []
    assert entries() == []


def test_client_disable_overwrites_nothing_that_changed_meanwhile(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    sent = DISABLE.open(admin, reports)
    keycloak.change_client(reports, description="Changed elsewhere")

    admin.post(*sent)

    client = configured.clients().get_client(reports)
    assert (client.description, client.enabled) == ("Changed elsewhere", False)


def test_client_disable_of_a_client_deleted_meanwhile_is_not_found(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    sent = DISABLE.open(admin, reports)
    keycloak.remove_client(reports)

    response = admin.post(*sent)

    assert response.status_code == 404
    assert keycloak.writes() == []
    assert entries() == []


def test_client_disable_leads_back_to_the_client(admin: Client, reports: str) -> None:
    page = read_page(admin.get(DISABLE.address(reports)))

    cancel = page.select("main form.card a.btn")[-1]
    assert text_of(cancel) == "Cancel"
    assert cancel["href"] == reverse("apiclients:settings", args=[reports])


@pytest.mark.parametrize("change", [DISABLE, ENABLE], ids=str)
def test_undo_takes_it_back_as_an_entry_of_its_own(
    admin: Client, keycloak: SandboxControl, reports: str, change: Change
) -> None:
    before = change is DISABLE
    keycloak.change_client(reports, enabled=before)
    undo = find_form(follow(admin, change.make(admin, reports)), "Undo")

    page = follow(admin, admin.post(undo.action, undo.values))

    assert configured.clients().get_client(reports).enabled is before
    word = "enabled" if before else "disabled"
    assert f"svc-reports was {word}. Undo" in banners(page)
    undone, done = entries()
    opposite = ENABLE if before else DISABLE
    assert (undone.record.action, done.record.action) == (
        opposite.action,
        change.action,
    )
    assert undone.record.operation != done.record.operation
    assert undone.record.reason == "Undone at once"


def test_undo_that_is_sent_twice_is_done_once(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    undo = find_form(follow(admin, DISABLE.make(admin, reports)), "Undo")
    admin.post(undo.action, undo.values)
    admin.post(undo.action, undo.values)

    assert len(keycloak.writes()) == 2
    assert [entry.summary for entry in entries()] == [
        "Enabled <b>svc-reports</b>",
        "Disabled <b>svc-reports</b>",
    ]


def test_undo_is_offered_once(admin: Client, reports: str) -> None:
    page = follow(admin, DISABLE.make(admin, reports))
    assert "svc-reports was disabled. Undo" in banners(page)

    again = read_page(admin.get(reverse("apiclients:settings", args=[reports])))

    assert not [text for text in banners(again) if "Undo" in text]
