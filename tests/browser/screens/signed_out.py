"""Before signing in, and without a role."""

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.screens.stage import Stage, screen
from tools.chromium import give_password


@screen
def sign_in(stage: Stage) -> Page:
    return stage.open_signed_out("/sign-in/")


@screen
def sign_in_provider_away(stage: Stage) -> Page:
    stage.watch.expect_status(503)
    page = stage.open_signed_out("/sign-in/")
    stage.scene.sandbox.fail("POST", "/token", "drop_before")
    page.get_by_role("button", name=steps.SIGN_IN).click()
    give_password(page, "client-admin")
    expect(page.get_by_text("Keycloak is not answering")).to_be_visible()
    return page


@screen
def sign_in_failed(stage: Stage) -> Page:
    return stage.open_signed_out("/sign-in/callback/?state=x&code=y", status=400)


@screen
def role_needed(stage: Stage) -> Page:
    stage.watch.expect_status(403)
    page = stage.new_context().new_page()
    steps.sign_in(page, "visitor")
    expect(page.get_by_role("heading", level=1)).to_contain_text("You need a role")
    return page


@screen
def nothing_here_signed_out(stage: Stage) -> Page:
    return stage.open_signed_out("/nothing/", status=404)
