"""What a screen needs to come about, and the table of all screens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.browser.running import RunningConsole
from tests.browser.scene import Scene
from tests.browser.watching import Watch

LONG = "svc-customer-data-platform-realtime-segmentation-export-prod-eu-west-1"
ACCOUNT = f"service-account-{LONG}"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a screen is set up and opened."""

    open_page: Callable[..., Page]
    new_context: Callable[..., BrowserContext]
    scene: Scene
    watch: Watch
    # Another console on the same database, with these settings.
    console_like: Callable[..., RunningConsole]

    def open(self, path: str, *, status: int = 200, **options: Any) -> Page:
        return self.go(self.open_page(**options), path, status=status)

    def go(self, page: Page, path: str, *, status: int = 200) -> Page:
        if status >= 400:
            self.watch.expect_status(status)
        response = page.goto(path)
        assert response
        assert response.status == status, page.title()
        return page

    def open_signed_out(self, path: str, *, status: int = 200) -> Page:
        return self.go(self.new_context().new_page(), path, status=status)

    def add_client(self, **representation: Any) -> str:
        """With a long name and everything filled in; its uuid."""
        attributes = {
            "console.owner": "customer-success@northwind.example",
            "access.token.lifespan": "28800",
            **representation.pop("attributes", {}),
        }
        return self.scene.add_client(
            LONG,
            description="Exports segments of the customer data platform, all the time",
            attributes=attributes,
            **representation,
        )

    def open_client(self, path: str = "", **representation: Any) -> Page:
        """A page of a client with a long name and everything filled in."""
        return self.open(f"/api-clients/{self.add_client(**representation)}/{path}")


Reach = Callable[[Stage], Page]
SCREENS: dict[str, Reach] = {}


def screen(reach: Reach) -> Reach:
    """Under its own name, which no other has."""
    assert reach.__name__ not in SCREENS, reach.__name__
    SCREENS[reach.__name__] = reach
    return reach
