"""The provider ends sessions here (OpenID Connect Back-Channel Logout 1.0).

No browser is behind this address: what counts is the logout token's signature alone.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from audit.models import Action
from audit.recorder import NotRecordedError, record_event
from console.access import recall
from console.auth import sessions
from console.auth.provider import (
    FLOW_ERRORS,
    LEEWAY,
    MAX_TOKEN,
    read_signed,
)
from console.models import LogoutToken, SignedInSession

EVENT = "http://schemas.openid.net/event/backchannel-logout"
GOOD_FOR = 120  # seconds since it was issued
KEPT_FOR = 24 * 3600  # seconds for which a used token is known

logger = logging.getLogger("console.auth")


class LogoutTokenError(ValueError):
    """It is no logout token, or not for us, or was used."""


@csrf_exempt
@require_POST
def back_channel_logout(request: HttpRequest) -> HttpResponse:
    """200: these sessions are over. 400: nothing was ended (section 2.8)."""
    try:
        claims = verify(request.POST.get("logout_token", ""))
    except (OSError, *FLOW_ERRORS) as exc:
        logger.warning("logout token refused: %s", type(exc).__name__)
        return JsonResponse({"error": "invalid_request"}, status=400)
    found = sessions.find(subject=claims.get("sub"), sid=claims.get("sid"))
    for session in found:
        _record(request, session)
    sessions.end(found)
    return HttpResponse()


def verify(token: str) -> dict[str, Any]:
    """The claims of a logout token that is good, now used up (section 2.6).

    Raises LogoutTokenError, or what reading the provider's keys raises.
    """
    if not 0 < len(token) <= MAX_TOKEN:
        raise LogoutTokenError("size")
    header, claims = read_signed(token)
    problems = {
        "type": header.get("typ", "logout+jwt") not in {"logout+jwt", "JWT"}
        or claims.get("typ", "Logout") != "Logout",
        "nonce": "nonce" in claims,
        "event": not _is_logout(claims.get("events")),
        "whose": not _named(claims),
        "time": not _is_recent(claims),
        "jti": not isinstance(claims.get("jti"), str),
    }
    found = [name for name, bad in problems.items() if bad]
    if found:
        raise LogoutTokenError(", ".join(found))
    _use_up(claims["jti"])
    return claims


def _is_logout(events: Any) -> bool:
    return isinstance(events, dict) and isinstance(events.get(EVENT), dict)


def _named(claims: dict[str, Any]) -> bool:
    """A session, a person, or both; and nothing else in their place."""
    names = [claims[name] for name in ("sub", "sid") if name in claims]
    return bool(names) and all(isinstance(name, str) and name for name in names)


def _is_recent(claims: dict[str, Any]) -> bool:
    issued, ends = claims["iat"], claims.get("exp", claims["iat"] + GOOD_FOR)
    now = time.time()
    return bool(
        now - GOOD_FOR - LEEWAY < issued <= now + LEEWAY and ends > now - LEEWAY
    )


def _use_up(jti: str) -> None:
    try:
        with transaction.atomic():
            LogoutToken.objects.create(jti=jti[:255], used_at=timezone.now())
    except IntegrityError as exc:
        raise LogoutTokenError("used") from exc


def _record(request: HttpRequest, ended: SignedInSession) -> None:
    actor = recall(SessionStore(ended.session_key), request)
    if actor is None:
        return
    try:
        record_event(Action.SIGN_OUT, actor=actor, explanation="By the provider.")
    except NotRecordedError:
        # Nobody is kept in for that.
        logger.exception("sign-out not recorded")


def forget_used_tokens() -> None:
    LogoutToken.objects.filter(
        used_at__lt=timezone.now() - timedelta(seconds=KEPT_FOR)
    ).delete()
