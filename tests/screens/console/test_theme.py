"""Choosing light or dark."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.pages import read_page, text_of
from tests.screens.apiclients.listing import LIST

THEME = reverse("console:theme")
pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_theme_is_remembered(admin: Client, theme: str) -> None:
    response = admin.post(THEME, {"theme": theme, "next": f"{LIST}?q=x"})

    assert response["Location"] == f"{LIST}?q=x"
    page = read_page(admin.get(LIST))
    assert page.select("html")[0]["data-theme"] == theme
    assert page.select("html")[0].get("data-bs-theme") == (
        None if theme == "system" else theme
    )
    chosen = page.select('#account [name=theme][aria-pressed="true"]')
    assert [text_of(button) for button in chosen] == [theme.capitalize()]


@pytest.mark.parametrize("theme", ["", "pink", '"><script>', "\0"])
def test_theme_that_there_is_not_is_not_remembered(admin: Client, theme: str) -> None:
    response = admin.post(THEME, {"theme": theme})

    assert response["Location"] == "/"
    assert "theme" not in response.cookies


def test_theme_in_a_hostile_cookie_is_the_systems(admin: Client) -> None:
    admin.cookies["theme"] = "pink onload=alert(1)"

    page = read_page(admin.get(LIST))

    assert page.select("html")[0]["data-theme"] == "system"


@pytest.mark.parametrize("hostile", ["https://evil.example/", "//evil.example"])
def test_theme_leads_to_no_other_site(admin: Client, hostile: str) -> None:
    response = admin.post(THEME, {"theme": "dark", "next": hostile})

    assert response["Location"] == "/"


def test_theme_needs_no_session(keycloak: object, db: None) -> None:
    browser = Client()

    browser.post(THEME, {"theme": "dark", "next": "/sign-in/"})

    page = read_page(browser.get("/sign-in/"))
    assert page.select("html")[0]["data-theme"] == "dark"
