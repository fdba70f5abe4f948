"""`make pictures`: walk through the demonstration and take the pictures of docs/."""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.chromium import FLAGS, find_chromium, give_password
from tools.demo import Demo, demo_environ, running_demo, taken_ports
from tools.errors import MissingError, StartError
from tools.indexed import shrink
from tools.keycloak import ROOT, VAR

PICTURES = ROOT / "docs" / "pictures"
FOLDER = "pictures"
DESKTOP, PHONE = (1366, 900), (390, 844)
EVEN_LETTERS = "--font-render-hinting=none"
SHOWN, NEW = "grafana-cluster-metrics", "nightly-sales-load"
SYNC_SECONDS = 120
# Where what is in the page ends, so that no picture is half empty.
CONTENT_END = """() => Math.ceil(scrollY + Math.max(...
    [...document.querySelectorAll("main > *, main > .empty > *")]
        .map((part) => part.getBoundingClientRect().bottom))) + 24"""


@dataclass(frozen=True, slots=True)
class Camera:
    """One person's browser, and where its pictures go."""

    page: Page
    blank: Page
    url: str
    size: tuple[int, int]

    def open(self, path: str) -> None:
        answer = self.page.goto(urljoin(self.url, path))
        if answer is None or not answer.ok:
            raise StartError(f"{path} did not come: {answer and answer.status}")

    def take(self, name: str) -> None:
        """The page from its top, as high as it is; of a long one what fits."""
        page = self.page
        page.evaluate("scrollTo(0, 0)")
        width, height = self.size
        height = min(height, max(480, page.evaluate(CONTENT_END)))
        picture = page.screenshot(
            clip={"x": 0, "y": 0, "width": width, "height": height},
            animations="disabled",
        )
        small = shrink(self.blank, picture)
        (PICTURES / f"{name}.png").write_bytes(small)
        print(f"  {name}.png", flush=True)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def expect_heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def sign_in(self, person: str) -> None:
        self.open("/sign-in/")
        self.press("Sign in with your organization account")
        give_password(self.page, person)

    def wait_for(self, path: str, text: str) -> None:
        """Open the page until it says this: jobs have to run first."""
        deadline = time.monotonic() + SYNC_SECONDS
        self.open(path)
        while self.page.get_by_text(text).count() == 0:
            if time.monotonic() > deadline:
                raise StartError(f"{path} never said {text!r}.")
            self.page.wait_for_timeout(1000)
            self.open(path)


def take_pictures(browser: Browser, url: str) -> None:
    """In an order in which each finds what the ones before have left."""
    with _camera(browser, url) as camera:
        camera.open("/sign-in/")
        camera.take("sign-in")
    with _camera(browser, url) as camera:
        camera.sign_in("visitor")
        camera.expect_heading("You need a role for this console")
        camera.take("role-needed")
    with _camera(browser, url) as camera:
        camera.sign_in("account-admin")
        _clusters(camera)
    with _camera(browser, url) as camera:
        camera.sign_in("client-admin")
        camera.wait_for("/api-clients/", "Up to date")
        client = _shown_client(camera)
        camera.wait_for(f"{client}activity/", "Watched since")
        _list(camera)
        _bulk(camera)
        _changes(camera, client)
        _tabs(camera, client)
        _log(camera)
        camera.open("/")
        camera.take("overview")
    for name, size, scheme in (("390", PHONE, "light"), ("dark", DESKTOP, "dark")):
        with _camera(browser, url, size=size, color_scheme=scheme) as camera:
            camera.sign_in("client-admin")
            _again(camera, client, name)


def _clusters(camera: Camera) -> None:
    camera.wait_for("/clusters/", "analytics-prod")
    camera.take("clusters")
    camera.follow("analytics-prod")
    camera.follow("Setup")
    camera.take("cluster-setup")
    camera.follow("Edit feature flags")
    camera.page.get_by_label("OAuth 2.0").check()
    camera.take("cluster-flags")
    camera.press("OK")
    camera.take("cluster-restart")
    camera.press("Restart cluster")
    expect(camera.page.locator("progress")).to_be_visible()
    camera.take("cluster-restarting")


def _shown_client(camera: Camera) -> str:
    camera.open(f"/api-clients/?q={SHOWN}")
    link = camera.page.get_by_role("link", name=SHOWN, exact=True)
    return str(link.get_attribute("href"))


def _list(camera: Camera) -> None:
    camera.open("/api-clients/")
    camera.take("list")
    camera.open("/api-clients/?status=enabled&last_used=not-90&secret_age=365")
    camera.take("list-filtered")


def _bulk(camera: Camera) -> None:
    """Unused clients are given a shorter lifespan, all at once."""
    page = camera.page
    camera.open("/api-clients/?status=enabled&last_used=not-90&secret_age=365")
    for box in page.get_by_role("checkbox", name="Select ").all()[1:5]:
        box.check()
    camera.take("bulk-bar")
    camera.press("Set lifespan")
    page.get_by_label("The same for all").check()
    camera.press("15 min")
    camera.take("bulk-lifespan")
    camera.press("Set the lifespan of 4 clients")
    expect(page.locator("progress")).to_have_count(0, timeout=60_000)
    camera.take("bulk-result")


def _changes(camera: Camera, client: str) -> None:
    page = camera.page
    camera.open("/api-clients/new/")
    page.get_by_label("API Client ID").fill(NEW)
    page.get_by_label("Description").fill("Loads the sales of the day, every night")
    page.get_by_label("Owner").fill("data-platform@northwind.example")
    camera.press("15 min")
    camera.take("create")
    camera.press("Save")
    camera.expect_heading(NEW)
    camera.take("created")
    camera.open(f"{client}credentials/regenerate/")
    page.get_by_label("Reason").fill("The secret was in a chat")
    camera.take("regenerate")
    camera.open(f"{client}disable/")
    camera.take("disable")
    camera.open(f"{client}delete/")
    camera.take("delete")


def _tabs(camera: Camera, client: str) -> None:
    page = camera.page
    camera.open(client)
    camera.take("settings")
    camera.open(f"{client}credentials/")
    camera.take("credentials")
    camera.open(f"{client}permissions/")
    camera.take("permissions")
    camera.open(f"{client}permissions/assign/")
    page.get_by_label("reports-reader").check()
    camera.take("assign")
    camera.open(f"{client}tokens/")
    with page.expect_download() as download:
        camera.press("Download Token")
    camera.press("Run test")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    page.get_by_label("Access token").fill(download.value.path().read_text())
    camera.press("Inspect")
    expect(page.locator("#inspection")).to_contain_text("Valid signature")
    camera.take("tokens")
    camera.open(f"{client}tokens/revoke/")
    camera.take("revoke")
    camera.open(f"{client}activity/")
    camera.take("activity")


def _log(camera: Camera) -> None:
    camera.open("/audit/")
    camera.take("audit")
    camera.page.locator("#entries tbody a").filter(has_text="created").first.click()
    camera.take("audit-entry")


def _again(camera: Camera, client: str, name: str) -> None:
    """Some of them, for a narrow window or a dark room."""
    camera.open("/")
    camera.take(f"overview-{name}")
    camera.open("/api-clients/")
    camera.take(f"list-{name}")
    camera.open(f"{client}credentials/")
    camera.take(f"credentials-{name}")


@contextmanager
def _camera(
    browser: Browser,
    url: str,
    *,
    size: tuple[int, int] = DESKTOP,
    color_scheme: str = "light",
) -> Iterator[Camera]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if color_scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    yield Camera(context.new_page(), context.new_page(), url, size)
    context.close()


def main() -> int:
    demo = Demo.from_environ(os.environ, keycloak=False)
    demo = Demo(demo.port, demo.provider_port, keycloak=False, folder=FOLDER)
    taken, chromium = taken_ports(demo), find_chromium(os.environ)
    if taken or chromium is None:
        print(taken or "Install Chromium, or name it with CHROMIUM.", file=sys.stderr)
        return 1
    # Of its own, and always the same: fingerprints of secrets can be seen.
    environ = {**demo_environ(demo), "FINGERPRINT_KEY": FOLDER * 8}
    shutil.rmtree(VAR / FOLDER, ignore_errors=True)
    (VAR / FOLDER).mkdir(parents=True)
    PICTURES.mkdir(exist_ok=True)
    try:
        with running_demo(demo, environ), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=[*FLAGS, EVEN_LETTERS]
            )
            take_pictures(browser, demo.url)
            browser.close()
    except (MissingError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
