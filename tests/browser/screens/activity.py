"""The Activity tab, and what it says again before a client is changed for good."""

from playwright.sync_api import Page, expect

from tests.browser.screens.stage import LONG, Stage, screen
from tests.factories import make_entry


@screen
def activity(stage: Stage) -> Page:
    stage.scene.watch_logins()
    stage.scene.add_use(LONG, failure="invalid_client_credentials")
    uuid = stage.add_client()
    for _ in range(3):
        make_entry(object_id=uuid, object_name=LONG)
    page = stage.open(f"/api-clients/{uuid}/activity/")
    page.get_by_text("Show the numbers").click()
    expect(page.get_by_text("Still in use.")).to_be_visible()
    return page


@screen
def activity_of_an_unused_client(stage: Stage) -> Page:
    stage.scene.watch_logins()
    page = stage.open_client("activity/")
    expect(page.get_by_text("when watching began")).to_be_visible()
    return page


@screen
def activity_without_events(stage: Stage) -> Page:
    stage.scene.watch_logins(keeps_logins=False)
    page = stage.open_client("activity/")
    expect(page.get_by_text("keeps no login events")).to_be_visible()
    return page


@screen
def activity_before_the_first_reading(stage: Stage) -> Page:
    page = stage.open_client("activity/")
    expect(page.get_by_text("The login events were not read yet.")).to_be_visible()
    return page


@screen
def regenerate_a_secret_in_use(stage: Stage) -> Page:
    return _in_use(stage, "credentials/regenerate/")


@screen
def disable_a_client_in_use(stage: Stage) -> Page:
    return _in_use(stage, "disable/")


@screen
def delete_a_client_in_use(stage: Stage) -> Page:
    return _in_use(stage, "delete/")


def _in_use(stage: Stage, path: str) -> Page:
    stage.scene.watch_logins()
    stage.scene.add_use(LONG, failure="invalid_client_credentials")
    page = stage.open_client(path)
    expect(page.locator("#safety")).to_contain_text("Still in use.")
    return page
