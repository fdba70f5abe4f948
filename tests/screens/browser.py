"""What a person does without scripts: read a page, fill in its form, send it."""

from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag
from django.test import Client

from tests.pages import read_page, text_of


@dataclass(frozen=True)
class Form:
    """A form as the page shows it; `values` are what it sends when left alone."""

    action: str
    values: dict[str, str]

    def filled_in(self, **values: Any) -> dict[str, str]:
        """What it sends with these values; None: the field is not sent."""
        unknown = values.keys() - self.values.keys() - NOT_TICKED
        assert not unknown, f"no such fields: {unknown}"
        texts = {**self.values, **values}
        return {name: str(text) for name, text in texts.items() if text is not None}


# A box without its tick sends nothing, so a form does not tell of it.
NOT_TICKED = {"accept_risk", "enabled", "roles"}


def find_form(page: BeautifulSoup, button: str) -> Form:
    """The form that this button sends."""
    found = [b for b in page.select("main form button") if text_of(b) == button]
    assert len(found) == 1, f"{len(found)} buttons {button!r}"
    form = found[0].find_parent("form")
    assert isinstance(form, Tag)
    return Form(str(form["action"]), dict(_values(form)))


def open_form(browser: Client, address: str, button: str) -> Form:
    return find_form(read_page(browser.get(address)), button)


def fill_in(browser: Client, address: str, button: str, **values: Any) -> Any:
    """Open the page, fill in its form, send it; the answer."""
    form = open_form(browser, address, button)
    return browser.post(form.action, form.filled_in(**values))


def follow(browser: Client, response: Any) -> BeautifulSoup:
    """The page that a redirect leads to."""
    assert response.status_code == 302, response.status_code
    return read_page(browser.get(response["Location"]))


def banners(page: Tag) -> list[str]:
    return [text_of(banner) for banner in page.select(".banner")]


def heading(page: Tag) -> str:
    return text_of(page.select_one("h1"))


def _values(form: Tag) -> list[tuple[str, str]]:
    pairs = []
    for field in form.select("[name]"):
        name, kind = str(field["name"]), field.get("type")
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            assert chosen is not None
            pairs.append((name, str(chosen["value"])))
        elif kind in {"checkbox", "radio"}:
            if field.has_attr("checked"):
                pairs.append((name, str(field.get("value", "on"))))
        elif field.name == "input":
            pairs.append((name, str(field.get("value", ""))))
    return pairs
