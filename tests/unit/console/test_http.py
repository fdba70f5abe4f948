"""Addresses: the caller's, and where to go next."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from console.http import client_address, safe_path

FORGED = "198.51.100.1"
CALLER = "203.0.113.9"
INNER, OUTER = "10.0.0.1", "10.0.0.2"


def address(
    settings: Any, proxies: int, *, peer: str, forwarded: str | None = None
) -> str:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    return client_address(request)


@pytest.mark.parametrize("forwarded", [None, "", FORGED, f"{FORGED}, {INNER}", ",,"])
def test_without_proxies_the_header_is_ignored(
    settings: Any, forwarded: str | None
) -> None:
    assert address(settings, 0, peer=CALLER, forwarded=forwarded) == CALLER


@pytest.mark.parametrize(
    "forwarded",
    [
        CALLER,
        f"{FORGED}, {CALLER}",
        f"{FORGED},{FORGED} ,{CALLER}",
        f"not an address, {CALLER}",
        f", , {CALLER}",
    ],
)
def test_behind_one_proxy_the_last_entry_counts(settings: Any, forwarded: str) -> None:
    assert address(settings, 1, peer=INNER, forwarded=forwarded) == CALLER


@pytest.mark.parametrize(
    "forwarded", [f"{CALLER}, {OUTER}", f"{FORGED}, {CALLER}, {OUTER}"]
)
def test_behind_two_proxies_the_last_but_one_counts(
    settings: Any, forwarded: str
) -> None:
    assert address(settings, 2, peer=INNER, forwarded=forwarded) == CALLER


def test_behind_a_proxy_that_says_nothing_the_peer_counts(settings: Any) -> None:
    assert address(settings, 1, peer=INNER) == INNER
    assert address(settings, 2, peer=INNER, forwarded=OUTER) == OUTER


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_over_a_unix_socket_a_forged_entry_does_not_move_up(
    settings: Any, proxies: int
) -> None:
    """There the peer has no address; its place in the chain is still its own."""
    chain = [FORGED, *[CALLER, OUTER][:proxies]]

    found = address(settings, proxies, peer="", forwarded=", ".join(chain))

    assert found == ("" if proxies == 0 else CALLER)


def test_an_address_fits_its_column(settings: Any) -> None:
    assert len(address(settings, 1, peer=INNER, forwarded="x" * 500)) == 45


@pytest.mark.parametrize(
    "path",
    ["/", "/api-clients/", "/audit/?person=a&after=b", "/a b", "/%2F%2Fevil.example"],
)
def test_a_path_of_this_site_is_safe(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        " ",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\n//evil.example",
        " //evil.example",
        "http://evil.example/",
        "https://localhost:8000/",
        "http:evil.example",
        "http:///evil.example",
        "//somebody@evil.example/",
        "https://localhost:8000@evil.example/",
        "/\r\n//evil.example",
        "vbscript:msgbox(1)",
        "https:",
        "javascript:alert(1)",
        "JavaScript:alert(1)//",
        "\x01javascript:alert(1)",
        "data:text/html,hello",
        "audit:list",
        "mailto:someone@evil.example",
        "evil.example",
        "api-clients",
        "?next=/",
        "http://[",
    ],
)
def test_anything_else_leads_to_the_default(path: str | None) -> None:
    assert safe_path(path) == "/"
    assert safe_path(path, "/audit/") == "/audit/"


@pytest.mark.parametrize("path", ["/a\r\nSet-Cookie: a=b", "/a\nb", "/ü\x7f"])
def test_a_line_break_cannot_leave_its_header(path: str) -> None:
    response: HttpResponse = redirect(safe_path(path))

    assert "\n" not in response["Location"]
    assert "\r" not in response["Location"]
    assert response["Location"].startswith("/")
