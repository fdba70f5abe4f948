"""The Chromium that tests, pictures and measurements are made with."""

import shutil
from collections.abc import Mapping

from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium(environ: Mapping[str, str]) -> str | None:
    """CHROMIUM's, else the first on the PATH."""
    path = environ.get("PATH", "")
    named = environ.get("CHROMIUM")
    if named:
        return shutil.which(named, path=path)
    found = (shutil.which(name, path=path) for name in NAMES)
    return next(filter(None, found), None)


def give_password(page: Page, person: str) -> None:
    """On the provider's login page; the demonstration's passwords are the names."""
    page.locator("[name=username]").fill(person)
    page.locator("[name=password]").fill(person)
    page.locator("[type=submit]").click()
