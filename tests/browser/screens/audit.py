"""The audit log, and one entry of it."""

from playwright.sync_api import Page, expect

from audit.models import Action, Outcome
from tests.browser.screens.stage import LONG, Stage, screen
from tests.factories import make_entry, make_event


@screen
def audit_log(stage: Stage) -> Page:
    for outcome in (*Outcome, None):
        make_entry(outcome, object_name=LONG)
    make_event(action=Action.SECRET_SHOW, object_name=LONG)
    return stage.open(f"/audit/?object={LONG}&since=2026-01-01T00:00")


@screen
def audit_log_empty(stage: Stage) -> Page:
    page = stage.open("/audit/")
    expect(page.get_by_text("No entries yet")).to_be_visible()
    return page


@screen
def audit_log_without_a_match(stage: Stage) -> Page:
    return stage.open("/audit/?person=nobody")


@screen
def audit_entry(stage: Stage) -> Page:
    changes = {
        "description": {"before": "", "after": "A new one " * 20},
        "access_token_lifespan": {"before": None, "after": 900},
    }
    entry = make_entry(action=Action.CLIENT_UPDATE, object_name=LONG, changes=changes)
    return stage.open(f"/audit/{entry.pk}/")


@screen
def audit_entry_unknown(stage: Stage) -> Page:
    entry = make_entry(Outcome.UNKNOWN, object_name=LONG, reason="It was in a chat.")
    return stage.open(f"/audit/{entry.pk}/")


@screen
def audit_log_with_a_filter_that_is_none(stage: Stage) -> Page:
    page = stage.open("/audit/?action=dancing")
    expect(page.locator("#error-summary")).to_be_visible()
    return page


@screen
def audit_entry_refused(stage: Stage) -> Page:
    entry = make_entry(
        Outcome.FAILED,
        action=Action.ROLE_ASSIGN,
        object_name=LONG,
        explanation="realm-management: manage-users: It administers Keycloak itself.",
    )
    return stage.open(f"/audit/{entry.pk}/")


@screen
def audit_entry_of_a_cluster(stage: Stage) -> Page:
    entry = make_entry(
        action=Action.CLUSTER_FLAGS,
        object_type="cluster",
        object_name="analytics-prod",
        changes={
            "OAuth 2.0": {"before": "off", "after": "on"},
            "resource_version": {"before": 47, "after": 48},
        },
        reason="The dashboards need tokens.",
    )
    return stage.open(f"/audit/{entry.pk}/")
