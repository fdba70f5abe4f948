"""The authorization code flow (OpenID Connect Core 3.1), one function a step.

State, nonce and code verifier are kept in this browser's session, so an answer that
was meant for another browser is refused.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.models import Action, Outcome
from audit.recorder import NotRecordedError, record_event
from console import access, limits, policy, step_up
from console.access import Actor, RightLostError, require_role
from console.auth import sessions
from console.auth.provider import FLOW_ERRORS, get_id_token, get_provider
from console.http import ConsoleRequest, client_address, safe_path

logger = logging.getLogger("console.auth")

NOT_COMPLETED = "That did not work: the sign-in was not completed."


@require_safe
def sign_in(request: ConsoleRequest) -> HttpResponse:
    back = safe_path(request.GET.get("next"))
    if request.actor:
        return redirect(back)
    return _sign_in_page(request, back)


@require_safe
@require_role
def sign_in_again(request: ConsoleRequest) -> HttpResponse:
    """Step-up: why the provider asks once more, before it does."""
    return _sign_in_again_page(request)


@require_POST
def sign_in_start(request: ConsoleRequest) -> HttpResponse:
    """Send the browser to the provider."""
    again = bool(request.actor) and "again" in request.POST
    back = safe_path(request.POST.get("next"))
    wanted = step_up.start(request.session, request.actor.username) if again else {}
    try:
        response: HttpResponse = get_provider().authorize_redirect(
            request,
            settings.CONSOLE_URL + reverse("console:sign-in-callback"),
            **wanted,
        )
    except (OSError, *FLOW_ERRORS):
        logger.warning("provider not usable", exc_info=True)
        if again:
            return _sign_in_again_page(request, away=True)
        return _sign_in_page(request, back, away=True)
    request.session["next"] = back
    return response


@require_safe
def sign_in_callback(request: ConsoleRequest) -> HttpResponse:
    """The browser is back: swap the code for the ID token, and read the roles."""
    back = safe_path(request.session.get("next"))
    began = step_up.started_at(request.session)
    try:
        claims, id_token = get_id_token(request)
    except FLOW_ERRORS as exc:
        logger.warning("sign-in failed: %s", type(exc).__name__)
        if began:
            return _sign_in_again_page(request, problem=NOT_COMPLETED)
        return _sign_in_page(request, back, problem=NOT_COMPLETED)
    except OSError:
        logger.warning("provider not usable", exc_info=True)
        if began:
            return _sign_in_again_page(request, away=True)
        return _sign_in_page(request, back, away=True)
    if began:
        return _step_up(request, claims, began)
    try:
        limits.spend(limits.SIGN_INS, claims["iss"], claims["sub"])
    except limits.TooOftenError as exc:
        logger.warning("too many sign-ins of %s", claims["sub"])
        problem = f"Too many sign-ins. Try again at {exc.again_at:%H:%M} UTC."
        return _sign_in_page(request, back, problem=problem, status=429)
    return _enter(request, claims, id_token, back)


@require_POST
def sign_out(request: ConsoleRequest) -> HttpResponse:
    """End the session here and at the provider (OpenID Connect RP-Initiated Logout)."""
    if request.actor:
        try:
            record_event(Action.SIGN_OUT, actor=request.actor)
        except NotRecordedError:
            # Nobody is kept in for that.
            logger.exception("sign-out not recorded")
    id_token = request.session.get("id_token")
    sessions.forget(request.session)
    request.session.flush()
    signed_out = settings.CONSOLE_URL + reverse("console:sign-in")
    try:
        url = get_provider().create_logout_url(
            post_logout_redirect_uri=signed_out,
            id_token_hint=id_token,
            client_id=settings.KEYCLOAK_CLIENT_ID,
        )["url"]
    except (OSError, *FLOW_ERRORS):
        url = signed_out
    response = redirect(url)
    # The cookie of the theme stays; the session's is worth nothing any more.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _step_up(
    request: ConsoleRequest, claims: Mapping[str, Any], began: float
) -> HttpResponse:
    """The same person once more, in the same session: back to the form that waits."""
    try:
        step_up.accept(request.session, claims, began)
    except step_up.NotProvenError as exc:
        record_event(
            Action.SIGN_IN_AGAIN,
            actor=request.actor,
            outcome=Outcome.FAILED,
            explanation=str(exc),
        )
        return _sign_in_again_page(request, problem=f"That did not work: {exc}.")
    sessions.keep(request.session, claims)
    record_event(Action.SIGN_IN_AGAIN, actor=request.actor)
    messages.info(request, "You signed in again. Nothing was sent yet: send it now.")
    return redirect(step_up.kept_page(request.session))


def _enter(
    request: HttpRequest, claims: Mapping[str, Any], id_token: str, back: str
) -> HttpResponse:
    """A new session for the person; access and refresh token are dropped here."""
    actor = Actor(
        issuer=claims["iss"],
        subject=claims["sub"],
        username=claims.get("preferred_username") or claims["sub"],
        name=claims.get("name") or claims.get("preferred_username") or "",
        roles=access.read_roles(claims["sub"]),
        roles_read_at=time.time(),
        address=client_address(request),
        request_id=request.request_id,  # type: ignore[attr-defined]
    )
    request.session.flush()
    rotate_token(request)
    request.session["id_token"] = id_token
    if not policy.is_admitted(actor.roles):
        raise RightLostError(actor)
    record_event(Action.SIGN_IN, actor=actor)
    access.remember(request.session, actor)
    step_up.remember_sign_in(request.session, claims)
    now = time.time()
    request.session["signed_in_at"] = request.session["seen_at"] = now
    sessions.keep(request.session, claims)
    return redirect(back)


def _sign_in_page(
    request: HttpRequest,
    back: str,
    *,
    problem: str = "",
    away: bool = False,
    status: int = 400,
) -> HttpResponse:
    context = {"next": back, "problem": problem, "provider_away": away}
    status = 503 if away else status if problem else 200
    return render(request, "console/sign_in.html", context, status=status)


def _sign_in_again_page(
    request: ConsoleRequest, *, problem: str = "", away: bool = False
) -> HttpResponse:
    context = {
        "back": step_up.kept_page(request.session),
        "minutes": settings.STEP_UP_MINUTES,
        "problem": problem,
        "provider_away": away,
    }
    status = 503 if away else 403 if problem else 200
    return render(request, "console/sign_in_again.html", context, status=status)
