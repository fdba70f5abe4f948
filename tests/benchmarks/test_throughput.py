"""The list under load beside a bare Django page with as many rows, on the same server.

THROUGHPUT_REQUESTS of each, from eight people at once; three times in turn, so that a
machine that grows busy is busy for both. The middle one counts.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, repeat
from pathlib import Path

from django.conf import settings
from django.test import Client

from apiclients.models import IndexedClient
from console.access import Actor
from tests.benchmarks.loads import Load, load
from tests.benchmarks.test_client_list import LIST, iter_clients
from tests.databases import durable_db, flushable_log, shared_db
from tests.faults.instances import database_url, running_instances
from tests.people import sign_in
from tests.sandbox_control import SandboxControl
from tools.checks import BIN
from tools.keycloak import ROOT
from tools.ports import free_port, wait_until_answers
from tools.processes import start_group, stop_group

__all__ = ["durable_db", "flushable_log", "shared_db"]

REQUESTS = int(os.environ.get("THROUGHPUT_REQUESTS", "2000"))
CLIENTS = 10_000
WORKERS = os.environ.get("WEB_CONCURRENCY", "2")
THREADS = os.environ.get("WEB_THREADS", "4")
ROUNDS = 3


@contextmanager
def bare_page() -> Iterator[int]:
    """Its port."""
    port = free_port()
    environ = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.bare_settings",
    }
    command = (
        *(BIN / "gunicorn", "django.core.wsgi:get_wsgi_application()"),
        f"--config={os.devnull}",  # not the console's
        "--worker-class=gthread",
        *(f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}", f"--threads={THREADS}"),
    )
    with Path(os.devnull).open("wb") as output:
        process = start_group(command, environ=environ, output=output, folder=ROOT)
    try:
        assert wait_until_answers(
            f"http://127.0.0.1:{port}/",
            seconds=60,
            still_running=lambda: process.poll() is None,
        )
        yield port
    finally:
        stop_group(process)


def ask(port: int, address: str, cookie: str) -> Load:
    return load(port, repeat(address), cookie, requests=REQUESTS)


def test_the_list_has_half_of_the_throughput_of_a_bare_page(
    shared_db: None, people: dict[str, Actor], keycloak: SandboxControl, tmp_path: Path
) -> None:
    IndexedClient.objects.bulk_create(islice(iter_clients(), CLIENTS), batch_size=1000)
    key = sign_in(Client(), people["client-admin"]).cookies
    cookie = f"{settings.SESSION_COOKIE_NAME}={key[settings.SESSION_COOKIE_NAME].value}"
    environ = {
        "WEB_CONCURRENCY": WORKERS,
        "WEB_THREADS": THREADS,
        "LOG_LEVEL": "WARNING",
    }
    with (
        running_instances(1, f"{keycloak.url}/auth", tmp_path, **environ) as [console],
        bare_page() as port,
    ):
        rounds = [
            (ask(port, "/", cookie), ask(console.port, LIST, cookie))
            for _ in range(1 + ROUNDS)
        ][1:]  # both are warm now

    rounds.sort(key=lambda pair: pair[1].throughput / pair[0].throughput)
    bare, ours = rounds[ROUNDS // 2]
    for name, found in (("bare page", bare), ("list", ours)):
        sys.stdout.write(
            f"\n{name:<10}{found.throughput:>7.0f} requests/s, "
            f"p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms"
        )
    share = ours.throughput / bare.throughput
    sys.stdout.write(f"\nshare {share:.2f}, p99/p50 {ours.p99 / ours.p50:.1f}\n")
    assert share >= 0.5
    assert ours.p99 / ours.p50 <= 4
