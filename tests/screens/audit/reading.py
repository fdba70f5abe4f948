"""The audit log as a person reads it: rows of the table, facts of an entry."""

from dataclasses import dataclass
from typing import Any

from bs4.element import Tag
from django.test import Client
from django.urls import reverse

from tests.pages import read_page, text_of

LIST = reverse("audit:list")


@dataclass(frozen=True)
class Row:
    """One line of the table, in words."""

    actor: str
    summary: str
    category: str
    address: str
    outcome: str
    link: str


def open_list(browser: Client, **filters: Any) -> Tag:
    response = browser.get(LIST, filters)
    assert response.status_code == 200
    return read_page(response)


def rows(page: Tag) -> list[Row]:
    return [_row(row) for row in page.select("table.entries tbody tr")]


def numbers(page: Tag) -> list[int]:
    """The numbers of the entries that are listed."""
    return [int(row.link.strip("/").split("/")[-1]) for row in rows(page)]


def chips(page: Tag) -> list[str]:
    return [text_of(chip) for chip in page.select(".chip")]


def link_of(page: Tag, label: str) -> str:
    found = [a for a in page.select("main a") if text_of(a) == label]
    assert len(found) == 1, f"{len(found)} links {label!r}"
    return str(found[0]["href"])


def facts(page: Tag) -> dict[str, str]:
    terms = page.select("#entry-facts dt")
    return {
        text_of(term): text_of(value)
        for term, value in zip(terms, page.select("#entry-facts dd"), strict=True)
    }


def _row(row: Tag) -> Row:
    def cell(name: str) -> str:
        return text_of(row.select_one(f".c-{name}"))

    return Row(
        actor=cell("actor"),
        summary=cell("summary"),
        category=cell("category"),
        address=cell("address"),
        outcome=cell("outcome"),
        link=str(row.select(".c-summary a")[0]["href"]),
    )
