"""Pages for when the console's own database is away, or the console made a mistake.

They ask nothing of anybody: neither of the database nor of the session.
"""

import logging
import sys

from django.db import Error as DatabaseGoneError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django_htmx.http import reswap, retarget

NOTHING = "Nothing was changed"
PERHAPS = "It may or may not have happened: check before you repeat it"
TRY_AGAIN = "Try again in a moment."

logger = logging.getLogger("console")


def server_error(request: HttpRequest) -> HttpResponse:
    """What was raised outside of a view, and what nobody expected."""
    if isinstance(sys.exc_info()[1], DatabaseGoneError):
        return database_page(request)
    context = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(loader.render_to_string("500.html", context), status=500)


def database_page(request: HttpRequest) -> HttpResponse:
    """For whoever reads, and for whoever sent a form that did not get to its view.

    A view may have done its work before the database failed.
    """
    reading = request.method in ("GET", "HEAD") or request.resolver_match is None
    context = {
        "changed": NOTHING if reading else PERHAPS,
        "certain": reading,
        "explanation": "The console's own database is not answering.",
        "advice": TRY_AGAIN if reading else "Look into the audit log first.",
        "request_id": getattr(request, "request_id", ""),
    }
    logger.error("database not answering", exc_info=True)
    if not getattr(request, "htmx", False):
        return HttpResponse(loader.render_to_string("503.html", context), status=503)
    part = loader.render_to_string("components/_upstream_error.html", context)
    response = HttpResponse(part, status=503)
    return reswap(retarget(response, "#alerts"), "innerHTML")
