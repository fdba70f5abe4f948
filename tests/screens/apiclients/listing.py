"""The list as tests read it."""

from typing import Any

from bs4.element import Tag
from django.test import Client
from django.urls import reverse

from tests.pages import read_page, text_of

LIST = reverse("apiclients:list")


def open_list(browser: Client, address: str = LIST, **params: Any) -> Tag:
    return read_page(browser.get(address, params or None))


def ids(page: Tag) -> list[str]:
    """The client ids that the page lists, in order."""
    return [text_of(link) for link in page.select("#clients tbody .id")]


def link_url(page: Tag, selector: str) -> str:
    found = page.select(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return str(found[0]["href"])


def numbers(page: Tag) -> str:
    return text_of(page.select_one(".pager .numbers"))
