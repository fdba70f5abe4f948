"""One person's whole way through the console, with any Keycloak behind it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.provider import Provider, uuid_in

OWNER = "data-platform@northwind.example"


@dataclass(frozen=True, slots=True)
class Journey:
    """Each step starts where the one before it has ended."""

    page: Page
    provider: Provider
    client_id: str
    javascript: bool

    def sign_in(self) -> None:
        steps.sign_in(self.page, "client-admin")
        self.page.get_by_role("link", name="API Clients", exact=True).first.click()
        self.expect_heading("API Clients")

    def create(self) -> str:
        """With a lifespan of 15 minutes; its uuid."""
        page = self.page
        page.get_by_role("link", name="Create API Client").first.click()
        page.get_by_label("API Client ID").fill(self.client_id)
        page.get_by_label("Description").fill("Nightly load")
        page.get_by_label("Owner").fill(OWNER)
        if self.javascript:
            page.get_by_role("button", name="15 min").click()
        else:
            page.get_by_label("This client's own").check()
            page.get_by_label("Number").fill("15")
            page.get_by_label("Unit").select_option("minutes")
        page.get_by_role("button", name="Save").click()
        self.expect_heading(self.client_id)
        expect(page.get_by_role("heading", name="Next steps")).to_be_visible()
        expect(page.get_by_text("Tokens will live 15 minutes.")).to_be_visible()
        return uuid_in(page.url)

    def show(self) -> str:
        self.page.get_by_role("link", name="Credentials", exact=True).click()
        expect(steps.secret_field(self.page)).to_have_value(steps.MASK)
        if self.javascript:
            self.page.clock.install()
        else:
            self.page.route("**/credentials/show/", _hide_after_a_second)
        return steps.show_secret(self.page)

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
        secret.get_by_role("button", name="Copy").click()
        expect(self.page.locator("#status")).to_have_text("Client secret copied")
        elsewhere = self.page.context.new_page()
        elsewhere.set_content("<textarea></textarea>")
        elsewhere.locator("textarea").press("Control+V")
        pasted = elsewhere.locator("textarea").input_value()
        elsewhere.close()
        return pasted

    def delete(self) -> None:
        page = self.page
        page.get_by_role("link", name="Settings", exact=True).click()
        page.get_by_role("link", name="Delete client").click()
        page.get_by_label(f"Type {self.client_id} to confirm").fill(self.client_id)
        page.get_by_role("button", name="Delete client").click()
        self.expect_heading("API Clients")
        expect(page.get_by_text(f"{self.client_id} was deleted.")).to_be_visible()

    def read_audit_log(self) -> list[str]:
        """The client's entries as "Person: sentence (outcome)", the oldest first."""
        self.page.get_by_role("link", name="Audit log").click()
        client = self.page.get_by_label("API client or cluster")
        client.fill(self.client_id)
        client.press("Enter")
        expect(self.page.locator(".chip")).to_have_text(re.compile(self.client_id))
        rows = self.page.locator("#entries tbody tr")
        cells: Callable[[str], list[str]] = lambda name: [  # noqa: E731
            " ".join(text.split())
            for text in rows.locator(f".c-{name}").all_text_contents()
        ]
        lines = zip(cells("actor"), cells("summary"), cells("outcome"), strict=True)
        return [f"{who}: {what} ({how})" for who, what, how in lines][::-1]

    def sign_out(self) -> None:
        """Here and at the provider, which then asks for the password again."""
        page = self.page
        page.get_by_role("button", name="Account: Bob Tanaka").click()
        page.get_by_role("button", name="Sign out").click()
        self.expect_heading("Sign in")
        page.get_by_role("button", name=steps.SIGN_IN).click()
        expect(page.locator("[name=password]")).to_be_visible()

    def expect_heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)


def _hide_after_a_second(route: Route) -> None:
    response = route.fetch()
    shorter, changes = re.subn('content="30;', 'content="1;', response.text())
    assert changes == 1, "the page does not hide the secret"
    route.fulfill(response=response, body=shorter)
