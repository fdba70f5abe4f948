"""When something goes wrong: what was tried, whether anything changed, what now."""

import logging
import time
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import Error as DatabaseGoneError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from apiclients.guards import BeyondRightsError
from audit.models import Action, Outcome
from audit.recorder import (
    NotRecordedError,
    ObjectBusyError,
    OutcomeLostError,
    OutcomeNotRecordedError,
    RepeatedOperationError,
    record_event,
)
from audit.selectors import Standing, get_entry
from audit.sent_forms import FormUsedError
from clusters.services import MayNotChangeError
from console import outages
from console.access import PERSON, RightLostError
from console.explanations import explain
from console.http import page_of_form
from console.landings import LANDINGS
from console.limits import WINDOW, TooOftenError
from console.outages import NOTHING, PERHAPS
from gateways import errors

FIRST_RESULT_WITHIN = 25.0  # seconds: longer than one call with its deadline

logger = logging.getLogger("console")


def page_for(request: HttpRequest, exc: Exception) -> HttpResponse | None:
    """The answer to what a view raised; None for what nobody expected."""
    if isinstance(exc, errors.NotFoundError):
        return render(request, "404.html", status=404)
    if isinstance(exc, RightLostError):
        return role_needed(request, exc)
    if isinstance(exc, BeyondRightsError):
        return _refused(request, exc)
    if isinstance(exc, TooOftenError):
        return _too_often(request, exc)
    if isinstance(exc, MayNotChangeError):
        return _may_not_change(request, exc)
    if isinstance(exc, RepeatedOperationError):
        return _first_result(request, exc.entry_id)
    if isinstance(exc, FormUsedError):
        context = {"back_url": _back(request)}
        return render(request, "form_used.html", context, status=409)
    if isinstance(exc, ObjectBusyError):
        return _busy(request, exc)
    if isinstance(exc, DatabaseGoneError):
        return outages.database_page(request)
    explained = explain(exc)
    return _upstream_error(request, exc, *explained) if explained else None


def role_needed(request: HttpRequest, exc: RightLostError) -> HttpResponse:
    """No role for this console, or no more: recorded, and said which one is needed."""
    try:
        record_event(Action.ACCESS_REFUSE, actor=exc.actor, outcome=Outcome.FAILED)
    except NotRecordedError:
        # The answer is no all the same.
        logger.exception("refusal not recorded")
    request.session.pop(PERSON, None)
    context = {"name": exc.actor.name}
    return render(request, "console/role_needed.html", context, status=403)


def _upstream_error(
    request: HttpRequest, exc: Exception, status: int, explanation: str, advice: str
) -> HttpResponse:
    certain = not isinstance(exc, errors.OutcomeUnknownError | OutcomeNotRecordedError)
    entry_id: int | None = getattr(exc, "entry_id", None)
    context = {
        "tried": _tried(request, entry_id),
        "changed": NOTHING if certain else PERHAPS,
        "certain": certain,
        "explanation": explanation,
        "advice": advice,
        "entry_url": reverse("audit:entry", args=[entry_id]) if entry_id else None,
        "back_url": _back(request),
        "again": _again(request) if certain and status >= 500 else None,
    }
    logger.warning("%s %s", type(exc).__name__, request.path)
    return _answer(request, context, status)


def _refused(request: HttpRequest, exc: BeyondRightsError) -> HttpResponse:
    context = {
        "tried": f"Getting the {exc.thing} of {exc.client.client_id}",
        "changed": NOTHING,
        "certain": True,
        "explanation": (
            f"{exc.client.client_id} holds roles that you may not hand out: "
            f"{', '.join(exc.roles)}. Knowing its {exc.thing} would give them to you."
        ),
        "advice": "Ask someone who holds these roles, or administer-account.",
        "entry_url": reverse("audit:entry", args=[exc.entry_id]),
        "back_url": _back(request),
    }
    return _answer(request, context, 403)


def _too_often(request: HttpRequest, exc: TooOftenError) -> HttpResponse:
    who = "All people together" if exc.everyone else "You"
    context = {
        "tried": _tried(request, exc.entry_id),
        "changed": NOTHING,
        "certain": True,
        "explanation": (
            f"{who} got as many secrets and tokens in ten minutes as may be."
        ),
        "advice": f"Try again at {exc.again_at:%H:%M} UTC.",
        "entry_url": exc.entry_id and reverse("audit:entry", args=[exc.entry_id]),
        "back_url": _back(request),
    }
    response = _answer(request, context, 429)
    response["Retry-After"] = str(WINDOW.seconds)
    return response


def _may_not_change(request: HttpRequest, exc: MayNotChangeError) -> HttpResponse:
    cluster = exc.cluster
    where = f", or manage-clusters in {cluster.environment}"
    context = {
        "tried": f"Restarting cluster {cluster.name}",
        "changed": NOTHING,
        "certain": True,
        "explanation": (
            "You may look at its feature flags, but not change them: that needs "
            f"administer-account{where if cluster.environment else ''}."
        ),
        "advice": "Ask someone who holds such a role.",
        "entry_url": reverse("audit:entry", args=[exc.entry_id]),
        "back_url": reverse("clusters:setup", args=[cluster.id]),
    }
    return _answer(request, context, 403)


def _busy(request: HttpRequest, exc: ObjectBusyError) -> HttpResponse:
    entry = get_entry(exc.entry_id)
    context = {
        "what": entry.record.object_type or "object",
        "explanation": entry.summary,
        "entry_url": reverse("audit:entry", args=[exc.entry_id]),
        "check_url": reverse("audit:check", args=[exc.entry_id]),
        "back_url": _back(request),
    }
    lost = isinstance(exc, OutcomeLostError)
    page = "outcome_lost.html" if lost else "busy.html"
    return render(request, page, context, status=409)


def _first_result(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The same form a second time: wait for the first, then go where it went."""
    until = time.monotonic() + FIRST_RESULT_WITHIN
    entry = get_entry(entry_id)
    while entry.outcome is Standing.OPEN and time.monotonic() < until:
        time.sleep(0.1)
        entry = get_entry(entry_id)
    landing = LANDINGS.get(entry.record.action)
    if entry.outcome is not Standing.SUCCEEDED or landing is None:
        return redirect("audit:entry", entry_id)
    messages.info(request, "This form was sent twice. It was done once.")
    url = landing(entry)
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(url) if htmx else redirect(url)


def _answer(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    """A whole page; for htmx the same words in the page's place for alerts."""
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "upstream_error.html", context, status=status)
    part = "components/_upstream_error.html"
    response = render(request, part, context, status=status)
    return reswap(retarget(response, "#alerts"), "innerHTML")


def _tried(request: HttpRequest, entry_id: int | None) -> str:
    try:
        if entry_id:
            return get_entry(entry_id).summary
    except DatabaseGoneError:
        logger.exception("entry %s cannot be read", entry_id)
    return "Opening this page" if request.method == "GET" else "This change"


def _back(request: HttpRequest) -> str:
    return (
        page_of_form(request) if request.method == "POST" else reverse("console:home")
    )


def _again(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to be sent once more: under a new key, as the old one is used."""
    typed = [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "operation")
    ]
    return [*typed, ("operation", str(uuid4()))] if "operation" in request.POST else []
