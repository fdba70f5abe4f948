"""The whole way, from signing in over the audit log to signing out."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext

from tests.browser import steps
from tests.browser.journey import Journey
from tests.browser.provider import Provider
from tests.browser.running import RunningConsole, running_console
from tests.browser.scene import Scene
from tools.checks import is_required
from tools.ports import free_port

Contexts = Callable[..., BrowserContext]
both = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@pytest.fixture(scope="module")
def keycloak_console(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[RunningConsole]:
    """A console with the real Keycloak behind it that KEYCLOAK_FOR_TESTS names."""
    provider = os.environ.get("KEYCLOAK_FOR_TESTS", "").rstrip("/")
    if not provider:
        missing = "No Keycloak: KEYCLOAK_FOR_TESTS names none (make test starts one)."
        (pytest.fail if is_required(os.environ) else pytest.skip)(missing)
    port, folder = free_port(), tmp_path_factory.mktemp("keycloak-console")
    with (
        Provider(provider).admitting(f"http://localhost:{port}"),
        running_console(port, provider, folder, blocker=django_db_blocker) as console,
    ):
        yield console


@both
def test_journey_with_the_sandbox(
    new_context: Contexts, console: RunningConsole, scene: Scene, javascript: bool
) -> None:
    walk(new_context(javascript=javascript), console, javascript=javascript)


@both
@pytest.mark.keycloak
def test_journey_with_a_real_keycloak(
    new_context: Contexts, keycloak_console: RunningConsole, javascript: bool
) -> None:
    context = new_context(at=keycloak_console, javascript=javascript)

    walk(context, keycloak_console, javascript=javascript)


def walk(context: BrowserContext, console: RunningConsole, *, javascript: bool) -> None:
    provider = Provider(console.provider_url)
    client_id = f"journey-{uuid4().hex[:8]}"
    journey = Journey(context.new_page(), provider, client_id, javascript)

    journey.sign_in()
    uuid = journey.create()
    first = journey.show()
    assert first == provider.read_secret(uuid)
    assert provider.accepts(client_id, first)
    journey.wait_until_hidden(first)
    if javascript:
        context.grant_permissions(["clipboard-write"], origin=console.url)
        assert journey.copy() == first

    second = steps.regenerate_secret(journey.page, reason="It was in a chat.")
    assert second == provider.read_secret(uuid)
    assert not provider.accepts(client_id, first)
    assert provider.accepts(client_id, second)
    journey.page.get_by_role("link", name="Go to Credentials").click()

    journey.delete()
    assert not provider.accepts(client_id, second)
    copied = [f"Bob Tanaka: Copied the secret of {client_id} (Succeeded)"]
    assert journey.read_audit_log() == [
        f"Bob Tanaka: Created {client_id} (Succeeded)",
        f"Bob Tanaka: Showed the secret of {client_id} (Succeeded)",
        *(copied if javascript else []),
        f"Bob Tanaka: Regenerated the secret of {client_id} (Succeeded)",
        f"Bob Tanaka: Deleted {client_id} (Succeeded)",
    ]
    journey.sign_out()
