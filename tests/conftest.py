"""What tests in more than one folder need."""

from collections.abc import Callable, Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from console.access import Actor
from console.auth import provider
from gateways import configured
from sandbox.server import start
from tests.people import read_people, sign_in
from tests.sandbox_control import SandboxControl


@pytest.fixture(scope="session", autouse=True)
def _static_files() -> None:
    """Pages name their static files by hash, so these must have been collected.

    Compressing them takes seconds, so that is done when one of them has changed, and
    by one of the processes that share the tests.
    """
    root = Path(settings.STATIC_ROOT)
    manifest = root / "staticfiles.json"
    sources = (settings.BASE_DIR / "static", *(settings.BASE_DIR / "static").rglob("*"))
    newest = max(path.stat().st_mtime for path in sources)
    root.parent.mkdir(exist_ok=True)
    with root.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not manifest.exists() or manifest.stat().st_mtime < newest:
            call_command("collectstatic", "--no-input", verbosity=0)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxControl]:
    """One sandbox for the whole run, on a free port; `keycloak` is it, fresh."""
    server = start(port=0)
    url = f"{server.url}/auth"
    issuer = f"{url}/realms/{settings.KEYCLOAK_REALM}"
    with override_settings(KEYCLOAK_URL=url, KEYCLOAK_ISSUER=issuer):
        yield SandboxControl(server.url)
    server.stop()


@pytest.fixture
def keycloak(sandbox: SandboxControl) -> Iterator[SandboxControl]:
    """The sandbox as at its start, with no API clients; the console's caches empty."""
    sandbox.reset(clients=0)
    forget_what_was_learned()
    sandbox.forget_calls()
    yield sandbox
    sandbox.heal()


@pytest.fixture(scope="session")
def people(sandbox: SandboxControl) -> dict[str, Actor]:
    """The demonstration accounts by name, as signing in finds them."""
    sandbox.reset(clients=0)
    forget_what_was_learned()
    return read_people(sandbox.url)


@pytest.fixture
def as_person(
    people: dict[str, Actor], keycloak: SandboxControl, db: None
) -> Callable[[str], Client]:
    """A browser in which this person is signed in."""
    return lambda username: sign_in(Client(), people[username])


@pytest.fixture
def admin(as_person: Callable[[str], Client]) -> Client:
    """A browser of `client-admin`, who holds administer-clients and nothing else."""
    return as_person("client-admin")


def forget_what_was_learned() -> None:
    for cached in (
        configured.upstream,
        configured.service_account,
        configured.keycloak,
        configured.manager,
        configured.console_uuid,
        configured.realm_management_uuid,
        provider._registered,
    ):
        cached.cache_clear()
