"""Every page of the console and what it can look like, each with the way to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from audit.models import Action, Outcome
from tests.browser import steps
from tests.browser.scene import Scene
from tests.browser.watching import Watch
from tests.factories import make_entry, make_event
from tools.keycloak import ROOT

LONG = "svc-customer-data-platform-realtime-segmentation-export-prod-eu-west-1"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a screen needs to come about."""

    open_page: Callable[..., Page]
    new_context: Callable[..., BrowserContext]
    scene: Scene
    watch: Watch

    def open(self, path: str, *, status: int = 200) -> Page:
        page = self.open_page()
        return self.go(page, path, status=status)

    def go(self, page: Page, path: str, *, status: int = 200) -> Page:
        if status >= 400:
            self.watch.expect_status(status)
        response = page.goto(path)
        assert response
        assert response.status == status, page.title()
        return page

    def open_signed_out(self, path: str, *, status: int = 200) -> Page:
        return self.go(self.new_context().new_page(), path, status=status)

    def open_client(self, path: str = "", **representation: object) -> Page:
        """A page of a client with a long name and everything filled in."""
        uuid = self.scene.add_client(
            LONG,
            description="Exports segments of the customer data platform, all the time",
            attributes={
                "console.owner": "customer-success@northwind.example",
                "access.token.lifespan": "28800",
            },
            **representation,
        )
        return self.open(f"/api-clients/{uuid}/{path}")


SCREENS: dict[str, Callable[[Stage], Page]] = {}


def screen(reach: Callable[[Stage], Page]) -> Callable[[Stage], Page]:
    SCREENS[reach.__name__] = reach
    return reach


# Signed out


@screen
def sign_in(stage: Stage) -> Page:
    return stage.open_signed_out("/sign-in/")


@screen
def sign_in_provider_away(stage: Stage) -> Page:
    stage.watch.expect_status(503)
    page = stage.open_signed_out("/sign-in/")
    stage.scene.sandbox.fail("POST", "/token", "drop_before")
    page.get_by_role("button", name=steps.SIGN_IN).click()
    steps.give_password(page, "client-admin")
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


# The list


@screen
def client_list(stage: Stage) -> Page:
    stage.scene.fill(8)
    stage.scene.add_client(LONG, enabled=False)
    stage.scene.add_client("no-owner", description="<b>not bold</b> & more")
    return stage.open("/api-clients/")


@screen
def client_list_filtered(stage: Stage) -> Page:
    stage.scene.fill(20)
    return stage.open("/api-clients/?q=0001&status=enabled&sort=-owner&size=25")


@screen
def client_list_without_a_match(stage: Stage) -> Page:
    stage.scene.fill(1)
    return stage.open("/api-clients/?q=nothing+like+that")


@screen
def client_list_empty(stage: Stage) -> Page:
    return stage.open("/api-clients/")


@screen
def client_list_never_read(stage: Stage) -> Page:
    stage.scene.set_synchronisation()
    return stage.open("/api-clients/")


@screen
def client_list_being_read(stage: Stage) -> Page:
    stage.scene.set_synchronisation(started_at=timezone.now(), clients_so_far=3500)
    return stage.open("/api-clients/")


@screen
def client_list_stale(stage: Stage) -> Page:
    now = timezone.now()
    stage.scene.fill(3)
    stage.scene.set_synchronisation(
        started_at=now, finished_at=now - timedelta(hours=3), failed_at=now
    )
    return stage.open("/api-clients/")


@screen
def menu_of_a_client(stage: Stage) -> Page:
    page = client_list(stage)
    page.get_by_role("button", name=f"Actions for {LONG}").click()
    return page


@screen
def account_menu(stage: Stage) -> Page:
    page = client_list_empty(stage)
    page.get_by_role("button", name="Account: Bob Tanaka").click()
    return page


@screen
def keys(stage: Stage) -> Page:
    page = client_list_empty(stage)
    page.keyboard.press("?")
    return page


# One client


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


@screen
def permissions(stage: Stage) -> Page:
    return stage.open_client("permissions/")


@screen
def permissions_assign(stage: Stage) -> Page:
    return stage.open_client("permissions/assign/")


@screen
def tokens(stage: Stage) -> Page:
    return stage.open_client("tokens/")


@screen
def token_revoke(stage: Stage) -> Page:
    return stage.open_client("tokens/revoke/")


@screen
def activity(stage: Stage) -> Page:
    return stage.open_client("activity/")


# Overview and audit log


@screen
def overview(stage: Stage) -> Page:
    stage.scene.fill(8)
    make_entry(object_name=LONG)
    return stage.open("/")


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


# When something goes wrong


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
    stage.scene.sandbox.give_roles(f"service-account-{LONG}", realm=["reports-reader"])
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
