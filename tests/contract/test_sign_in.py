"""Signing a person in: the page, its errors, and what goes back to the console."""

import pytest

from tests.contract.browser import Browser, form_of, sent_back, text_of
from tests.contract.support import CALLBACK, Upstream

WRONG = "Invalid username or password."
WRONG_METHOD = (
    "Invalid parameter: code challenge method is not matching the configured one"
)


@pytest.fixture
def browser(upstream: Upstream) -> Browser:
    return Browser(upstream)


def test_the_page_asks_for_name_and_password(browser: Browser) -> None:
    page = browser.open()

    form = form_of(page)
    assert page.status_code == 200
    assert page.headers["Content-Type"].lower() == "text/html;charset=utf-8"
    assert "no-store" in page.headers["Cache-Control"]
    assert str(form["method"]).lower() == "post"
    assert len(form.select('input[name="username"]')) == 1
    assert len(form.select('input[name="password"][type="password"]')) == 1
    assert len(form.select('button[type="submit"], input[type="submit"]')) == 1
    assert [label["for"] for label in form.select("label")] == ["username", "password"]
    assert "Northwind Analytics" in text_of(page)
    assert "Sign in to your account" in text_of(page)


def test_the_right_password_sends_back_to_the_console(
    browser: Browser, upstream: Upstream
) -> None:
    answer = browser.sign_in("visitor", "visitor")

    parameters = sent_back(answer)
    assert parameters.keys() == {"state", "session_state", "iss", "code"}
    assert parameters["state"] == "state-1"
    assert parameters["iss"] == upstream.issuer
    assert parameters["code"].count(".") == 2


@pytest.mark.parametrize(
    "name", ["VISITOR", "visitor@northwind.example", "Visitor@Northwind.Example"]
)
def test_a_person_may_be_named_in_other_ways(browser: Browser, name: str) -> None:
    assert sent_back(browser.sign_in(name, "visitor"))["code"]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("visitor", "wrong"),
        ("visitor", "VISITOR"),
        ("visitor", ""),
        ("nobody", "visitor"),
        ("", ""),
        ("service-account-api-client-console", "demonstration-only"),
    ],
)
def test_who_is_wrong_stays_on_the_page(
    browser: Browser, username: str, password: str
) -> None:
    page = browser.sign_in(username, password)

    assert page.status_code == 200
    assert WRONG in text_of(page)
    (field,) = form_of(page).select('input[name="username"]')
    assert field["value"] == username
    assert field["aria-invalid"] == "true"
    (secret,) = form_of(page).select('input[name="password"]')
    assert secret.get("value", "") == ""


def test_after_a_wrong_password_comes_the_right_one(browser: Browser) -> None:
    page = browser.sign_in("visitor", "wrong")

    answer = browser.submit(page, username="visitor", password="visitor")

    assert sent_back(answer)["state"] == "state-1"


def test_the_form_is_good_for_one_browser(upstream: Upstream, browser: Browser) -> None:
    page = browser.open()

    answer = Browser(upstream).submit(page, username="visitor", password="visitor")

    assert answer.status_code == 400
    assert "Restart login cookie not found" in text_of(answer)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"redirect_uri": "http://evil.example/"}, "Invalid parameter: redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}x"}, "Invalid parameter: redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}?a=b"}, "Invalid parameter: redirect_uri"),
        ({"redirect_uri": CALLBACK.upper()}, "Invalid parameter: redirect_uri"),
        ({"redirect_uri": None}, "Invalid parameter: redirect_uri"),
        ({"client_id": "nobody"}, "Client not found."),
        ({"client_id": None}, "Invalid Request"),
    ],
    ids=str,
)
def test_a_request_that_cannot_be_trusted_is_not_sent_back(
    browser: Browser, changes: dict[str, str | None], text: str
) -> None:
    answer = browser.open(**changes)

    assert answer.status_code == 400
    assert "We are sorry..." in text_of(answer)
    assert text in text_of(answer)


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        (
            {"code_challenge": None, "code_challenge_method": None},
            "invalid_request",
            "Missing parameter: code_challenge_method",
        ),
        (
            {"code_challenge_method": "plain"},
            "invalid_request",
            WRONG_METHOD,
        ),
        (
            {"scope": "openid nothing"},
            "invalid_scope",
            "Invalid scopes: openid nothing",
        ),
        (
            {"response_type": None},
            "invalid_request",
            "Missing parameter: response_type",
        ),
        ({"prompt": "none"}, "login_required", None),
    ],
    ids=["no pkce", "plain", "scope", "type", "prompt"],
)
def test_a_request_that_is_wrong_is_sent_back(
    browser: Browser,
    upstream: Upstream,
    changes: dict[str, str | None],
    error: str,
    description: str | None,
) -> None:
    parameters = sent_back(browser.open(**changes))

    expected = {"error": error, "state": "state-1", "iss": upstream.issuer}
    if description:
        expected["error_description"] = description
    assert parameters == expected


def test_who_is_signed_in_is_not_asked_again(browser: Browser) -> None:
    first = sent_back(browser.sign_in("visitor", "visitor"))

    second = sent_back(browser.open(state="state-2"))
    silent = sent_back(browser.open(prompt="none"))

    assert second["state"] == "state-2"
    assert second["session_state"] == silent["session_state"] == first["session_state"]
    assert len({first["code"], second["code"], silent["code"]}) == 3


def test_who_is_signed_in_can_be_asked_again(browser: Browser) -> None:
    browser.sign_in("visitor", "visitor")

    page = browser.open(prompt="login")

    assert page.status_code == 200
    assert len(form_of(page).select('input[name="password"]')) == 1


def test_another_browser_is_asked(upstream: Upstream, browser: Browser) -> None:
    browser.sign_in("visitor", "visitor")

    assert form_of(Browser(upstream).open())
