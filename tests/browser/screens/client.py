"""One API client: making, changing and deleting it, and its secret."""

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.screens.stage import Stage, screen


@screen
def create(stage: Stage) -> Page:
    return stage.open("/api-clients/new/")


@screen
def create_refused(stage: Stage) -> Page:
    stage.watch.expect_status(422)
    page = create(stage)
    page.get_by_label("API Client ID").fill("Not Allowed")
    page.get_by_label("Number").fill("2")
    page.get_by_label("Unit").select_option("days")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#error-summary")).to_be_visible()
    return page


@screen
def settings(stage: Stage) -> Page:
    return stage.open_client()


@screen
def settings_of_a_new_client(stage: Stage) -> Page:
    return stage.open_client("?created=1")


@screen
def settings_saved(stage: Stage) -> Page:
    page = settings(stage)
    page.get_by_label("Description").fill("Changed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    return page


@screen
def settings_refused(stage: Stage) -> Page:
    stage.watch.expect_status(422)
    page = settings(stage)
    page.get_by_label("Number").fill("none")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#error-summary")).to_be_visible()
    return page


@screen
def conflict(stage: Stage) -> Page:
    stage.watch.expect_status(409)
    page = settings(stage)
    uuid = page.url.split("/")[-2]
    stage.scene.sandbox.change_client(uuid, description="Changed elsewhere")
    page.get_by_label("Description").fill("Changed here")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing was overwritten.")).to_be_visible()
    return page


@screen
def credentials(stage: Stage) -> Page:
    return stage.open_client("credentials/")


@screen
def credentials_shown(stage: Stage) -> Page:
    page = credentials(stage)
    steps.show_secret(page)
    return page


@screen
def credentials_with_an_alert(stage: Stage) -> Page:
    stage.watch.expect_status(503)
    page = credentials(stage)
    steps.await_htmx(page)
    stage.scene.sandbox.fail("GET", "client-secret", "status", status=503)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#alerts")).not_to_be_empty()
    return page


@screen
def regenerate(stage: Stage) -> Page:
    return stage.open_client("credentials/regenerate/")


@screen
def regenerated(stage: Stage) -> Page:
    page = credentials(stage)
    steps.regenerate_secret(page)
    return page


@screen
def disable(stage: Stage) -> Page:
    return stage.open_client("disable/")


@screen
def enable(stage: Stage) -> Page:
    return stage.open_client("enable/", enabled=False)


@screen
def delete(stage: Stage) -> Page:
    return stage.open_client("delete/")


@screen
def delete_refused(stage: Stage) -> Page:
    stage.watch.expect_status(422)
    page = delete(stage)
    page.locator("form[data-confirm]").evaluate("form => form.submit()")
    expect(page.locator("#error-summary")).to_be_visible()
    return page
