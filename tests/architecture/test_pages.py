"""The rules that every page is held to: a page that breaks one is noticed."""

import pytest
from django.http import HttpResponse

from tests.pages import read_page, read_part

GOOD = """<!doctype html><html lang="en"><head><title>API Clients</title>
<script src="/x.js"></script><script type="application/json">{}</script></head><body>
<h1>API Clients</h1><p id="hint">Hint</p>
<form method="get" action="/x/" hx-get="/x/"><label for="q">Search</label>
<input id="q" name="q" aria-describedby="hint"></form>
<form method="post" action="/y/"><input type="hidden" name="csrfmiddlewaretoken">
<label>Name <input name="n"></label><button hx-post="/y/">Save</button></form>
<a href="/z/" hx-get="/z/">Next</a></body></html>"""

TOKEN = '<input type="hidden" name="csrfmiddlewaretoken">'
BROKEN = {
    "no language": (' lang="en"', ""),
    "no title": ("<title>API Clients</title>", "<title> </title>"),
    "no h1": ("<h1>API Clients</h1>", ""),
    "two h1": ("<h1>", "<h1>One</h1><h1>"),
    "an id twice": ('id="hint"', 'id="q"'),
    "a field without a label": ('<label for="q">Search</label>', ""),
    "a label of nothing": ('<label for="q">', '<label for="r">'),
    "a description that is not there": ('id="hint"', 'id="other"'),
    "a form without a method": ('method="get" action', "action"),
    "a form without an action": ('action="/y/"', ""),
    "a form without its token": ("csrfmiddlewaretoken", "token"),
    "a token in an address": ("<input id", f"{TOKEN}<input id"),
    "another address with htmx": ('hx-get="/z/"', 'hx-get="/other/"'),
    "another form with htmx": ('hx-post="/y/"', 'hx-post="/other/"'),
    "htmx where nothing is without": ("<p id", '<p hx-get="/x/" id'),
    "an inline script": ('<script src="/x.js">', "<script>alert(1)"),
    "an inline style": ("<p id", '<p style="color: red" id'),
    "a style element": ("</head>", "<style>p {}</style></head>"),
    "a listener": ("<p id", '<p onclick="alert(1)" id'),
    "a listener of htmx": ("<p id", '<p hx-on:click="alert(1)" id'),
    "a script for an address": ('href="/z/" hx-get="/z/"', 'href=" JavaScript:x"'),
}


def test_a_good_page_passes() -> None:
    assert read_page(HttpResponse(GOOD)).select_one("h1")


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_that_breaks_a_rule_does_not(name: str) -> None:
    old, new = BROKEN[name]
    assert old in GOOD
    with pytest.raises(AssertionError):
        read_page(HttpResponse(GOOD.replace(old, new, 1)))


def test_a_part_is_no_page_and_has_its_own_root() -> None:
    part = '<section id="entries"></section><div hx-swap-oob="true"></div>'

    assert read_part(HttpResponse(part), "entries").name == "section"
    for content, root in ((part, "clients"), (GOOD, "entries")):
        with pytest.raises(AssertionError):
            read_part(HttpResponse(content), root)


def test_what_is_no_html_is_no_page() -> None:
    with pytest.raises(AssertionError):
        read_page(HttpResponse(GOOD, content_type="application/json"))
