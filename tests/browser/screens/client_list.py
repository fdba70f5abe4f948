"""The list of API clients, and what belongs to every page."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.screens.stage import LONG, Stage, screen


@screen
def client_list(stage: Stage) -> Page:
    stage.scene.fill(8)
    stage.scene.add_client(LONG, enabled=False)
    stage.scene.add_client("no-owner", description="<b>not bold</b> & more")
    return stage.open("/api-clients/")


@screen
def client_list_filtered(stage: Stage) -> Page:
    stage.scene.fill(20)
    return stage.open("/api-clients/?q=0001&status=enabled&sort=-owner&size=25")


@screen
def client_list_without_a_match(stage: Stage) -> Page:
    stage.scene.fill(1)
    return stage.open("/api-clients/?q=nothing+like+that")


@screen
def client_list_empty(stage: Stage) -> Page:
    return stage.open("/api-clients/")


@screen
def client_list_never_read(stage: Stage) -> Page:
    stage.scene.set_synchronisation()
    return stage.open("/api-clients/")


@screen
def client_list_being_read(stage: Stage) -> Page:
    stage.scene.set_synchronisation(started_at=timezone.now(), clients_so_far=3500)
    return stage.open("/api-clients/")


@screen
def client_list_stale(stage: Stage) -> Page:
    now = timezone.now()
    stage.scene.fill(3)
    stage.scene.set_synchronisation(
        started_at=now, finished_at=now - timedelta(hours=3), failed_at=now
    )
    return stage.open("/api-clients/")


@screen
def menu_of_a_client(stage: Stage) -> Page:
    page = client_list(stage)
    page.get_by_role("button", name=f"Actions for {LONG}").click()
    return page


@screen
def account_menu(stage: Stage) -> Page:
    page = client_list_empty(stage)
    page.get_by_role("button", name="Account: Bob Tanaka").click()
    return page


@screen
def keys(stage: Stage) -> Page:
    page = client_list_empty(stage)
    page.keyboard.press("?")
    return page
