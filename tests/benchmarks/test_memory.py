"""The size of a web process that answers 50,000 requests (MEMORY_REQUESTS)."""

import itertools
import os
import sys
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from console.access import Actor
from tests.benchmarks.loads import load
from tests.databases import durable_db, flushable_log, shared_db
from tests.faults.instances import Instance, running_instances
from tests.people import sign_in
from tests.sandbox_control import SandboxControl

__all__ = ["durable_db", "flushable_log", "shared_db"]

REQUESTS = int(os.environ.get("MEMORY_REQUESTS", "50_000"))
# What a process keeps from its first pages on: templates, caches, connections.
WARM_UP = 2_000
STEPS = 10
PAGES = ("settings", "credentials", "permissions", "tokens", "activity", "delete")


def kilobytes(console: Instance) -> int:
    """The resident size of its one worker."""
    assert console.process is not None
    first = console.process.pid
    [worker] = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    status = Path(f"/proc/{worker}/status").read_text()
    [size] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(size.split()[1])


def addresses(uuids: list[str]) -> list[str]:
    """Every kind of page, in turn."""
    listing, log = reverse("apiclients:list"), reverse("audit:list")
    return [
        reverse("console:home"),
        *(listing, f"{listing}?q=svc", f"{listing}?sort=-owner&status=enabled"),
        *(log, f"{log}?person=nobody"),
        *(reverse(f"apiclients:{page}", args=[u]) for page in PAGES for u in uuids),
        reverse("apiclients:create"),
        "/nothing/is/here/",
    ]


def test_a_process_does_not_grow_with_its_requests(
    shared_db: None, people: dict[str, Actor], keycloak: SandboxControl, tmp_path: Path
) -> None:
    uuids = [keycloak.add_client(f"svc-{number}") for number in range(5)]
    key = sign_in(Client(), people["client-admin"]).cookies
    cookie = f"{settings.SESSION_COOKIE_NAME}={key[settings.SESSION_COOKIE_NAME].value}"
    places = itertools.cycle(addresses(uuids))
    with running_instances(1, f"{keycloak.url}/auth", tmp_path, LOG_LEVEL="ERROR") as [
        console
    ]:
        load(console.port, places, cookie, requests=WARM_UP, codes={200, 404})
        before = say(WARM_UP, kilobytes(console))
        for step in range(1, STEPS + 1):
            count = REQUESTS // STEPS
            load(console.port, places, cookie, requests=count, codes={200, 404})
            after = say(WARM_UP + step * count, kilobytes(console))
            keycloak.forget_calls()

    sys.stdout.write(f"growth {after / before - 1:.1%}\n")
    assert after <= 1.05 * before


def say(requests: int, size: int) -> int:
    sys.stdout.write(f"\n{requests:>8,} requests: {size / 1024:.1f} MB ")
    sys.stdout.flush()
    return size
