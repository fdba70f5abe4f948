"""Clusters and their feature flags, from the list to a restart that went wrong."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.screens.stage import Stage, screen
from tests.screens.clusters.clusters import ANALYTICS, API, LIST, address

NAME = "analytics-prod"
OWNER = "account-admin"


def _open(stage: Stage, page: str, person: str = OWNER) -> Page:
    stage.scene.sandbox.set_updates(restart_seconds=3600)
    return stage.open(address(page), person=person)


def _expect_heading(page: Page, text: str) -> Page:
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)
    return page


@screen
def cluster_list(stage: Stage) -> Page:
    return stage.open(LIST)


@screen
def cluster_list_manager_away(stage: Stage) -> Page:
    stage.scene.sandbox.fail("GET", API, "status", status=503)
    return stage.open(LIST, status=503)


@screen
def cluster_list_denied(stage: Stage) -> Page:
    stage.scene.sandbox.fail("GET", API, "status", status=403)
    return stage.open(LIST, status=502)


@screen
def cluster_list_empty(stage: Stage) -> Page:
    stage.scene.sandbox.fail("GET", API, "status", status=200, body="[]")
    return stage.open(LIST)


@screen
def clusters_not_connected(stage: Stage) -> Page:
    page = stage.open(LIST, at=stage.console_like(IMPLY_MANAGER_URL=""))
    expect(page.get_by_text("Imply Manager is not connected")).to_be_visible()
    return page


@screen
def cluster_overview(stage: Stage) -> Page:
    return _open(stage, "overview")


@screen
def cluster_setup(stage: Stage) -> Page:
    return _open(stage, "setup")


@screen
def cluster_setup_to_look_at(stage: Stage) -> Page:
    page = _open(stage, "setup", person="client-admin")
    expect(page.locator("#flags-lock")).to_contain_text("You may look, but not change")
    return page


@screen
def cluster_flags(stage: Stage) -> Page:
    return _open(stage, "flags")


@screen
def cluster_flags_to_look_at(stage: Stage) -> Page:
    return _open(stage, "flags", person="client-admin")


@screen
def cluster_guide(stage: Stage) -> Page:
    guided = stage.console_like(IMPLY_FLAG_WRITES="guided")
    page = stage.open(address("flags"), at=guided, person=OWNER)
    return _expect_heading(page, "Change feature flags in Imply Manager")


@screen
def cluster_without_flags(stage: Stage) -> Page:
    stage.scene.sandbox.change_cluster(NAME, spec={"featureFlags": None})
    page = _open(stage, "setup")
    expect(page.locator("#flags-lock")).to_contain_text("spec.featureFlags")
    return page


@screen
def cluster_restart(stage: Stage) -> Page:
    return _asked(stage, OWNER)


def _asked(stage: Stage, person: str) -> Page:
    page = _open(stage, "flags", person=person)
    page.get_by_role("checkbox", name="OAuth 2.0").check()
    page.get_by_role("button", name="OK").click()
    return _expect_heading(page, f"Restart {NAME}?")


@screen
def cluster_restart_left_for_later(stage: Stage) -> Page:
    page = cluster_restart(stage)
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text("Nothing was sent, and nothing is kept.")).to_be_visible()
    return page


@screen
def cluster_restarting(stage: Stage) -> Page:
    page = cluster_restart(stage)
    page.get_by_role("button", name="Restart cluster").click()
    expect(page.get_by_text("Restarting to apply the changes")).to_be_visible()
    return page


@screen
def cluster_restarted(stage: Stage) -> Page:
    return _ended(stage, "runs with the saved settings")


@screen
def cluster_restart_failed(stage: Stage) -> Page:
    return _ended(stage, "The restart failed", end="fail")


@screen
def cluster_restart_cancelled(stage: Stage) -> Page:
    return _ended(stage, "The last restart was cancelled", end="cancel")


def _ended(stage: Stage, told: str, **how: str) -> Page:
    page = cluster_restarting(stage)
    stage.scene.sandbox.set_updates(restart_seconds=0, **how)
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator("#setup")).to_contain_text(told)
    return page


@screen
def cluster_manager_away_meanwhile(stage: Stage) -> Page:
    stage.watch.expect_status(503)
    page = cluster_restarting(stage)
    steps.await_htmx(page)
    stage.scene.sandbox.fail("GET", API, "status", status=503)
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text("Waiting for Imply Manager")).to_be_visible()
    return page


@screen
def cluster_changed_meanwhile(stage: Stage) -> Page:
    stage.watch.expect_status(409)
    page = cluster_restart(stage)
    stage.scene.sandbox.change_cluster(NAME, spec={"version": "2026.12.0"})
    page.get_by_role("button", name="Restart cluster").click()
    return _expect_heading(page, "Someone else changed this cluster meanwhile")


@screen
def cluster_busy(stage: Stage) -> Page:
    stage.watch.expect_status(409)
    page = cluster_restart(stage)
    stage.scene.sandbox.change_cluster(NAME, state="UPDATING")
    page.get_by_role("button", name="Restart cluster").click()
    return _expect_heading(page, "An update of this cluster is running")


@screen
def cluster_right_lost(stage: Stage) -> Page:
    """The right was taken away between the question and the answer."""
    stage.watch.expect_status(403)
    environment = {"production": ["manage-clusters"]}
    right: dict[str, Any] = {"user": "client-admin", "client": environment}
    stage.scene.sandbox.give_roles(**right)
    page = _asked(stage, "client-admin")
    stage.scene.sandbox.give_roles(**right, remove=True)
    page.get_by_role("button", name="Restart cluster").click()
    expect(page.get_by_text("but not change them")).to_be_visible()
    return page


@screen
def cluster_unknown(stage: Stage) -> Page:
    page = stage.open("/clusters/no-such-cluster/setup/", status=404)
    expect(page).to_have_title(re.compile("nothing here", re.IGNORECASE))
    return page


@screen
def cluster_page_manager_away(stage: Stage) -> Page:
    stage.scene.sandbox.fail("GET", f"{API}/{ANALYTICS}", "status", status=503)
    return stage.open(address("setup"), status=503)
