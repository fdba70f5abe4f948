"""Signing out at the provider, started by the console."""

import pytest

from tests.contract.browser import Browser, form_of, text_of
from tests.contract.support import CONSOLE_ID, CONSOLE_URL, Upstream


@pytest.fixture
def browser(upstream: Upstream) -> Browser:
    return Browser(upstream)


def is_signed_in(browser: Browser) -> bool:
    return browser.open(prompt="none").headers["Location"].find("error=") < 0


@pytest.mark.parametrize("page", ["/", "/sign-in/", "/anything"])
def test_signing_out_ends_the_session_and_comes_back(
    browser: Browser, upstream: Upstream, page: str
) -> None:
    tokens = browser.tokens("visitor")
    assert is_signed_in(browser)

    answer = browser.log_out(
        id_token_hint=tokens["id_token"],
        post_logout_redirect_uri=f"{CONSOLE_URL}{page}",
        state="state-9",
    )

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{CONSOLE_URL}{page}?state=state-9"
    assert not is_signed_in(browser)
    assert upstream.userinfo(tokens["access_token"]).status_code == 401


def test_without_a_state_there_is_none(browser: Browser) -> None:
    answer = browser.log_out(
        id_token_hint=browser.tokens("visitor")["id_token"],
        post_logout_redirect_uri=f"{CONSOLE_URL}/",
    )

    assert answer.headers["Location"] == f"{CONSOLE_URL}/"


def test_signing_out_twice_is_no_error(browser: Browser) -> None:
    token = browser.tokens("visitor")["id_token"]
    address = f"{CONSOLE_URL}/"

    answers = [
        browser.log_out(id_token_hint=token, post_logout_redirect_uri=address)
        for _ in range(2)
    ]

    assert [answer.headers["Location"] for answer in answers] == [address, address]


def test_without_an_address_a_page_says_so(browser: Browser) -> None:
    answer = browser.log_out(id_token_hint=browser.tokens("visitor")["id_token"])

    assert answer.status_code == 200
    assert "You are logged out" in text_of(answer)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"post_logout_redirect_uri": "http://evil.example/"}, "Invalid redirect uri"),
        ({"id_token_hint": "nonsense"}, "Invalid parameter: id_token_hint"),
        ({"client_id": "production"}, "Invalid parameter: id_token_hint"),
    ],
    ids=["address", "hint", "client"],
)
def test_a_wrong_request_signs_nobody_out(
    browser: Browser, parameters: dict[str, str], text: str
) -> None:
    right = {
        "id_token_hint": browser.tokens("visitor")["id_token"],
        "post_logout_redirect_uri": f"{CONSOLE_URL}/",
    }

    answer = browser.log_out(**right | parameters)

    assert answer.status_code == 400
    assert text in text_of(answer)
    assert is_signed_in(browser)


def test_an_access_token_is_no_hint(browser: Browser) -> None:
    answer = browser.log_out(id_token_hint=browser.tokens("visitor")["access_token"])

    assert answer.status_code == 400
    assert is_signed_in(browser)


def test_an_address_alone_is_not_enough(browser: Browser) -> None:
    answer = browser.log_out(post_logout_redirect_uri=f"{CONSOLE_URL}/")

    assert answer.status_code == 400
    assert "Missing parameters: id_token_hint" in text_of(answer)


def test_without_a_hint_the_person_is_asked(browser: Browser) -> None:
    token = browser.tokens("visitor")["access_token"]

    page = browser.log_out(
        client_id=CONSOLE_ID, post_logout_redirect_uri=f"{CONSOLE_URL}/"
    )
    before = browser.upstream.userinfo(token).status_code
    button = form_of(page).select('input[type="submit"]')
    answer = browser.submit(page, confirmLogout="Logout")

    assert page.status_code == 200
    assert "Do you want to log out?" in text_of(page)
    assert before == 200
    assert [field["name"] for field in button] == ["confirmLogout"]
    assert answer.headers["Location"] == f"{CONSOLE_URL}/"
    assert not is_signed_in(browser)
