"""When something goes wrong."""

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.screens.client import create, regenerate
from tests.browser.screens.stage import ACCOUNT, LONG, Stage, screen
from tools.keycloak import ROOT


@screen
def nothing_here(stage: Stage) -> Page:
    return stage.open(f"/api-clients/{uuid4()}/", status=404)


@screen
def keycloak_away(stage: Stage) -> Page:
    uuid = stage.scene.add_client()
    stage.scene.sandbox.fail("GET", "clients/", "status", status=503)
    return stage.open(f"/api-clients/{uuid}/", status=503)


@screen
def outcome_unknown(stage: Stage) -> Page:
    stage.watch.expect_status(502)
    page = regenerate(stage)
    stage.scene.sandbox.fail("POST", "client-secret", "drop_after")
    page.get_by_role("button", name="Regenerate secret").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("may or may not")
    return page


@screen
def beyond_rights(stage: Stage) -> Page:
    stage.watch.expect_status(403)
    page = regenerate(stage)
    stage.scene.sandbox.give_roles(ACCOUNT, realm=["audit-reader"])
    page.get_by_role("button", name="Regenerate secret").click()
    expect(page.get_by_text("holds roles that you may not hand out")).to_be_visible()
    return page


@screen
def busy(stage: Stage) -> Page:
    stage.watch.expect_status(409)
    page = regenerate(stage)
    stage.scene.lock(page.url.split("/")[-4], LONG)
    page.get_by_role("button", name="Regenerate secret").click()
    expect(page.get_by_text("Another change of this client").first).to_be_visible()
    return page


@screen
def form_expired(stage: Stage) -> Page:
    stage.watch.expect_status(403)
    page = create(stage)
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form has expired")
    return page


@screen
def mistake_of_the_console(stage: Stage) -> Page:
    """Nothing is known that leads there, so the page is shown as it is."""
    stage.watch.expect_status(500)
    page = stage.open_page()
    body = (ROOT / "templates" / "500.html").read_text(encoding="utf-8")
    page.route(
        "**/mistake/",
        lambda route: route.fulfill(status=500, content_type="text/html", body=body),
    )
    page.goto("/mistake/")
    return page
