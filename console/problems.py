"""When something goes wrong: what was tried, whether anything changed, what now."""

import logging
import time
from collections.abc import Callable
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
    OutcomeNotRecordedError,
    RepeatedOperationError,
    record_event,
)
from audit.selectors import Entry, Standing, get_entry
from clusters.services import MayNotChangeError
from console import outages
from console.access import PERSON, RightLostError
from console.http import page_of_form
from console.limits import WINDOW, TooOftenError
from console.outages import NOTHING, PERHAPS, TRY_AGAIN
from gateways import configured, errors

TELL_OPERATOR = "Tell whoever runs this console, with the reference number."

# For each kind of failure: the status, what happened, what to do.
EXPLANATIONS: tuple[tuple[type[Exception], int, str, str], ...] = (
    (
        errors.CredentialsRefusedError,
        502,
        "{service} does not accept this console's own credentials.",
        TELL_OPERATOR,
    ),
    (
        errors.AccessDeniedError,
        502,
        "{service} denies this console that: its account lacks a role. {detail}",
        TELL_OPERATOR,
    ),
    (
        errors.ConflictError,
        409,
        "{service} refused it: something else has this name. {detail}",
        "Change the values and send the form again.",
    ),
    (
        errors.InvalidError,
        422,
        "{service} did not accept these values. {detail}",
        "Change the values and send the form again.",
    ),
    (
        errors.TokenRefusedError,
        409,
        "{service} gives this client no token. {detail}",
        "Look at the client's settings: is it enabled?",
    ),
    (
        errors.UntrustedError,
        502,
        "{service} shows a TLS certificate that this console does not trust: {detail}.",
        TELL_OPERATOR,
    ),
    (errors.UnavailableError, 503, "{service} is not answering.", TRY_AGAIN),
    (
        errors.UnreadableAnswerError,
        502,
        "{service} answered with something this console cannot read.",
        TRY_AGAIN,
    ),
    (
        errors.OutcomeUnknownError,
        502,
        "{service} did not answer clearly after the change was sent.",
        "Open it and look whether it changed before you repeat it.",
    ),
    (
        NotRecordedError,
        503,
        "It could not be recorded; this console does nothing that it cannot record.",
        TRY_AGAIN,
    ),
    (
        OutcomeNotRecordedError,
        503,
        "The change was sent, but what came of it could not be recorded.",
        "Look at it before you repeat it. " + TELL_OPERATOR,
    ),
)

# Where the first sending of a form led, so that a second one ends there too.
LANDINGS: dict[str, Callable[[Entry], str]] = {
    Action.CLIENT_CREATE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_UPDATE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_ENABLE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_DISABLE: lambda entry: _client_page("settings", entry),
    Action.CLIENT_DELETE: lambda _: reverse("apiclients:list"),
    Action.SECRET_REGENERATE: lambda entry: _client_page("credentials", entry),
    Action.CLUSTER_FLAGS: lambda entry: _setup_page(entry),
    Action.CLUSTER_RESTART: lambda entry: _setup_page(entry),
    Action.ROLE_ASSIGN: lambda entry: _client_page("permissions", entry),
    Action.ROLE_REMOVE: lambda entry: _client_page("permissions", entry),
    Action.TOKEN_REVOKE: lambda entry: _client_page("tokens", entry),
}
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
    if isinstance(exc, ObjectBusyError):
        return _busy(request, exc.entry_id)
    if isinstance(exc, DatabaseGoneError):
        return outages.database_page(request)
    for kind, status, explanation, advice in EXPLANATIONS:
        if isinstance(exc, kind):
            return _upstream_error(request, exc, status, explanation, advice)
    return None


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
    detail = _lacking(exc) or getattr(exc, "detail", "")
    context = {
        "tried": _tried(request, entry_id),
        "changed": NOTHING if certain else PERHAPS,
        "certain": certain,
        "explanation": explanation.format(
            service=getattr(exc, "service", ""), detail=detail
        ).strip(),
        "advice": advice,
        "entry_url": reverse("audit:entry", args=[entry_id]) if entry_id else None,
        "back_url": _back(request),
        "again": _again(request) if certain and status >= 500 else None,
    }
    logger.warning("%s %s", type(exc).__name__, request.path)
    return _answer(request, context, status)


def _lacking(exc: Exception) -> str:
    """Which roles Keycloak denied it for, where that can be told."""
    if not isinstance(exc, errors.AccessDeniedError):
        return ""
    try:
        missing = configured.read_own_roles().missing
    except (errors.GatewayError, ValueError):
        return ""
    return f"It lacks {', '.join(missing)} of realm-management." if missing else ""


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


def _busy(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = get_entry(entry_id)
    context = {
        "what": entry.record.object_type or "object",
        "explanation": entry.summary,
        "entry_url": reverse("audit:entry", args=[entry_id]),
        "back_url": _back(request),
    }
    return render(request, "busy.html", context, status=409)


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


def _client_page(name: str, entry: Entry) -> str:
    return reverse(f"apiclients:{name}", args=[entry.object_id])


def _setup_page(entry: Entry) -> str:
    return reverse("clusters:setup", args=[entry.object_id])
