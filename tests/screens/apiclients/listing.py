"""The list as tests read it."""

import re
from dataclasses import dataclass
from html import unescape
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


@dataclass(frozen=True)
class Glance:
    """The rows of a page and its pager, read quickly: tests turn many pages."""

    ids: list[str]
    numbers: str
    previous: str
    next: str


def glance(browser: Client, address: str = LIST, **params: Any) -> Glance:
    response = browser.get(address, params or None)
    assert response.status_code == 200
    links = dict(re.findall(r'id="page-(\w+)" href="([^"]+)"', response.text))
    return Glance(
        ids=re.findall(r'<a class="id"[^>]*>([^<]+)</a>', response.text),
        numbers=re.findall(r'class="numbers">([^<]+)<', response.text)[0],
        previous=unescape(links.get("previous", "")),
        next=unescape(links.get("next", "")),
    )
