"""Whatever a delegate tries, no service account ends with more than they may give.

Each sequence is a few forms, sent one after the other, some while somebody with other
powers changes what a role contains, takes a right away or has Keycloak stumble.
"""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from apiclients import permission_services
from apiclients.permission_services import RoleNotHeldError, RolesNotAssignableError
from audit.models import OpenIntent
from audit.recorder import NotRecordedError, ObjectBusyError, RepeatedOperationError
from console.access import Actor, RightLostError
from gateways.errors import GatewayError
from gateways.keycloak.models import Role
from gateways.keycloak.role_mappings import RoleMappingGateway
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients_permissions.conftest import DELEGABLE
from tests.screens.apiclients_permissions.roles import (
    held_by,
    read_catalogue,
    role_id,
)
from tests.screens.fuzz.sending import share_of

SEQUENCES = 300
HELD = {"administer-clients", "staging:change-data-cubes"}
# Composites whose content the sequences change, and what it is at first.
COMPOSITES: dict[str, dict[str, Any]] = {
    "bundle": {"realm": ["reports-reader", "reports-editor"]},
    "nested": {"realm": ["bundle"]},
}
MAY = {*DELEGABLE, *HELD, *COMPOSITES}
FORBIDDEN = (
    {"client": {"realm-management": ["manage-users"]}},
    {"client": {"realm-management": ["realm-admin"]}, "realm": ["reports-reader"]},
    {"realm": ["audit-reader"]},
    {"realm": ["platform-operator"]},
    {"client": {"production": ["manage-clusters"]}},
)
NAMES = [
    *sorted(MAY),
    *("audit-reader", "administer-account", "visualization-team", "platform-operator"),
    *("production:manage-clusters", "staging:manage-clusters", "broker:read-token"),
    *("realm-management:manage-users", "realm-management:realm-admin"),
]
KINDS = [*["assign"] * 4, *["raced"] * 2, "remove", "twice"]
EXPECTED = (
    *(RolesNotAssignableError, RoleNotHeldError, RightLostError),
    *(GatewayError, NotRecordedError, RepeatedOperationError, ObjectBusyError),
)


@dataclass
class Scene:
    """One delegate, two clients, and what happens besides."""

    dice: random.Random
    keycloak: SandboxControl
    actor: Actor
    clients: list[str]
    ids: dict[str, str]
    in_between: list[dict[str, Any]] = field(default_factory=list)

    def restore(self) -> None:
        # As once the outcomes that got lost are settled.
        OpenIntent.objects.all().delete()
        for name, content in COMPOSITES.items():
            self.keycloak.define_role(name, **content)

    def play(self) -> None:
        """A few forms; then everything is as it was, but for what they did."""
        last: tuple[str, list[str], str] | None = None
        for _ in range(self.dice.randrange(2, 5)):
            kind = self.dice.choice(KINDS)
            uuid = self.dice.choice(self.clients)
            if kind == "remove":
                self.remove(uuid)
            elif kind == "twice" and last:
                self.assign(*last)
            else:
                names = self.dice.sample(NAMES, self.dice.choice([1, 1, 2, 3]))
                last = (uuid, names, new_operation())
                if kind == "raced":
                    names += [n for n in COMPOSITES if n not in names]
                    names[:] = [n for n in names if n in MAY] or ["bundle"]
                    self.in_between = [self.dice.choice(FORBIDDEN)]
                self.assign(*last)
            self.in_between.clear()

    def assign(self, uuid: str, names: list[str], operation: str) -> None:
        stumbles = self.dice.random() < 0.15
        if stumbles:
            action = self.dice.choice(["drop_after", "drop_before"])
            self.keycloak.fail("POST", "role-mappings", action, times=1)
        with suppress(*EXPECTED):
            permission_services.assign_roles(
                uuid,
                [self.ids[name] for name in names],
                actor=self.actor,
                operation=UUID(operation),
            )
        if stumbles:
            self.keycloak.heal()

    def remove(self, uuid: str) -> None:
        with suppress(*EXPECTED):
            permission_services.remove_role(
                uuid,
                self.ids[self.dice.choice(NAMES)],
                actor=self.actor,
                operation=uuid4(),
            )


@pytest.fixture
def scene(
    keycloak: SandboxControl,
    people: dict[str, Actor],
    reports: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    for name, content in COMPOSITES.items():
        keycloak.define_role(name, **content)
    keycloak.give_roles("client-admin", client={"staging": ["change-data-cubes"]})
    settings.DELEGABLE_ROLES = [*DELEGABLE, *COMPOSITES]
    read_catalogue()
    scene = Scene(
        dice=random.Random(20261124),
        keycloak=keycloak,
        actor=people["client-admin"],
        clients=[reports, keycloak.add_client("svc-other")],
        ids={name: role_id(name) for name in NAMES},
    )
    write = RoleMappingGateway.map_roles

    def raced(self: RoleMappingGateway, user_id: str, roles: Sequence[Role]) -> None:
        # What a client holds already can grow whenever, and through nobody here.
        held = {name for uuid in scene.clients for name in held_by(uuid)}
        fresh = [r.name for r in roles if r.name in COMPOSITES and r.name not in held]
        for content in scene.in_between if fresh else ():
            keycloak.define_role(fresh[0], **content)
        write(self, user_id, roles)

    monkeypatch.setattr(RoleMappingGateway, "map_roles", raced)
    return scene


def test_no_sequence_of_attempts_leaves_more_than_allowed(scene: Scene) -> None:
    gained, sequences = 0, share_of(SEQUENCES)
    for number in range(sequences):
        scene.play()
        for uuid in scene.clients:
            held = held_by(uuid)
            assert held <= MAY, f"sequence {number}: {held - MAY}"
            gained += bool(held)
        scene.restore()
    assert gained > sequences / 2, "the sequences achieve something, too"
