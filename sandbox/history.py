"""A believable past: login events of the demonstration's clients up to now.

The same for each client every time, but for the instant from which it is counted back.
"""

import random
import uuid
from collections.abc import Iterator
from typing import Any

from sandbox.model import Client
from sandbox.state import State

DAY = 86_400
NEVER = 0.12  # of all clients were never used
STOPPED = 0.15  # were used once, and then no more
REFUSED = 0.01  # of the requests had a wrong secret
PER_DAY = (0.2, 0.5, 1, 1, 2, 4)


def add_history(state: State, *, days: int) -> None:
    """Fill the realm's events with what could have happened in the last days."""
    now = int(state.now())
    events = [
        event
        for client in state.realm.clients.values()
        if client.has("serviceAccountsEnabled") and client.has("enabled")
        for event in _events_of(client, state.realm.id, now, days)
    ]
    state.events.extend(sorted(events, key=lambda event: event["time"]))


def _events_of(
    client: Client, realm_id: str, now: int, days: int
) -> Iterator[dict[str, Any]]:
    dice = random.Random(client.client_id)  # noqa: S311  # a demonstration's past
    fate = dice.random()
    if fate < NEVER:
        return
    rate = dice.choice(PER_DAY)
    address = f"10.{dice.randint(8, 40)}.{dice.randint(0, 9)}.{dice.randint(2, 250)}"
    last = now - dice.randint(20, 80) * DAY if fate < NEVER + STOPPED else now
    instant = now - days * DAY + dice.expovariate(rate / DAY)
    while instant < last:
        refused = dice.random() < REFUSED
        yield {
            "id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            "time": int(instant * 1000),
            "type": "CLIENT_LOGIN_ERROR" if refused else "CLIENT_LOGIN",
            "realmId": realm_id,
            "clientId": client.client_id,
            "ipAddress": address,
            **({"error": "invalid_client_credentials"} if refused else {}),
            "details": {"grant_type": "client_credentials"},
        }
        instant += dice.expovariate(rate / DAY)
