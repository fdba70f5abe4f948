"""The whole way, from signing in over the audit log to signing out."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.hands import Keyboard, Mouse
from tests.browser.journey import Journey
from tests.browser.provider import Provider
from tests.browser.running import RunningConsole, running_console
from tests.browser.scene import Scene
from tests.screens.apiclients_permissions.roles import read_catalogue
from tools.checks import is_required
from tools.ports import free_port

Contexts = Callable[..., BrowserContext]
BOB = "Bob Tanaka"


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody uses the console."""

    hands: type[Mouse | Keyboard]
    javascript: bool = True
    copies: bool = False

    def begin(self, context: BrowserContext) -> Journey:
        page, client_id = context.new_page(), f"journey-{uuid4().hex[:8]}"
        return Journey(page, self.hands(page), client_id, self.javascript)


ways = pytest.mark.parametrize(
    "way",
    [
        pytest.param(Way(Mouse, copies=True), id="js"),
        pytest.param(Way(Mouse, javascript=False), id="no-js"),
        pytest.param(Way(Keyboard), id="keyboard"),
    ],
)


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
        running_console(
            port,
            provider,
            folder,
            blocker=django_db_blocker,
            DELEGABLE_ROLES="reports-reader",
        ) as console,
    ):
        with django_db_blocker.unblock(), console.in_this_process():
            read_catalogue()
        yield console


@ways
def test_journey_with_the_sandbox(
    new_context: Contexts, console: RunningConsole, scene: Scene, way: Way
) -> None:
    """From the flag of a cluster to the audit log, which has every step."""
    scene.read_catalogue()
    scene.sandbox.set_updates(restart_seconds=3600)
    # As an operator does it for someone who looks after one environment.
    scene.sandbox.give_roles("client-admin", client={"staging": ["manage-clusters"]})
    context = new_context(javascript=way.javascript)
    journey = way.begin(context)

    journey.sign_in()
    journey.learn_why_not("analytics-prod", "manage-clusters in production")
    journey.enable_oauth(
        "analytics-staging",
        finish=lambda: scene.sandbox.set_updates(restart_seconds=0),
    )
    walk(journey, context, console, role="manage-clusters", scope="staging", way=way)

    assert journey.read_audit_log("analytics-staging") == [
        f"{BOB}: Changed the feature flags of cluster analytics-staging (Succeeded)"
    ]
    journey.sign_out()


@ways
@pytest.mark.keycloak
def test_journey_with_a_real_keycloak(
    new_context: Contexts, keycloak_console: RunningConsole, way: Way
) -> None:
    """The same without a Manager, which no Keycloak has."""
    context = new_context(at=keycloak_console, javascript=way.javascript)
    journey = way.begin(context)

    journey.sign_in()
    walk(
        *(journey, context, keycloak_console),
        role="reports-reader",
        scope="Organization",
        way=way,
    )

    journey.sign_out()


def walk(
    journey: Journey,
    context: BrowserContext,
    console: RunningConsole,
    *,
    role: str,
    scope: str,
    way: Way,
) -> None:
    """From making a client to deleting it, with its programs looked at besides."""
    provider, client_id = Provider(console.provider_url), journey.client_id

    uuid = journey.create()
    journey.assign(role, scope)
    downloaded = journey.download_token()
    if scope == "staging":
        assert provider.ask_manager(downloaded) == 200

    journey.find_credentials()
    first = journey.show()
    assert first == provider.read_secret(uuid)
    token = provider.get_token(client_id, first)
    assert provider.ask_userinfo(token) == 200
    journey.wait_until_hidden(first)
    if way.copies:
        context.grant_permissions(["clipboard-write"], origin=console.url)
        assert journey.copy() == first

    second = journey.regenerate()
    assert second == provider.read_secret(uuid)
    assert not provider.accepts(client_id, first)
    assert provider.accepts(client_id, second)

    assert provider.ask_userinfo(token) == 200
    journey.revoke()
    assert provider.ask_userinfo(token) == 401

    journey.delete()
    assert not provider.accepts(client_id, second)
    copied = [f"{BOB}: Copied the secret of {client_id} (Succeeded)"]
    assert journey.read_audit_log(client_id) == [
        f"{BOB}: Created {client_id} (Succeeded)",
        f"{BOB}: Assigned permissions to {client_id} (Succeeded)",
        f"{BOB}: Downloaded a token of {client_id} (Succeeded)",
        f"{BOB}: Showed the secret of {client_id} (Succeeded)",
        *(copied if way.copies else []),
        f"{BOB}: Regenerated the secret of {client_id} (Succeeded)",
        f"{BOB}: Revoked the issued tokens of {client_id} (Succeeded)",
        f"{BOB}: Deleted {client_id} (Succeeded)",
    ]
