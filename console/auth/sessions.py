"""Which sessions there are, so that they can be ended from elsewhere."""

from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Q

from console.models import SignedInSession


def keep(session: SessionBase, claims: Mapping[str, Any]) -> None:
    """Note whose session this is, under the key that it has now.

    Under an older key it stays noted until `forget_ended`: there is nothing to end.
    """
    session.save()
    SignedInSession.objects.update_or_create(
        session_key=session.session_key,
        defaults={"subject": claims["sub"], "sid": str(claims.get("sid") or "")[:255]},
    )


def forget(session: SessionBase) -> None:
    """Before its key changes, or it ends."""
    SignedInSession.objects.filter(session_key=session.session_key).delete()


def find(*, subject: str | None, sid: str | None) -> list[SignedInSession]:
    """Those of one session of the provider; of a person, where it names none."""
    of_session = Q(sid=sid) if sid else Q()
    of_person = Q(subject=subject) if subject else Q()
    return list(SignedInSession.objects.filter(of_session & of_person))


def end(sessions: list[SignedInSession]) -> None:
    keys = [session.session_key for session in sessions]
    Session.objects.filter(session_key__in=keys).delete()
    SignedInSession.objects.filter(session_key__in=keys).delete()


def forget_ended() -> None:
    """Rows whose session has expired or was flushed."""
    SignedInSession.objects.exclude(
        session_key__in=Session.objects.values("session_key")
    ).delete()
