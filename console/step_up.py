"""Step-up: acts that an unattended browser must not do ask for a recent sign-in.

The form that was sent is kept in the session. The person signs in again at the
provider, and gets the same form with the same values: it is sent by them, not by us.
"""

import time
from collections.abc import Mapping
from functools import wraps
from typing import Any, ParamSpec, cast

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from console.access import PERSON, View
from console.http import ConsoleRequest, page_of_form

AUTH_TIME = "auth_time"  # the session's key: when the provider last saw who it is
KEPT = "kept_form"
STARTED_AT = "step_up_started_at"
LEEWAY = 60  # seconds that the provider's clock and ours may differ
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "operation"})

P = ParamSpec("P")


class NotProvenError(Exception):
    """The sign-in does not prove what step-up asked for; its text says why."""


def limit() -> int:
    """Seconds for which a sign-in counts as recent."""
    return int(settings.STEP_UP_MINUTES * 60)


def remember_sign_in(session: SessionBase, claims: Mapping[str, Any]) -> None:
    """Without `auth_time` the sign-in may be as old as the provider's own session."""
    session[AUTH_TIME] = _auth_time(claims) or 0


def is_recent(session: SessionBase) -> bool:
    at: float = session.get(AUTH_TIME, 0)
    return time.time() - at < limit()


def require_recent_sign_in(view: View[P, HttpResponse]) -> View[P, HttpResponse]:
    """For what shows a secret or cannot be undone. Goes below `require_role`."""

    @wraps(view)
    def guarded(
        request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if request.method != "POST" or is_recent(request.session):
            return view(request, *args, **kwargs)
        request.session[KEPT] = {
            "page": page_of_form(request),
            "values": {n: v for n, v in request.POST.lists() if n not in NOT_KEPT},
        }
        url = reverse("console:sign-in-again")
        return (
            HttpResponseClientRedirect(url)
            if request.htmx
            else HttpResponseRedirect(url)
        )

    guarded.requires_recent_sign_in = True  # type: ignore[attr-defined]  # for tests
    return cast("View[P, HttpResponse]", guarded)


def kept_page(session: SessionBase) -> str:
    """The page whose form waits for the sign-in."""
    return str(session.get(KEPT, {}).get("page", "/"))


def kept_values(request: HttpRequest) -> dict[str, Any]:
    """What was typed into this page's form before signing in again: told once."""
    kept = request.session.get(KEPT, {"page": None})
    here = request.method == "GET" and kept["page"] == request.get_full_path()
    if not (here and is_recent(request.session)):
        return {}
    del request.session[KEPT]
    return {
        name: values if len(values) > 1 else values[0]
        for name, values in kept["values"].items()
    }


def start(session: SessionBase, username: str) -> dict[str, str | int]:
    """The parameters with which the provider asks for the password again."""
    session[STARTED_AT] = time.time()
    wanted: dict[str, str | int] = {"max_age": 0, "login_hint": username}
    if settings.STEP_UP_ACR:
        wanted["acr_values"] = " ".join(settings.STEP_UP_ACR)
    return wanted


def started_at(session: SessionBase) -> float | None:
    """When a step-up began whose answer is still awaited; told once."""
    began: float | None = session.pop(STARTED_AT, None)
    return began if session.get(PERSON) else None


def accept(session: SessionBase, claims: Mapping[str, Any], began: float) -> None:
    """Hold the new sign-in to the person of this session (OpenID Connect Core 2).

    Raises NotProvenError: another person, not asked anew, or too weak a way.
    """
    person = session[PERSON]
    at = _auth_time(claims)
    if (claims.get("iss"), claims.get("sub")) != (person["issuer"], person["subject"]):
        raise NotProvenError("another person signed in")
    if at is None or at < began - LEEWAY:
        raise NotProvenError("the provider did not ask for the sign-in again")
    if settings.STEP_UP_ACR and claims.get("acr") not in settings.STEP_UP_ACR:
        raise NotProvenError("the way of signing in was not strong enough")
    session.cycle_key()
    session[AUTH_TIME] = at


def _auth_time(claims: Mapping[str, Any]) -> float | None:
    """A time that has come; what else there may be proves nothing."""
    value = claims.get(AUTH_TIME)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value <= time.time() + LEEWAY else None
