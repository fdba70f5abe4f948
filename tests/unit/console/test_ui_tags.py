"""Icons, times, durations and code, as templates show them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.template import engines

from console.templatetags import ui

NOW = datetime(2026, 11, 23, 14, 7, 8, tzinfo=UTC)
DAY = 86400


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


def render(template: str, **context: object) -> str:
    return str(
        engines["django"].from_string("{% load ui %}" + template).render(context)
    )


def seconds_ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def test_icon_is_drawn_where_it_stands_and_nobody_reads_it_out() -> None:
    svg = BeautifulSoup(render('{% icon "key" %}'), "html.parser").svg

    assert svg
    assert svg["aria-hidden"] == "true"
    assert svg.path
    assert str(svg.path["d"]).startswith("M16.555 3.843l3.602 3.602"), "Tabler's key"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-40, "just now"),
        (0, "just now"),
        (2.9, "just now"),
        (12, "12 s ago"),
        (59.9, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (DAY - 1, "23 h ago"),
        (DAY, "1 day ago"),
        (58 * DAY, "58 days ago"),
        (160 * DAY, "5 months ago"),
        (800 * DAY, "2 years ago"),
    ],
)
def test_ago(seconds: float, text: str) -> None:
    time = BeautifulSoup(render("{% ago at %}", at=seconds_ago(seconds)), "html.parser")

    assert time.get_text() == text


def test_ago_keeps_the_exact_instant_in_utc() -> None:
    at = datetime.fromisoformat("2026-11-23T15:03:11.500+01:00")

    assert render("{% ago at %}", at=at) == (
        '<time datetime="2026-11-23T14:03:11Z" title="2026-11-23T14:03:11Z">'
        "3 min ago</time>"
    )


@pytest.mark.parametrize(
    ("at", "precision", "text"),
    [
        (NOW, "second", "14:07:08 UTC"),
        (NOW, "minute", "14:07"),
        (NOW, "full", "23 Nov 2026, 14:07:08 UTC"),
        (NOW - timedelta(days=1), "second", "22 Nov 2026, 14:07:08 UTC"),
        (NOW - timedelta(days=18), "minute", "5 Nov 2026, 14:07"),
    ],
)
def test_moment(at: datetime, precision: str, text: str) -> None:
    time = BeautifulSoup(ui.moment(at, precision), "html.parser")

    assert time.get_text() == text


@pytest.mark.parametrize("tag", ["{% ago at %}", "{% moment at %}", "{{ at|age }}"])
def test_no_instant_shows_nothing(tag: str) -> None:
    assert render(tag, at=None) == ""


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0.5, "< 1 day"),
        (1, "1 day"),
        (41, "41 days"),
        (91, "91 days"),
        (92, "3 months"),
        (364, "11 months"),
        (366, "1 year"),
        (400, "13 months"),
        (729, "23 months"),
        (731, "2 years"),
    ],
)
def test_age(days: float, text: str) -> None:
    assert ui.age(seconds_ago(days * DAY)) == text


def test_older_than() -> None:
    assert ui.older_than(seconds_ago(91 * DAY), 90)
    assert not ui.older_than(seconds_ago(89 * DAY), 90)
    assert not ui.older_than(None, 90)


@pytest.mark.parametrize(
    ("seconds", "short", "words"),
    [
        (None, "", ""),
        (-1, "session limit", "session limit"),
        (0, "0 s", "0 seconds"),
        (1, "1 s", "1 second"),
        (60, "1 min", "1 minute"),
        (300, "5 min", "5 minutes"),
        (3600, "1 h", "1 hour"),
        (3661, "1 h 1 min 1 s", "1 hour 1 minute 1 second"),
        (36000, "10 h", "10 hours"),
        (DAY, "24 h", "1 day"),
        (129600, "1 day 12 h", "1 day 12 hours"),
        (2 * DAY, "2 days", "2 days"),
    ],
)
def test_durations(seconds: int | None, short: str, words: str) -> None:
    assert ui.duration(seconds) == short
    assert ui.duration_words(seconds) == words


def test_thousands() -> None:
    assert ui.thousands(999) == "999"
    assert ui.thousands(10009) == "10,009"


def test_code_marks_its_pieces_and_changes_no_text() -> None:
    text = (
        "curl --data 'client_secret=YOUR_CLIENT_SECRET' https://id.example\n"
        "# then call it\n"
        'Authorization: "Bearer" ACCESS_TOKEN'
    )
    snippet = BeautifulSoup(ui.code(text), "html.parser")

    assert snippet.get_text() == text
    pieces = {
        kind: snippet.select(f".{kind}") for kind in ("keyword", "comment", "blank")
    }
    assert {kind: [e.text for e in found] for kind, found in pieces.items()} == {
        "keyword": ["curl"],
        "comment": ["# then call it"],
        "blank": ["YOUR_CLIENT_SECRET", "ACCESS_TOKEN"],
    }
    assert snippet.select_one(".string > .blank")


def test_code_escapes_what_it_shows() -> None:
    snippet = ui.code("<b> '<i>' # <u>")

    assert "<b>" not in snippet
    assert BeautifulSoup(snippet, "html.parser").get_text() == "<b> '<i>' # <u>"
