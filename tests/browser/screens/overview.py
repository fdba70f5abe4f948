"""The Overview, from an empty organization to one where all is done."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from apiclients.models import IndexedClient, Watch
from audit.models import Action, Outcome
from clusters.models import ClusterFigures
from tests.browser.screens.stage import LONG, Stage, screen
from tests.factories import make_entry, make_event


@screen
def overview(stage: Stage) -> Page:
    stage.scene.fill(8)
    for outcome in (*Outcome, None):
        make_entry(outcome, object_name=LONG)
    make_event(action=Action.SECRET_SHOW, object_name=LONG)
    return stage.open("/")


@screen
def overview_with_an_old_keycloak(stage: Stage) -> Page:
    old = stage.console_like(KEYCLOAK_VERSION="26.5.0")
    page = stage.open("/", at=old, person="account-admin")
    expect(page.get_by_text("CVE-2026-3121")).to_be_visible()
    return page


@screen
def overview_of_nothing(stage: Stage) -> Page:
    page = stage.open("/")
    expect(page.get_by_text("0 of 4 done")).to_be_visible()
    return page


@screen
def overview_with_everything_done(stage: Stage) -> Page:
    now = timezone.now()
    stage.scene.fill(3)
    IndexedClient.objects.update(permissions=2, last_used_at=now)
    Watch.objects.update_or_create(pk=1, defaults={"since": now - timedelta(days=200)})
    figures = {"clusters": 3, "with_oauth": 1, "read_at": now}
    ClusterFigures.objects.update_or_create(pk=1, defaults=figures)
    page = stage.open("/")
    expect(page.get_by_text("4 of 4 done")).to_be_visible()
    return page


@screen
def overview_never_read(stage: Stage) -> Page:
    stage.scene.set_synchronisation()
    return stage.open("/")


@screen
def overview_being_read(stage: Stage) -> Page:
    stage.scene.set_synchronisation(started_at=timezone.now(), clients_so_far=3500)
    return stage.open("/")


@screen
def overview_stale(stage: Stage) -> Page:
    now = timezone.now()
    stage.scene.fill(3)
    stage.scene.set_synchronisation(
        started_at=now, finished_at=now - timedelta(hours=3), failed_at=now
    )
    return stage.open("/")
