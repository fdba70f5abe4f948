"""The list's rows as its template shows them.

Worked out here and as plain dictionaries, since a template asks for each value of fifty
rows: it finds a key at once, and an attribute only after it has tried a key.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.html import escape

from apiclients.lifespans import LONG, Limits
from apiclients.models import IndexedClient
from console.templatetags.ui import age, ago, duration, older_than, thousands

OLD_SECRET = 90  # days

Row = dict[str, Any]


def as_rows(clients: Iterable[IndexedClient], limits: Limits | None) -> list[Row]:
    default = f"{duration(limits.default)} " if limits else ""
    return [_row(client, default) for client in clients]


def _row(client: IndexedClient, default: str) -> Row:
    lifespan, made = client.access_token_lifespan, client.secret_created_at
    return {
        "uuid": escape(client.uuid),
        "client_id": escape(client.client_id),
        "description": client.description,
        "enabled": client.enabled,
        "default_lifespan": default,
        "lifespan": duration(lifespan),
        "long": lifespan is not None and not 0 <= lifespan <= LONG,
        "permissions": None
        if client.permissions is None
        else thousands(client.permissions),
        "secret_age": age(made),
        "secret_is_old": older_than(made, OLD_SECRET),
        "last_used": ago(client.last_used_at),
        "owner": escape(client.owner),
    }
