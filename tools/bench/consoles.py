"""Two consoles of one realm, and how a person gets to what they want in each."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tools.bench.realm import name_of
from tools.chromium import give_password
from tools.keycloak import REALM

SECONDS = 60
WANTED = name_of(7321)
PART = WANTED[4:9]  # five digits that occur in one id


@dataclass(frozen=True, slots=True)
class Console:
    """Where its list is, when that stands, and the way to one client's secret.

    `doorstep`: a page of the same server with nothing on it.
    """

    name: str
    doorstep: str
    list_url: str
    rows: str
    sign_in: Callable[[Page], None]
    # Begins on the list; ends where the secret can be shown.
    find: Callable[[Page], None]

    def open_list(self, page: Page) -> None:
        """Until its rows stand."""
        page.goto(self.list_url, wait_until="commit")
        page.locator(self.rows).first.wait_for(timeout=SECONDS * 1000)


def keycloaks(base_url: str) -> Console:
    """Keycloak's own, as the administrator of the whole server."""
    url = f"{base_url}/admin/master/console/#/{REALM}/clients"

    def sign_in(page: Page) -> None:
        page.goto(url)
        give_password(page, "admin")

    def find(page: Page) -> None:
        search = page.get_by_placeholder("Search for client")
        search.fill(PART)
        search.press("Enter")
        page.get_by_role("link", name=WANTED).click()
        page.get_by_role("tab", name="Credentials").click()
        page.locator("#kc-client-secret, [data-testid=client-secret]").first.wait_for()

    rows = "table tbody tr td a"
    doorstep = f"{base_url}/robots.txt"
    return Console("Keycloak's console", doorstep, url, rows, sign_in, find)


def ours(base_url: str) -> Console:
    """This one, as a person who holds administer-clients and nothing else."""
    url = f"{base_url}/api-clients/"

    def sign_in(page: Page) -> None:
        page.goto(f"{base_url}/sign-in/")
        page.get_by_role("button", name="Sign in").click()
        give_password(page, "client-admin")

    def find(page: Page) -> None:
        page.get_by_role("searchbox", name="Search clients by ID").fill(PART)
        page.keyboard.press("Enter")
        page.get_by_role("link", name=WANTED).click()
        page.get_by_role("link", name="Credentials").click()
        page.get_by_role("button", name="Show").first.wait_for()

    return Console(
        "This console", f"{base_url}/healthz", url, "#clients tbody tr", sign_in, find
    )
