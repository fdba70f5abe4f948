"""The demonstration's clusters, their addresses, and what people do there."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tests.pages import read_page, text_of
from tests.screens.browser import Form, find_form


def id_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"imply:cluster:{name}"))


ANALYTICS = id_of("analytics-prod")
CLICKSTREAM = id_of("clickstream-prod")
STAGING = id_of("analytics-staging")
API = "/api/v1/clusters"
LIST = "/clusters/"


def address(page: str, cluster_id: str = ANALYTICS) -> str:
    return reverse(f"clusters:{page}", args=[cluster_id])


def confirmation(
    browser: Client, cluster_id: str = ANALYTICS, *, on: bool = True
) -> Form:
    """The form of the page that asks for the restart, after the dialog and OK."""
    dialog = find_form(read_page(browser.get(address("flags", cluster_id))), "OK")
    values: dict[str, Any] = {**dialog.values, "wanted": "oauth2"}
    if not on:
        del values["wanted"]
    page = read_page(browser.get(dialog.action, values))
    return find_form(page, "Restart cluster")


def restart(browser: Client, cluster_id: str = ANALYTICS, *, on: bool = True) -> Any:
    """Through all pages to the restart; the answer."""
    form = confirmation(browser, cluster_id, on=on)
    return browser.post(form.action, form.values)


def setup(browser: Client, cluster_id: str = ANALYTICS, query: str = "") -> Any:
    return browser.get(f"{address('setup', cluster_id)}{query}")


def flag_row(page: BeautifulSoup, label: str = "OAuth 2.0") -> list[str]:
    """Running, Saved and State of a flag."""
    for row in page.select(".flags tbody tr"):
        if label in text_of(row.select_one("th")):
            return [text_of(cell) for cell in row.select("td")]
    raise AssertionError(f"no flag {label!r}")
