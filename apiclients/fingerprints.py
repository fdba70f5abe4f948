"""Telling two secrets, or two states of a client, apart without keeping either."""

import hashlib
import hmac
import json
from dataclasses import astuple

from django.conf import settings

from gateways.keycloak.models import ClientChange, ClientSecret


def fingerprint(secret: ClientSecret) -> str:
    """A keyed hash, "9f2c 41aa 7be0"; without the key it proves nothing."""
    digest = hmac.new(
        settings.FINGERPRINT_KEY.encode(), secret.value.encode(), hashlib.sha256
    ).hexdigest()
    return " ".join(digest[i : i + 4] for i in (0, 4, 8))


def version_of(client: ClientChange) -> str:
    """A short mark of what can be edited: other values, other mark."""
    return hashlib.sha256(json.dumps(astuple(client)).encode()).hexdigest()[:16]
