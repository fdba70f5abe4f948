"""Telling two secrets, or two states of a client, apart without keeping either."""

import hashlib
import hmac
import json
from dataclasses import astuple

from django.conf import settings

from apiclients.models import IndexedClient
from apiclients.synchronisation import clamped
from gateways.keycloak.models import Client, ClientChange, ClientSecret


def fingerprint(secret: ClientSecret) -> str:
    """A keyed hash, "9f2c 41aa 7be0"; without the key it proves nothing."""
    digest = hmac.new(
        settings.FINGERPRINT_KEY.encode(), secret.value.encode(), hashlib.sha256
    ).hexdigest()
    return " ".join(digest[i : i + 4] for i in (0, 4, 8))


def mark_of(client: Client | IndexedClient) -> str:
    """A short mark of what the list shows of a client, cut as the index cuts it."""
    lifespan = client.access_token_lifespan
    shown = (
        *(client.client_id, client.description[:255], client.owner[:255]),
        *(client.enabled, None if lifespan is None else clamped(lifespan)),
    )
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def version_of(client: ClientChange) -> str:
    """A short mark of what can be edited: other values, other mark."""
    return hashlib.sha256(json.dumps(astuple(client)).encode()).hexdigest()[:16]
