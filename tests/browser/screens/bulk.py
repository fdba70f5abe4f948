"""Several clients at once: the bar, the questions, and the results."""

from playwright.sync_api import Page, expect

from apiclients.models import IndexedClient
from tests.browser.screens.stage import Stage, screen
from tests.screens.apiclients_bulk.steps import work


def _asked(stage: Stage, action: str) -> Page:
    page = clients_ticked(stage)
    bar = page.get_by_role("form", name="Selection")
    bar.get_by_role("button", name=action, exact=True).click()
    return page


@screen
def clients_ticked(stage: Stage) -> Page:
    for name in ("svc-a", "svc-b"):
        stage.scene.add_client(name)
    stage.add_client()
    page = stage.open("/api-clients/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    return page


@screen
def bulk_disable(stage: Stage) -> Page:
    return _asked(stage, "Disable")


@screen
def bulk_enable(stage: Stage) -> Page:
    return _asked(stage, "Enable")


@screen
def bulk_lifespan_refused(stage: Stage) -> Page:
    page = _asked(stage, "Set lifespan")
    stage.watch.expect_status(422)
    page.get_by_label("The same for all").check()
    page.get_by_role("button", name="Set the lifespan of 3 clients").click()
    expect(page.locator("#error-summary")).to_be_visible()
    return page


@screen
def bulk_delete(stage: Stage) -> Page:
    return _asked(stage, "Delete")


@screen
def bulk_running(stage: Stage) -> Page:
    page = _asked(stage, "Disable")
    page.get_by_role("button", name="Disable 3 clients").click()
    expect(page.locator("progress")).to_be_visible()
    return page


@screen
def bulk_done_in_part(stage: Stage) -> Page:
    """One of them is gone when its turn comes."""
    page = bulk_running(stage)
    gone = IndexedClient.objects.get(client_id="svc-a")
    stage.scene.sandbox.remove_client(gone.uuid)
    work()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Disabled 2 of 3 API clients"
    )
    return page
