"""Reading a token that somebody pasted, with this organization's keys at hand."""

from collections.abc import Mapping
from typing import Any

from apiclients.guards import object_of
from apiclients.jwts import Inspection, NotATokenError, decode, inspect
from audit.models import Action, Outcome
from audit.recorder import record_event
from console.access import Actor
from gateways import configured
from gateways.errors import GatewayError
from gateways.keycloak.models import Client


def inspect_token(client: Client, token: str, *, actor: Actor) -> Inspection:
    """What a pasted token says. Raises NotATokenError; either is recorded first."""
    obj = object_of(client)
    try:
        decode(token)
    except NotATokenError as exc:
        record_event(
            Action.TOKEN_INSPECT,
            actor=actor,
            outcome=Outcome.FAILED,
            obj=obj,
            explanation=str(exc),
        )
        raise
    record_event(Action.TOKEN_INSPECT, actor=actor, obj=obj)
    return inspect(token, _keys())


def _keys() -> Mapping[str, Any] | None:
    """What Keycloak signs with; None if it does not say."""
    try:
        return configured.client_tokens().get_keys()
    except GatewayError:
        return None
