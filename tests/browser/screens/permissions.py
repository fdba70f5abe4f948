"""The Client Permissions tab, assigning roles, and what can go wrong with that."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.screens.stage import ACCOUNT, Stage, screen

ADMIN_ROLE = {"realm-management": ["manage-users"]}


@screen
def permissions_none(stage: Stage) -> Page:
    page = stage.open_client("permissions/")
    expect(page.get_by_text("This client has no permissions yet")).to_be_visible()
    return page


@screen
def permissions(stage: Stage) -> Page:
    """Direct and inherited ones, of the organization and of environments."""
    stage.scene.read_catalogue()
    uuid = stage.add_client()
    stage.scene.sandbox.give_roles(
        ACCOUNT,
        realm=["visualization-team", "audit-reader"],
        client={"production": ["access-datasets"], "staging": ["manage-clusters"]},
    )
    page = stage.open(f"/api-clients/{uuid}/permissions/")
    page.locator("details.more").evaluate_all(
        "all => all.forEach((d) => d.open = true)"
    )
    expect(page.get_by_role("link", name="visualization-team").first).to_be_visible()
    return page


@screen
def permissions_with_full_scope_off(stage: Stage) -> Page:
    page = stage.open_client("permissions/", fullScopeAllowed=False)
    expect(page.get_by_text("Full scope is off.")).to_be_visible()
    return page


@screen
def permissions_assign_before_the_first_pass(stage: Stage) -> Page:
    page = stage.open_client("permissions/assign/")
    expect(page.get_by_text("The roles are not known yet")).to_be_visible()
    return page


@screen
def permissions_assign(stage: Stage) -> Page:
    """Some may be given, some not, and some are held, directly or through another."""
    stage.scene.read_catalogue()
    uuid = stage.add_client()
    stage.scene.sandbox.give_roles(
        ACCOUNT,
        realm=["visualization-team"],
        client={"staging": ["access-datasets"]},
    )
    page = stage.open(f"/api-clients/{uuid}/permissions/assign/")
    expect(page.get_by_text("You do not hold it.").first).to_be_visible()
    return page


@screen
def permissions_assign_without_a_match(stage: Stage) -> Page:
    stage.scene.read_catalogue()
    page = stage.open_client("permissions/assign/?q=nothing+like+that")
    expect(page.get_by_text("No role matches this search")).to_be_visible()
    return page


@screen
def permissions_assign_nothing_ticked(stage: Stage) -> Page:
    stage.watch.expect_status(422)
    stage.scene.read_catalogue()
    page = stage.open_client("permissions/assign/")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#error-summary")).to_be_visible()
    return page


@screen
def permissions_assign_refused(stage: Stage) -> Page:
    """While the page was open, somebody put an administrator's role into it."""
    stage.watch.expect_status(403)
    stage.scene.read_catalogue()
    page = stage.open_client("permissions/assign/")
    stage.scene.sandbox.define_role("reports-reader", client=ADMIN_ROLE)
    page.get_by_role("checkbox", name="reports-reader").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".banner")).to_contain_text("administers Keycloak itself")
    return page


@screen
def permissions_assigned(stage: Stage) -> Page:
    stage.scene.read_catalogue()
    page = stage.open_client("permissions/assign/")
    page.get_by_role("checkbox", name="reports-reader").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Assigned reports-reader.")).to_be_visible()
    return page


@screen
def permissions_assigned_in_part(stage: Stage) -> Page:
    stage.watch.expect_status(502)
    stage.scene.read_catalogue()
    page = stage.open_client("permissions/assign/")
    for name in ("reports-reader", "access-datasets"):
        page.get_by_role("checkbox", name=name, disabled=False).check()
    stage.scene.sandbox.fail("POST", "role-mappings/clients", "drop_after")
    page.get_by_role("button", name="Save").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Not everything was assigned")
    return page


@screen
def permission_removed_elsewhere(stage: Stage) -> Page:
    stage.scene.read_catalogue()
    uuid = stage.add_client()
    held: dict[str, Any] = {
        "user": ACCOUNT,
        "realm": ["reports-reader", "audit-reader"],
    }
    stage.scene.sandbox.give_roles(**held)
    page = stage.open(f"/api-clients/{uuid}/permissions/")
    stage.scene.sandbox.give_roles(**held, remove=True)
    page.get_by_role("button", name="Remove reports-reader").click()
    expect(page.get_by_text("does not hold this role any more")).to_be_visible()
    return page
