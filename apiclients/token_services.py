"""A client's tokens: downloading and testing one, revoking those issued.

A secret and a token are only ever in memory here. Of a token that the console gets for
a client, the `jti` is kept for a day, so that it does not count as use by its owner.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from apiclients.guards import demand_secret_rights, get_subject_once, object_of
from apiclients.jwts import NotATokenError, decode
from apiclients.models import MintedToken
from apiclients.selectors import get_subject
from audit.models import Action
from audit.recorder import prepare, recording
from console import access
from console.access import Actor
from gateways import configured, errors
from gateways.keycloak.models import AccessToken, Client, ClientSecret

KEPT = timedelta(days=1)
LONGEST_JTI = 255


class Verdict(StrEnum):
    ACCEPTED = "Accepted"
    REFUSED = "Refused"
    UNREACHABLE = "Not reachable"
    SKIPPED = "Not tried"


@dataclass(frozen=True, slots=True)
class Step:
    """One service of a test, and what it said."""

    key: str
    name: str
    verdict: Verdict
    why: str = ""
    milliseconds: int | None = None

    @property
    def told(self) -> str:
        return f"{self.verdict}: {self.why}" if self.why else str(self.verdict)


def download_token(uuid: str, *, actor: Actor) -> tuple[Client, AccessToken]:
    """A token for the person to keep: recorded before they get it.

    Raises BeyondRightsError, which is recorded, and TokenRefusedError.
    """
    prepare(actor)
    confirmed = access.confirm(actor)
    subject = get_subject(uuid)
    demand_secret_rights(subject, confirmed, Action.TOKEN_DOWNLOAD, thing="token")
    obj = object_of(subject.client)
    with recording(Action.TOKEN_DOWNLOAD, actor=confirmed, obj=obj):
        secret = configured.clients().read_secret(uuid)
        return subject.client, _mint(subject.client, secret)


def try_client(uuid: str, *, actor: Actor) -> tuple[Client, list[Step]]:
    """Get a token as the client would and use it; what each service said, recorded."""
    prepare(actor)
    confirmed = access.confirm(actor)
    client = get_subject(uuid).client
    obj = object_of(client)
    with recording(Action.TOKEN_TEST, actor=confirmed, obj=obj) as attempt:
        secret = configured.clients().read_secret(uuid)
        steps = list(_try_everything(client, secret))
        for step in steps:
            attempt.changes[step.key] = {"before": None, "after": step.told}
    return client, steps


def revoke_tokens(uuid: str, *, actor: Actor, operation: UUID, reason: str) -> Client:
    """Have Keycloak refuse every token issued so far."""
    prepare(actor, operation)
    confirmed = access.confirm(actor)
    client = get_subject_once(uuid, confirmed, operation).client
    # Tokens know whole seconds. Those of the second under way must go as well, so for
    # the rest of it new ones are refused, too.
    before = int(time.time()) + 1
    with recording(
        Action.TOKEN_REVOKE,
        actor=confirmed,
        obj=object_of(client),
        operation=operation,
        changes={
            "not_before": {
                "before": client.not_before and in_words(client.not_before),
                "after": in_words(datetime.fromtimestamp(before, UTC)),
            }
        },
        reason=reason,
    ):
        latest = configured.clients().get_client(uuid)
        configured.clients().set_not_before(latest, before)
    return client


def _mint(client: Client, secret: ClientSecret, *, scope: str = "") -> AccessToken:
    gateway = configured.client_tokens()
    token = gateway.get_token(client.client_id, secret, scope=scope)
    now = timezone.now()
    MintedToken.objects.filter(minted_at__lt=now - KEPT).delete()
    with suppress(NotATokenError):
        jti = decode(token.value)[1].get("jti")
        if isinstance(jti, str) and len(jti) <= LONGEST_JTI:
            MintedToken.objects.update_or_create(jti=jti, defaults={"minted_at": now})
    return token


def _try_everything(client: Client, secret: ClientSecret) -> Iterator[Step]:
    minted: list[AccessToken] = []
    # Userinfo wants the scope openid.
    yield _try(
        ("token_endpoint", "Token endpoint"),
        lambda: minted.append(_mint(client, secret, scope="openid")),
        {},
    )
    if not minted:
        yield Step("userinfo", "Userinfo", Verdict.SKIPPED, "There is no token.")
        return
    yield _try(
        ("userinfo", "Userinfo"),
        configured.userinfo(minted[0]).ask,
        {401: "The token is not good.", 403: "The token lacks the scope openid."},
    )
    if settings.IMPLY_MANAGER_URL:
        yield _try(
            ("manager", "Imply Manager API"),
            configured.clusters_as(minted[0]).list_clusters,
            {
                401: "It does not accept the token. Is OAuth 2.0 on there?",
                403: "It needs manage-clusters in an environment.",
                404: "There is no such API at this address.",
            },
        )


def _try(
    named: tuple[str, str], call: Callable[[], object], whys: dict[int, str]
) -> Step:
    started = time.perf_counter()
    verdict, why = Verdict.ACCEPTED, ""
    try:
        call()
    except (errors.UnavailableError, errors.UnreadableAnswerError) as exc:
        verdict, why = Verdict.UNREACHABLE, f"{exc.reason}."
    except errors.GatewayError as exc:
        why = whys.get(exc.status or 0) or exc.detail or f"{exc.reason}."
        verdict = Verdict.REFUSED
    milliseconds = round((time.perf_counter() - started) * 1000)
    return Step(*named, verdict, why[:1].upper() + why[1:], milliseconds)


def in_words(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
