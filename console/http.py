"""What every view may use of HTTP: the request's type, page or part, addresses."""

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from console.access import Actor


class ConsoleRequest(HttpRequest):
    """A request of a signed-in person, after the console's middleware."""

    htmx: HtmxDetails
    actor: "Actor"
    request_id: str


def render_page_or_partial(
    request: HttpRequest,
    *,
    page: str,
    partial: str,
    target: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """The partial when htmx means to fill `target` with it, else the whole page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    template = partial if htmx.target == target else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def form_digest(request: HttpRequest) -> str:
    """A hash of a form with an operation key: of where it went and what it said.

    Sent twice it is the same; that tells a second sending from another use of the key.
    """
    if "operation" not in request.POST:
        return ""
    said = [
        (name, values)
        for name, values in sorted(request.POST.lists())
        if name not in ("csrfmiddlewaretoken", "operation")
    ]
    text = json.dumps([request.path, said])
    return hashlib.sha256(text.encode()).hexdigest()


def client_address(request: HttpRequest) -> str:
    """The caller's address, found from the right through the trusted proxies.

    The first X-Forwarded-For entry is the caller's own word and proves nothing.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    hops = [address.strip() for address in forwarded if address.strip()]
    # The peer's place is its own even where it has no address: on a Unix socket.
    hops.append(request.META.get("REMOTE_ADDR", ""))
    place: int = min(settings.TRUSTED_PROXIES + 1, len(hops))
    return hops[-place][:45]


def safe_path(path: str | None, default: str = "/") -> str:
    """`path` if it stays on this site, else the default.

    From the root only: redirect() takes another text for the name of an address.
    Browsers leave out line breaks and tabs, so that two slashes may meet.
    """
    stays = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    if path and path.startswith("/") and path.isprintable() and stays:
        return path
    return default


def page_of_form(request: HttpRequest, default: str = "") -> str:
    """The address of the page with the form; some are sent to where no page is.

    Where the browser does not say: the default, or what the form was sent to.
    """
    page = urlsplit(request.headers.get("Referer", ""))
    here = page.netloc == request.get_host()
    path = page._replace(scheme="", netloc="", fragment="").geturl()
    return safe_path(path if here else None, default or request.path)
