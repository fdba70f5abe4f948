"""The console is killed at every point of every change, and the log stays true.

FAULTS_ROUNDS says how often; once where nothing is said, four times and at random
moments as well by `make faults`.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from audit.models import Action, OpenIntent, Outcome, Phase, Record
from console.access import Actor
from gateways import configured
from tests.environment import DEFAULTS
from tests.factories import make_indexed_client
from tests.faults.crashing import Job, Point
from tests.faults.instances import database_url
from tests.faults.leaks import find_in_database
from tests.people import sign_in
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import CREATE, DELETE, REGENERATE, UPDATE
from tests.screens.apiclients_permissions.roles import (
    assign_page,
    held_by,
    read_catalogue,
    role_id,
)
from tests.screens.browser import open_form
from tools.keycloak import ROOT

ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "1"))
KILLED = -9
ROLE = "reports-reader"
OPERATIONS = {
    Action.CLIENT_CREATE: CREATE,
    Action.CLIENT_UPDATE: UPDATE,
    Action.SECRET_REGENERATE: REGENERATE,
    Action.CLIENT_DELETE: DELETE,
    Action.ROLE_ASSIGN: None,
}


@dataclass
class Killer:
    """A console that is killed, and what it left behind in files."""

    folder: Path
    process: subprocess.Popen[str]
    cookies: dict[str, str]
    kills: int = 0
    secrets: set[str] = field(default_factory=set)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def send(self, address: str, values: dict[str, Any], **how: Any) -> list[str]:
        """Send a form and be killed; the points that were passed."""
        status, passed = self._do(
            address=address, values=values, cookies=self.cookies, **how
        )
        assert status in {KILLED, 0}, self.log[-3000:]
        assert status == KILLED or "die_at" not in how, f"never came to {how}"
        self.kills += status == KILLED
        return passed

    def settle(self) -> None:
        """As the next console does: read what became of it."""
        status, _ = self._do(settle=True)
        assert status == 0, self.log[-3000:]

    def _do(self, **job: Any) -> tuple[int, list[str]]:
        assert self.process.stdin
        assert self.process.stdout
        trace = self.folder / f"trace-{uuid4()}"
        log = str(self.folder / "log")
        line = Job(trace=str(trace), log=log, **job).to_json()
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        lines = trace.read_text().splitlines() if trace.exists() else []
        tokens = {e.removeprefix("token ") for e in lines if e.startswith("token ")}
        self.secrets |= tokens
        return status, [e for e in lines if not e.startswith("token ")]


@pytest.fixture
def killer(
    shared_db: None, keycloak: SandboxControl, people: dict[str, Actor], tmp_path: Path
) -> Iterator[Killer]:
    environ = {
        **os.environ,
        **DEFAULTS,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "KEYCLOAK_URL": settings.KEYCLOAK_URL,
        "DATABASE_URL": database_url(),
        "DELEGABLE_ROLES": ROLE,
    }
    browser = sign_in(Client(), people["client-admin"])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crashing"],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with process:
        yield Killer(tmp_path, process, cookies)
        assert process.stdin
        process.stdin.close()


@dataclass
class Truth:
    """What the sandbox knows of one client, so that an outcome can be checked."""

    keycloak: SandboxControl
    action: Action
    name: str
    uuid: str
    before: Any = None

    def look(self) -> Any:
        if self.action is Action.CLIENT_CREATE:
            return self._find() is not None
        if self.action is Action.CLIENT_DELETE:
            return self._find() is None
        if self.action is Action.SECRET_REGENERATE:
            return self.keycloak.secret(self.uuid)
        if self.action is Action.ROLE_ASSIGN:
            return ROLE in held_by(self.uuid)
        found = self._find()
        return found and found.description

    def _find(self) -> Any:
        return configured.clients().find_client(self.name)

    @property
    def happened(self) -> bool:
        return bool(self.look() != self.before)


@pytest.mark.parametrize("action", OPERATIONS, ids=str)
def test_whenever_it_is_killed_the_log_is_before_the_change_and_tells_the_truth(
    killer: Killer,
    people: dict[str, Actor],
    keycloak: SandboxControl,
    action: Action,
) -> None:
    read_catalogue()
    dice = random.Random(20261125)
    ways: list[dict[str, Any]] = [{"die_at": point.value} for point in Point]
    if ROUNDS > 1:
        ways += [{"kill_after": dice.uniform(0, 0.25)} for _ in Point]
    browser = sign_in(Client(), people["client-admin"])
    for number, way in enumerate(ways * ROUNDS):
        truth, address, values = arrange(browser, keycloak, action, f"svc-{number}")
        keycloak.forget_calls()

        passed = killer.send(address, values, **way)
        calls = keycloak.writes()
        killer.settle()

        assert_log_came_first(passed, calls, way)
        assert_true_outcome(truth, len(calls), way)
        if truth.uuid and action is not Action.CLIENT_DELETE:
            killer.secrets.add(keycloak.secret(truth.uuid))
    call_command("audit_verify", verbosity=0)
    assert find_in_database(killer.secrets) == []
    assert not [s for s in killer.secrets if s in killer.log]
    assert killer.kills >= len(Point) * ROUNDS


def arrange(
    browser: Client, keycloak: SandboxControl, action: Action, name: str
) -> tuple[Truth, str, dict[str, Any]]:
    """A client of its own, and the form that is about to change it."""
    uuid = ""
    if action is not Action.CLIENT_CREATE:
        uuid = keycloak.add_client(name, description="Nightly reports")
        make_indexed_client(name, uuid=uuid)
    change = OPERATIONS[action]
    if change is None:
        address = assign_page(uuid)
        values: dict[str, Any] = {"operation": str(uuid4()), "roles": [role_id(ROLE)]}
    else:
        form = open_form(browser, change.address(uuid), change.button)
        named = {"client_id": name, "confirm": name}
        typed = {f: named.get(f, value) for f, value in change.values.items()}
        address, values = form.action, form.filled_in(**typed)
    truth = Truth(keycloak, action, name, uuid)
    truth.before = truth.look()
    return truth, address, values


def assert_log_came_first(passed: list[str], calls: list[str], way: object) -> None:
    if Point.CALL_BEGUN in passed:
        before = passed[: passed.index(Point.CALL_BEGUN)]
        assert Point.INTENT_COMMITTED in before, way
    if calls:
        assert Point.INTENT_COMMITTED in passed, way
    assert len(calls) <= 1, way


def assert_true_outcome(truth: Truth, calls: int, way: object) -> None:
    intents = Record.objects.filter(phase=Phase.INTENT, object_name=truth.name)
    assert calls <= intents.count() <= 1, way
    for intent in intents:
        last = Record.objects.filter(intent=intent).order_by("-id").first()
        assert last is not None, way
        wanted = Outcome.SUCCEEDED if truth.happened else Outcome.FAILED
        assert last.outcome == wanted, way
    assert not OpenIntent.objects.exists(), way
