"""What must be true of every answer, whatever was asked."""

import re
from functools import cache, lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings

from console.icons import draw
from tests.screens.fuzz.hostile import MARK

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "poster")
TAG = re.compile(r"<[^>]*>?")
TAG_OF_OURS = re.compile(r"</?[a-z][^>]*>|<!doctype html>", re.IGNORECASE)
SCRIPT = re.compile(r"<(?:script|style)\b[^>]*>(.*?)</", re.DOTALL | re.IGNORECASE)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def hold_to_account(response: Any, *, upstream: bool = False) -> None:
    """Never a mistake of the console's, nor anybody's text as anything but text.

    `upstream`: another service misbehaves, and the page may say so.
    """
    status = response.status_code
    assert status < 500 or (upstream and status in (502, 503, 504)), status
    _hold_headers(response)
    body = b"".join(response) if response.streaming else response.content
    if response.streaming:
        response.streaming_content = [body]  # to be read once more
    assert b"own database is not answering" not in body
    assert b"Traceback (most recent call last)" not in body
    if response.get("Content-Type", "").startswith("text/html"):
        hold_page(body.decode())


def hold_page(text: str) -> None:
    """Every tag is one of ours, and nobody's text is in a script.

    Whatever begins like a tag is taken for one: our own texts escape both brackets.
    """
    if MARK not in text:
        return
    for tag in set(TAG.findall(text)):
        _hold_tag(tag)
    for script in SCRIPT.findall(text):
        assert MARK not in script, "in a script or style"


def _hold_headers(response: Any) -> None:
    for name, value in response.headers.items():
        assert not UNPRINTABLE.search(name + value), f"{name}: {value!r}"
        assert MARK not in name.lower(), name
    for name, value in HEADERS.items():
        assert response[name] == value, name
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    where = response.get("Location", response.get("HX-Redirect", "/"))
    ours = (f"{settings.CONSOLE_URL}/", f"{settings.KEYCLOAK_ISSUER}/")
    stays = where.startswith("/") and not where.startswith(("//", "/\\"))
    assert stays or where.startswith(ours), where


@lru_cache(maxsize=100_000)
def _hold_tag(tag: str) -> None:
    """Most are the same on every page, so each is taken apart once."""
    assert TAG_OF_OURS.fullmatch(tag), tag
    reader = _Reader()
    reader.feed(tag)
    reader.close()
    assert reader.read == 1, tag


class _Reader(HTMLParser):
    """Takes a tag apart as a browser does, and knows which names we wrote."""

    read = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read += 1
        assert tag in _names(), f"an element {tag!r}"
        for name, value in attrs:
            assert name in _names(), f"an attribute {name!r} of {tag}"
            assert not name.startswith(("on", "hx-on", "style")), name
            if name in ADDRESSES and MARK in (value or ""):
                address = str(value)
                assert address.startswith(("/", "?", "#")), f"{name}={address!r}"
                assert not address.startswith(("//", "/\\")), f"{name}={address!r}"

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.read += 1
        assert tag in _names(), f"an end of {tag!r}"

    def handle_decl(self, decl: str) -> None:
        self.read += 1


@cache
def _names() -> frozenset[str]:
    """Of elements and attributes: whatever word our templates, icons and forms have."""
    folder = Path(settings.BASE_DIR) / "templates"
    sources = [draw("key"), *(path.read_text() for path in folder.rglob("*.html"))]
    words = set(re.findall(r"[<\s]([a-z][a-z0-9:-]*)", " ".join(sources).lower()))
    # What Django's widgets write, and the tag for htmx.
    words |= {"required", "maxlength", "minlength", "inputmode", "checked", "selected"}
    words |= {"placeholder", "spellcheck", "autocomplete", "rows", "cols", "min"}
    words |= {"aria-invalid", "aria-describedby", "multiple", "disabled", "defer"}
    words |= {"input", "select", "option", "textarea"}
    return frozenset(words) - {MARK, "onerror", "onload"}
