"""What no answer of any address lacks or lets out, whoever asks."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.screens.authorization.lines import LINES, Line
from tests.screens.authorization.stage import Stage

EVIL = "https://evil.example"
PEOPLE = ("nobody", "visitor", "clients", "account")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
}
CSP = (
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "script-src 'self'",
)
LARGEST_COOKIE = 4096
# Machines know what these are; JSON is always UTF-8 (RFC 8259).
WITHOUT_CHARSET = {"application/json"}
VERSION = re.compile(
    r"(django|python|gunicorn|wsgi|keycloak|postgres\w*|sqlite|htmx|tabler|console)"
    r"[ /:_-]{0,3}v?\d+\.\d",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    who: str
    line: Line
    response: Any

    def __str__(self) -> str:
        return f"{self.who}: {self.line}"


@pytest.fixture(scope="module")
def remembered() -> list[Answer]:
    """Asked for once; the tests only read."""
    return []


@pytest.fixture
def answers(stage: Stage, remembered: list[Answer], settings: Settings) -> list[Answer]:
    """Each address and method, as each kind of person, from a page of another site."""
    if remembered:
        return remembered
    settings.SECURE_COOKIES = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    for line in LINES:
        form = stage.form(line)
        for who in PEOPLE:
            (browser,) = stage.browsers(who)
            browser.defaults["HTTP_ORIGIN"] = EVIL
            target = stage.target(line.name, who)
            response = stage.send(browser, line, target, form)
            remembered.append(Answer(who, line, response))
    return remembered


def test_every_kind_of_answer_was_seen(answers: list[Answer]) -> None:
    statuses = {answer.response.status_code for answer in answers}

    assert statuses >= {200, 302, 400, 401, 403}
    assert len(answers) == len(LINES) * len(PEOPLE)


def test_no_answer_lets_another_origin_read_it(answers: list[Answer]) -> None:
    for answer in answers:
        names = [name.lower() for name in answer.response.headers]
        assert not [n for n in names if n.startswith("access-control-")], answer


def test_every_body_says_its_kind_and_its_charset(answers: list[Answer]) -> None:
    for answer in answers:
        response = answer.response
        if response.streaming or response.content:
            kind, _, charset = response["Content-Type"].partition("; charset=")
            assert kind in WITHOUT_CHARSET or charset in {"utf-8", "us-ascii"}, answer


def test_every_answer_has_the_headers_and_is_not_stored(answers: list[Answer]) -> None:
    for answer in answers:
        response = answer.response
        assert HEADERS.items() <= dict(response.headers).items(), answer
        assert "no-store" in response["Cache-Control"], answer
        policy = response["Content-Security-Policy"]
        assert all(part in policy.split("; ") for part in CSP), answer


def test_every_cookie_is_this_hosts_alone_and_small(answers: list[Answer]) -> None:
    seen = set()
    for answer in answers:
        for name, cookie in answer.response.cookies.items():
            seen.add(name)
            if cookie["max-age"] == 0:
                continue  # it is taken away
            assert cookie["secure"], (answer, name)
            assert cookie["httponly"], (answer, name)
            assert cookie["samesite"] in {"Lax", "Strict"}, (answer, name)
            assert cookie["path"] == "/", (answer, name)
            assert not cookie["domain"], (answer, name)
            assert len(name) + len(cookie.value) <= LARGEST_COOKIE, (answer, name)
    assert seen == {"__Host-sessionid", "__Host-csrftoken", "theme"}


def test_nobody_is_told_a_version(answers: list[Answer]) -> None:
    for answer in answers:
        if answer.who == "nobody":
            headers = "\n".join(answer.response.headers.values())
            assert not VERSION.search(headers), answer
            assert not VERSION.search(answer.response.content.decode()), answer
            assert not {"Server", "X-Powered-By"} & set(answer.response.headers)


def test_a_version_would_be_noticed() -> None:
    for text in (
        "Django/5.2",
        "gunicorn/23.0",
        "Keycloak 26.7",
        "htmx-2.0",
        "python3.11",
    ):
        assert VERSION.search(text), text


@pytest.mark.parametrize("address", ["/nothing/", "/api-clients/x.css", "/%00"])
def test_what_is_not_there_says_no_version_either(db: None, address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 404
    assert not VERSION.search(response.text)
