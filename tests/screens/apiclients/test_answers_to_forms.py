"""Pages that answer a form, without a script: the ways on from there, and back."""

from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.pages import read_page
from tests.screens.apiclients_tokens.asking import address
from tests.screens.browser import find_form, open_form
from tests.screens.provider import BUTTON

ANSWERS = [
    ("credentials", "Show", {}),
    ("tokens", "Run test", {}),
    ("tokens", "Inspect", {"token": "nonsense"}),
]
every_answer = pytest.mark.parametrize(("tab", "button", "typed"), ANSWERS)


def send(
    browser: Client, uuid: str, tab: str, button: str, typed: dict[str, str]
) -> tuple[str, BeautifulSoup]:
    """The address that the answer has in the browser, and the answer."""
    form = open_form(browser, address(tab, uuid), button)
    return form.action, read_page(browser.post(form.action, form.values | typed))


@every_answer
def test_every_link_leads_to_a_page(
    admin: Client, reports: str, tab: str, button: str, typed: dict[str, str]
) -> None:
    here, page = send(admin, reports, tab, button, typed)

    links = {urldefrag(urljoin(here, str(a["href"]))).url for a in page.select("a")}
    own = {link for link in links if link.startswith("/")}
    assert len(own) > 5
    for link in own:
        answer: Any = admin.get(link, follow=True)
        assert answer.status_code == 200, link


@every_answer
def test_its_address_alone_is_the_tab(
    admin: Client, reports: str, tab: str, button: str, typed: dict[str, str]
) -> None:
    here, page = send(admin, reports, tab, button, typed)

    assert admin.get(here)["Location"] == address(tab, reports)
    theme = page.select_one("input[name=next]")
    assert theme is not None
    assert theme["value"] == here  # so that changing the theme leads there


@every_answer
def test_signed_out_meanwhile_one_comes_back_to_the_tab(
    admin: Client, reports: str, tab: str, button: str, typed: dict[str, str]
) -> None:
    form = open_form(admin, address(tab, reports), button)
    admin.session.flush()

    sent_from = {"Referer": f"http://testserver{address(tab, reports)}"}
    answer: Any = admin.post(
        form.action, form.values | typed, headers=sent_from, follow=True
    )

    sign_in = find_form(read_page(answer), BUTTON)
    assert sign_in.values["next"] == address(tab, reports)
