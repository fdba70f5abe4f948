"""Who is at the screen, and whether they still may be.

Roles are Keycloak's word: at most 60 s old for reading, and read anew before every
change. While Keycloak does not answer, the last known ones still allow reading.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from console import policy
from console.http import ConsoleRequest, client_address, form_digest, page_of_form
from gateways import configured
from gateways.errors import GatewayError
from gateways.keycloak.models import Roles

ROLES_GOOD_FOR = 60  # seconds, for reading
PERSON = "person"  # the session's key
TRIED_AT = "roles_tried_at"  # when Keycloak last did not answer; also there

P = ParamSpec("P")
A = TypeVar("A", bound=HttpResponseBase)
View = Callable[Concatenate[ConsoleRequest, P], A]


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, and the request by which they act.

    Identity is issuer and subject; username and name are for people to read. `form` is
    a hash of the form that they sent, if it has an operation key.
    """

    issuer: str
    subject: str
    username: str
    name: str
    roles: Roles
    roles_read_at: float
    address: str = ""
    request_id: str = "-"
    form: str = ""

    @property
    def role_names(self) -> list[str]:
        """The roles that let them in."""
        return sorted(self.roles.realm & policy.ADMITTED)

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.username]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


class ConfirmedActor(Actor):
    """An actor whose roles were read just now: only they change things."""


class RightLostError(Exception):
    """The person has no role for this console (any more)."""

    def __init__(self, actor: Actor) -> None:
        super().__init__(f"{actor.username} has no role for this console")
        self.actor = actor


def remember(session: SessionBase, actor: Actor) -> None:
    """Keep who signed in. Of the provider's tokens nothing is kept here."""
    session[PERSON] = {
        "issuer": actor.issuer,
        "subject": actor.subject,
        "username": actor.username,
        "name": actor.name,
        "realm_roles": sorted(actor.roles.realm),
        "client_roles": sorted(actor.roles.client),
        "roles_read_at": actor.roles_read_at,
    }


def recall(session: SessionBase, request: HttpRequest) -> Actor | None:
    """The signed-in person of a session, if any, as acting by this request."""
    person: dict[str, Any] | None = session.get(PERSON)
    if person is None:
        return None
    return Actor(
        issuer=person["issuer"],
        subject=person["subject"],
        username=person["username"],
        name=person["name"],
        roles=Roles(
            realm=frozenset(person["realm_roles"]),
            client=frozenset((owner, role) for owner, role in person["client_roles"]),
        ),
        roles_read_at=person["roles_read_at"],
        address=client_address(request),
        request_id=request.request_id,  # type: ignore[attr-defined]
    )


def read_roles(subject: str) -> Roles:
    """A person's roles as Keycloak has them now, composites expanded."""
    return configured.roles().get_effective_roles(
        subject, through_client=configured.console_uuid()
    )


def confirm(actor: Actor) -> ConfirmedActor:
    """Read the roles anew before a change.

    Raises RightLostError, or a gateway's error: without Keycloak's word no change.
    """
    roles = read_roles(actor.subject)
    if not policy.is_admitted(roles):
        raise RightLostError(actor)
    return ConfirmedActor(
        issuer=actor.issuer,
        subject=actor.subject,
        username=actor.username,
        name=actor.name,
        roles=roles,
        roles_read_at=time.time(),
        address=actor.address,
        request_id=actor.request_id,
        form=actor.form,
    )


def require_role(view: View[P, A]) -> View[P, A | HttpResponse]:
    """Only for people with a role here; the others sign in, or learn why."""

    @wraps(view)
    def guarded(
        request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs
    ) -> A | HttpResponse:
        actor: Actor | None = request.actor
        if actor is None:
            return _to_sign_in(request)
        request.actor = _with_recent_roles(request, actor)
        if not policy.is_admitted(request.actor.roles):
            raise RightLostError(request.actor)
        if request.method == "POST":
            request.actor = replace(request.actor, form=form_digest(request))
        return view(request, *args, **kwargs)

    return cast("View[P, A | HttpResponse]", guarded)


def _with_recent_roles(request: ConsoleRequest, actor: Actor) -> Actor:
    tried_at = max(actor.roles_read_at, request.session.get(TRIED_AT, 0))
    if time.time() - tried_at < ROLES_GOOD_FOR:
        return actor
    try:
        roles = read_roles(actor.subject)
    except GatewayError:
        # Not on every page: each would wait for an answer that does not come.
        request.session[TRIED_AT] = time.time()
        return actor
    fresh = replace(actor, roles=roles, roles_read_at=time.time())
    remember(request.session, fresh)
    return fresh


def _to_sign_in(request: ConsoleRequest) -> HttpResponse:
    """A script would follow a plain redirect to the provider and fail there."""
    shown = request.htmx.current_url_abs_path if request.htmx else None
    sent = request.method == "POST"
    back = shown or (page_of_form(request, "/") if sent else request.get_full_path())
    url = f"{reverse('console:sign-in')}?{urlencode({'next': back})}"
    return (
        HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)
    )
