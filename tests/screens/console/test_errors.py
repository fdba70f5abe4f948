"""Addresses that lead nowhere, requests that make no sense, and our own mistakes."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from apiclients import selectors
from tests.pages import read_page, text_of
from tests.screens.apiclients.listing import LIST
from tests.screens.browser import heading

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.mark.parametrize(
    "address",
    [
        *("/nothing/", "/api-clients/x/", "/audit/x/", "/audit/0/", "/audit/999999/"),
        *("/api-clients.css", "/admin/", "/.env", "/.git/config", "/%00", "/%ff/"),
        f"/audit/{'9' * 30}/",
    ],
)
def test_an_address_that_leads_nowhere_says_so(admin: Client, address: str) -> None:
    response = admin.get(address)

    page = read_page(response)
    assert response.status_code == 404
    assert heading(page) == "There is nothing here"
    assert text_of(page.select_one(".reference code")) == response["X-Request-ID"]


def test_an_address_that_leads_nowhere_says_so_to_whoever_is_not_signed_in() -> None:
    response = Client().get("/nothing/")

    page = read_page(response)
    assert response.status_code == 404
    assert not page.select('nav[aria-label="Main"]')


def test_a_form_that_is_far_too_large_is_refused(admin: Client) -> None:
    response = admin.post(reverse("apiclients:create"), {"description": "x" * 200_000})

    page = read_page(response)
    assert response.status_code == 400
    assert heading(page) == "This request cannot be understood"
    assert "Nothing was changed." in text_of(page.main)


def test_a_form_with_far_too_many_fields_is_refused(admin: Client) -> None:
    fields = {f"field-{number}": "x" for number in range(400)}

    assert admin.post(reverse("apiclients:create"), fields).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "@x"])
def test_another_hosts_name_is_refused(admin: Client, host: str) -> None:
    response = admin.get(LIST, headers={"Host": host})

    assert response.status_code == 400
    assert host not in response.text


@pytest.fixture
def mistake(monkeypatch: pytest.MonkeyPatch) -> str:
    """What a mistake of ours would say."""

    def fail() -> None:
        raise RuntimeError("a mistake with s3cret details")

    monkeypatch.setattr(selectors, "get_synchronisation", fail)
    return "s3cret"


def test_a_mistake_of_ours_says_that_something_went_wrong_and_no_more(
    admin: Client, mistake: str
) -> None:
    admin.raise_request_exception = False

    response = admin.get(LIST)

    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 500
    assert heading(page) == "Something went wrong"
    assert "may or may not have happened" in text_of(page.main)
    assert mistake not in response.text
    assert "Traceback" not in response.text
    assert response["X-Request-ID"].startswith("req-")


def test_a_mistake_of_ours_keeps_the_headers(admin: Client, mistake: str) -> None:
    admin.raise_request_exception = False

    response = admin.get(LIST)

    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (LIST, 200),
        ("/audit/", 200),
        ("/sign-in/", 302),
        ("/nothing/", 404),
        ("/sign-out/", 405),
    ],
)
def test_every_answer_has_the_headers(admin: Client, address: str, status: int) -> None:
    response = admin.get(address)

    assert response.status_code == status
    for name, value in EXPECTED.items():
        assert response[name] == value, name
    assert "no-store" in response["Cache-Control"]
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not response.has_header("Server")
