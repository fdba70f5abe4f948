"""A real Keycloak with as many API clients as a measurement needs; made once, kept."""

import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tools import keycloak
from tools.bench.admin import Admin
from tools.ports import free_port

BATCH = 250
LIFESPANS = ("", "", "", "900", "3600", "28800")
TEAMS = 23
DAY = 86_400
NEWEST = 1_764_000_000  # what is seeded has to be the same every time


def name_of(number: int) -> str:
    """Neighbours in number are not neighbours in the list."""
    return f"svc-{number * 7919 % 100_000:05}-batch"


@contextlib.contextmanager
def seeded_keycloak(
    port: int,
    clients: int,
    *options: str,
    before: Callable[[Path], None] | None = None,
) -> Iterator[str]:
    """Its base address, until the block ends; `before` is given its folder."""
    home = keycloak.VAR / "bench" / f"keycloak-running-{port}"
    keycloak.clone(_seeded(clients), home)
    try:
        if before:
            before(home)
        with keycloak.running_in(home, port, keycloak.CONSOLE_URL, *options) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _seeded(clients: int) -> Path:
    """The demonstration realm with more clients; made once, then found again."""
    base = keycloak.prepare(keycloak.fetch(), keycloak.REALM_FILE, keycloak.CONSOLE_URL)
    made_of = f"{base.name} {_client(1)}"
    fingerprint = hashlib.sha256(made_of.encode()).hexdigest()[:12]
    seeded = keycloak.VAR / "bench" / f"keycloak-{clients}-{fingerprint}"
    if seeded.exists():
        return seeded
    beside = keycloak.VAR / "bench" / f"keycloak-seeding-{os.getpid()}"
    keycloak.clone(base, beside)
    try:
        port = free_port()
        with keycloak.running_in(beside, port, keycloak.CONSOLE_URL) as url:
            _seed(Admin(url), clients)
        beside.replace(seeded)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return seeded


def _seed(admin: Admin, clients: int) -> None:
    present = admin.count_api_clients()
    for first in range(present, clients, BATCH):
        numbers = range(first, min(first + BATCH, clients))
        admin.import_clients([_client(number) for number in numbers])
        print(f"Seeded {numbers.stop:,} of {clients:,} clients", file=sys.stderr)


def _client(number: int) -> dict[str, Any]:
    client_id = name_of(number)
    return {
        "clientId": client_id,
        "description": f"Nightly batch job {number}",
        "enabled": number % 17 != 0,
        "protocol": "openid-connect",
        "publicClient": False,
        "secret": f"demonstration-only-{client_id}",
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": True,
        "attributes": {
            "console.owner": f"team-{number % TEAMS:02}@northwind.example",
            "client.secret.creation.time": str(NEWEST - number * 7 % 730 * DAY),
            "access.token.lifespan": LIFESPANS[number % len(LIFESPANS)],
        },
    }
