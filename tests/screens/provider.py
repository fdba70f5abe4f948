"""The provider's side of signing in: its pages, as a person's browser sees them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tests.pages import read_page
from tests.screens.browser import find_form

BUTTON = "Sign in with your organization account"


class Provider:
    """Keycloak's pages in one browser, which keeps Keycloak's own cookies."""

    def __init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False

    def log_in(self, address: str, username: str) -> str:
        """Where the provider sends the browser once the person is known."""
        answer = self.http.get(address, allow_redirects=False, timeout=10)
        if answer.status_code == 200:
            form = BeautifulSoup(answer.text, "html.parser").select("form")[0]
            # Browsers send Secure cookies to this machine over plain HTTP, too.
            for cookie in self.http.cookies:
                cookie.secure = False
            answer = self.http.post(
                str(form["action"]),
                data={"username": username, "password": username},
                allow_redirects=False,
                timeout=10,
            )
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def asks_who_it_is(self, address: str) -> bool:
        answer = self.http.get(address, allow_redirects=False, timeout=10)
        return answer.status_code == 200 and "password" in answer.text


def leave_for_provider(browser: Client, path: str = "/") -> str:
    """Press the button of the sign-in page; where it leads."""
    page = read_page(browser.get(path, follow=True))
    form = find_form(page, BUTTON)
    response = browser.post(form.action, form.values)
    assert response.status_code == 302, response.status_code
    return str(response["Location"])


def come_back(browser: Client, location: str, **changed: str) -> Any:
    """The answer to the browser's return, with other parameters if wanted."""
    parts = urlsplit(location)
    assert parts.path == reverse("console:sign-in-callback")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return browser.get(parts.path, {**query, **changed})


def sign_in_through(
    browser: Client, username: str, path: str = "/", provider: Provider | None = None
) -> Any:
    """The whole way; the console's answer to the browser's return."""
    location = (provider or Provider()).log_in(
        leave_for_provider(browser, path), username
    )
    return come_back(browser, location)


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("apiclients:list")).status_code == 200


def parameters_of(address: str) -> dict[str, str]:
    query = urlsplit(address).query
    return {name: values[0] for name, values in parse_qs(query).items()}
