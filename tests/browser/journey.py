"""One person's whole way through the console, with any Keycloak behind it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import steps
from tests.browser.hands import Hands
from tests.browser.provider import uuid_in

OWNER = "data-platform@northwind.example"


@dataclass(frozen=True, slots=True)
class Journey:
    """Each step starts where the one before it has ended."""

    page: Page
    hands: Hands
    client_id: str
    javascript: bool

    def sign_in(self) -> None:
        self.page.goto("/")
        self.press("button", steps.SIGN_IN)
        for field in ("username", "password"):
            self.hands.write(self.page.locator(f"[name={field}]"), "client-admin")
        self.hands.press(self.page.locator("[type=submit]"))
        self.expect_heading("Overview")

    def learn_why_not(self, cluster: str, why: str) -> None:
        """The page of a cluster that is none of this person's."""
        self.open_cluster(cluster)
        expect(
            self.page.get_by_role("button", name="Edit feature flags")
        ).to_be_disabled()
        expect(self.page.locator("#flags-lock")).to_contain_text(why)

    def enable_oauth(self, cluster: str, finish: Callable[[], None]) -> None:
        """With the restart, which `finish` brings to its end."""
        page = self.page
        self.open_cluster(cluster)
        self.press("link", "Edit feature flags")
        self.expect_heading("Edit feature flags")
        self.hands.tick(page.get_by_role("checkbox", name="OAuth 2.0"))
        self.press("button", "OK")
        self.expect_heading(f"Restart {cluster}?")
        self.press("button", "Restart cluster")
        self.expect_heading(cluster)
        expect(page.get_by_text("Restarting to apply the changes")).to_be_visible()
        finish()
        self.press("link", "Refresh")
        expect(page.locator("#setup")).to_contain_text("runs with the saved settings")
        expect(page.locator("#cluster-facts")).to_contain_text("OAuth 2.0 on")

    def create(self) -> str:
        """With a lifespan of 15 minutes; its uuid."""
        page, hands = self.page, self.hands
        self.go("API Clients")
        self.press("link", "Create API Client")
        self.expect_heading("Create API Client")
        hands.write(page.get_by_label("API Client ID"), self.client_id)
        hands.write(page.get_by_label("Description"), "Nightly load")
        hands.write(page.get_by_label("Owner"), OWNER)
        if self.javascript:
            self.press("button", "15 min")
        else:
            hands.tick(page.get_by_label("This client's own"))
            hands.write(page.get_by_label("Number"), "15")
            page.get_by_label("Unit").select_option("minutes")
        self.press("button", "Save")
        self.expect_heading(self.client_id)
        expect(page.get_by_role("heading", name="Next steps")).to_be_visible()
        expect(page.get_by_text("Tokens will live 15 minutes.")).to_be_visible()
        return uuid_in(page.url)

    def assign(self, role: str, scope: str) -> None:
        page = self.page
        self.open_tab("Client Permissions")
        self.press("link", "Assign permissions")
        self.expect_heading(f"Assign permissions to {self.client_id}")
        group = page.get_by_role("group", name=re.compile(f"^{scope}", re.IGNORECASE))
        self.hands.tick(group.get_by_role("checkbox", name=role))
        self.press("button", "Save")
        self.expect_heading(self.client_id)
        expect(page.get_by_text(f"{role}. Tokens issued from now on")).to_be_visible()

    def download_token(self) -> str:
        self.open_tab("Tokens")
        with self.page.expect_download() as download:
            self.press("button", "Download Token")
        assert download.value.suggested_filename == f"{self.client_id}-token.txt"
        return Path(download.value.path()).read_text(encoding="ascii")

    def find_credentials(self) -> None:
        """By the search of every page, then the menu of its row."""
        self.hands.search(self.client_id)
        self.expect_heading("API Clients")
        if self.javascript:
            self.hands.choose(
                self.page.get_by_role("button", name=f"Actions for {self.client_id}"),
                self.page.get_by_role("link", name="Credentials", exact=True),
            )
        else:
            self.press("link", self.client_id)
            self.open_tab("Credentials")
        self.expect_heading(self.client_id)
        expect(steps.secret_field(self.page)).to_have_value(steps.MASK)

    def show(self) -> str:
        if self.javascript:
            steps.await_htmx(self.page)
            self.page.clock.install()
        else:
            self.page.route("**/credentials/show/", _hide_after_a_second)
        self.press("button", "Show")
        return steps.shown_secret(self.page)

    def wait_until_hidden(self, secret: str) -> None:
        """After 30 seconds, which nobody waits for here."""
        if self.javascript:
            self.page.clock.fast_forward(31_000)
            self.page.clock.resume()
        expect(steps.secret_field(self.page)).to_have_value(steps.MASK)
        assert secret not in steps.texts_and_values(self.page)

    def copy(self) -> str:
        """What is in the clipboard afterwards, pasted as a person would."""
        secret = self.page.locator("#client-secret")
        self.hands.press(secret.get_by_role("button", name="Copy"))
        expect(self.page.locator("#status")).to_have_text("Client secret copied")
        elsewhere = self.page.context.new_page()
        elsewhere.set_content("<textarea></textarea>")
        elsewhere.locator("textarea").press("Control+V")
        pasted = elsewhere.locator("textarea").input_value()
        elsewhere.close()
        return pasted

    def regenerate(self) -> str:
        """The new secret; ends on the Credentials tab again."""
        self.press("link", "Regenerate")
        self.expect_heading(f"Regenerate the secret of {self.client_id}?")
        self.hands.write(self.page.get_by_label("Reason"), "It was in a chat.")
        self.press("button", "Regenerate secret")
        self.expect_heading(re.compile("New secret"))
        secret = steps.secret_field(self.page).input_value()
        self.press("link", "Go to Credentials")
        self.expect_heading(self.client_id)
        return secret

    def revoke(self) -> None:
        self.open_tab("Tokens")
        self.press("link", "Revoke issued tokens")
        self.expect_heading(f"Revoke the issued tokens of {self.client_id}?")
        self.press("button", "Revoke issued tokens")
        self.expect_heading(self.client_id)
        expect(self.page.get_by_text("Revoked the issued tokens.")).to_be_visible()

    def delete(self) -> None:
        page = self.page
        self.open_tab("Settings")
        self.press("link", "Delete client")
        self.expect_heading("Delete this API client?")
        typed = page.get_by_label(f"Type {self.client_id} to confirm")
        self.hands.write(typed, self.client_id)
        self.press("button", "Delete client")
        self.expect_heading("API Clients")
        expect(page.get_by_text(f"{self.client_id} was deleted.")).to_be_visible()

    def read_audit_log(self, name: str) -> list[str]:
        """Its entries as "Person: sentence (outcome)", the oldest first."""
        self.go("Audit log")
        filtered = self.page.get_by_role("textbox", name="API client or cluster")
        self.hands.write(filtered, name)
        filtered.press("Enter")
        expect(self.page.locator(".chip")).to_have_text(re.compile(name))
        rows = self.page.locator("#entries tbody tr")
        cells: Callable[[str], list[str]] = lambda name: [  # noqa: E731
            " ".join(text.split())
            for text in rows.locator(f".c-{name}").all_text_contents()
        ]
        lines = zip(cells("actor"), cells("summary"), cells("outcome"), strict=True)
        return [f"{who}: {what} ({how})" for who, what, how in lines][::-1]

    def sign_out(self) -> None:
        """Here and at the provider, which then asks for the password again."""
        self.press("button", "Account: Bob Tanaka")
        self.press("button", "Sign out")
        self.expect_heading("Sign in")
        self.press("button", steps.SIGN_IN)
        expect(self.page.locator("[name=password]")).to_be_visible()

    def press(self, role: str, name: str) -> None:
        self.hands.press(self.find(role, name))

    def find(self, role: str, name: str) -> Locator:
        found: Locator = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        return found.first

    def go(self, name: str) -> None:
        """By the menu at the side."""
        self.press("link", name)
        self.expect_heading(name)

    def open_tab(self, name: str) -> None:
        self.press("link", name)
        expect(self.find("link", name)).to_have_attribute("aria-current", "page")

    def open_cluster(self, name: str) -> None:
        self.go("Clusters")
        self.press("link", f"Manage {name}")
        self.expect_heading(name)

    def expect_heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)


def _hide_after_a_second(route: Route) -> None:
    response = route.fetch()
    shorter, changes = re.subn('content="30;', 'content="1;', response.text())
    assert changes == 1, "the page does not hide the secret"
    route.fulfill(response=response, body=shorter)
