"""The two that every case is held against: the sandbox and a real Keycloak.

KEYCLOAK_FOR_TESTS names one that runs already, with the demonstration realm imported
and its base path; without it, one is started for these cases alone.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from console.access import Actor
from gateways.errors import NotFoundError
from gateways.keycloak.models import Client
from sandbox.server import start
from tests.conftest import forget_what_was_learned
from tests.contract.delegate import DELEGABLE
from tests.contract.support import (
    CONSOLE_SECRET,
    CONSOLE_URL,
    EMPTY,
    INTENT,
    MakeClient,
    Upstream,
    new_id,
)
from tests.factories import make_actor
from tools.errors import MissingError
from tools.keycloak import running_keycloak
from tools.ports import free_port

_missing = pytest.StashKey[str]()


@pytest.fixture(
    scope="session",
    params=["sandbox", pytest.param("keycloak", marks=pytest.mark.keycloak)],
)
def upstream(request: pytest.FixtureRequest) -> Iterator[Upstream]:
    if request.param == "sandbox":
        server = start(port=0, environ={"CONSOLE_URL": CONSOLE_URL})
        yield Upstream(f"{server.url}/auth")
        server.stop()
        return
    yield Upstream(request.getfixturevalue("real_keycloak"))


@pytest.fixture(scope="session")
def real_keycloak(request: pytest.FixtureRequest) -> Iterator[str]:
    """The base address of the real one, for the few cases that mean it alone."""
    with _real_keycloak(request.config) as base_url:
        yield base_url


@pytest.fixture
def make_client(upstream: Upstream) -> Iterator[MakeClient]:
    """Make a client of its own for a case; it goes when the case is over."""
    made: list[str] = []

    def make(client_id: str = "", **values: Any) -> Client:
        change = replace(EMPTY, **values)
        uuid = upstream.clients.create_client(
            client_id or new_id(), change, intent=INTENT
        )
        made.append(uuid)
        return upstream.clients.get_client(uuid)

    yield make
    for uuid in made:
        with suppress(NotFoundError):
            upstream.clients.delete_client(uuid)


@pytest.fixture
def delegate(upstream: Upstream, settings: Settings) -> Iterator[Actor]:
    """client-admin, who holds administer-clients and may give what is delegable."""
    settings.KEYCLOAK_URL = upstream.base_url
    settings.KEYCLOAK_ISSUER = upstream.issuer
    settings.KEYCLOAK_CLIENT_SECRET = CONSOLE_SECRET
    settings.IMPLY_MANAGER_URL = ""
    settings.STEP_UP_MINUTES = 24 * 60  # a long search is no reason to sign in again
    settings.DELEGABLE_ROLES = list(DELEGABLE)
    forget_what_was_learned()
    yield make_actor(
        subject=upstream.user_id("client-admin"), roles_read_at=time.time() + 3600
    )
    forget_what_was_learned()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    reason = config.stash.get(_missing, "")
    if reason:
        terminalreporter.section("NOT HELD AGAINST A REAL KEYCLOAK", yellow=True)
        terminalreporter.write_line(reason)


@contextmanager
def _real_keycloak(config: pytest.Config) -> Iterator[str]:
    running = os.environ.get("KEYCLOAK_FOR_TESTS")
    if running:
        yield running
        return
    with ExitStack() as stack:
        try:
            started = running_keycloak(free_port(), console_url=CONSOLE_URL)
            base_url = stack.enter_context(started)
        except (MissingError, subprocess.CalledProcessError) as exc:
            config.stash[_missing] = str(exc)
            if _all_required():
                pytest.fail(f"There is no real Keycloak: {exc}", pytrace=False)
            pytest.skip(f"There is no real Keycloak: {exc}")
        yield base_url


def _all_required() -> bool:
    return os.environ.get("CI") == "true" or os.environ.get("REQUIRE_ALL") == "1"
