"""A change whose answer never came: what people see, and how it is found out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scene import Scene
from tests.browser.watching import Watch

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_an_unknown_outcome_holds_up_changes_until_it_is_checked(
    open_page: OpenPage, scene: Scene, watch: Watch, javascript: bool
) -> None:
    watch.expect_status(409, 502)
    uuid = scene.add_client()
    path = f"/api-clients/{uuid}/disable/"
    scene.sandbox.fail("PUT", f"/clients/{uuid}$", "drop_after", times=1)
    page = open_page(path, javascript=javascript)
    heading = page.get_by_role("heading", level=1)

    page.get_by_role("button", name="Disable client").click()
    expect(heading).to_contain_text("It may or may not have happened")

    page.goto(f"/api-clients/{uuid}/delete/")
    page.get_by_label("Type svc-reports to confirm").fill("svc-reports")
    page.get_by_role("button", name="Delete client").click()
    expect(heading).to_have_text("The outcome of an earlier change is being checked")
    expect(page.get_by_role("main")).to_contain_text("Nothing was changed.")

    page.get_by_role("button", name="Check now").click()
    expect(page).to_have_url(re.compile("/audit/"))
    expect(page.get_by_role("main")).to_contain_text("the outcome is known now")
    [entry] = scene.entries()
    assert entry.outcome == "succeeded"
    assert len(scene.sandbox.writes()) == 1

    page.goto(f"/api-clients/{uuid}/")
    expect(page.get_by_role("main")).to_contain_text("Disabled")
