"""After a long random run secrets and tokens are looked for everywhere."""

import io
import json
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as configuration
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from joserfc import jwt
from pytest_django import Settings

from apiclients import selectors
from apiclients.models import Synchronisation
from audit.exports.formats import FORMATS
from gateways import configured
from sandbox import clients as sandbox_clients
from sandbox import tokens as sandbox_tokens
from tests.conftest import forget_what_was_learned
from tests.factories import make_indexed_client
from tests.faults.leaks import find_in_database
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients_tokens.asking import CLIENTS, OIDC

STEPS = 260
METRICS_TOKEN = "only-for-this-hunt-0123456789"
DEEDS = (
    *("secret-show", "secret-copy", "secret-regenerate", "secret-regenerate"),
    *("token-download", "token-test", "token-inspect", "token-revoke"),
    *("settings", "credentials", "tokens", "activity", "permissions"),
    *("disable", "enable", "delete", "create", "export", "list", "entries"),
)
# Those that were asked for a secret or a token, and may answer with this one.
REVEALS = ("secret-show", "secret-copy", "secret-regenerate", "token-download")
FAULTS = ("status", "drop_after", "garbage", "cut")


@dataclass
class Hunt:
    """What was issued, and what was said to whom."""

    keycloak: SandboxControl
    browsers: list[Client]
    issued: set[str] = field(default_factory=set)
    uuids: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    revealed: int = 0

    def open(
        self, browser: Client, method: str, name: str, path: str, **values: Any
    ) -> None:
        response = getattr(browser, method)(path, values)
        body = b"".join(response) if response.streaming else response.content
        headers = "\n".join(f"{n}: {v}" for n, v in response.headers.items())
        self.addresses.append(f"{path} {headers} {response.cookies.output()}")
        text = body.decode("utf-8", "replace")
        if name in REVEALS and method == "post" and response.status_code == 200:
            self.revealed += any(secret in text for secret in self.issued)
        else:
            self.said.append((f"{method} {path}", text))


@pytest.fixture
def hunt(
    as_person: Callable[[str], Client],
    keycloak: SandboxControl,
    synchronised: Synchronisation,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> Iterator[Hunt]:
    """Two people, four clients, and a note of each secret that comes to be."""
    people = [as_person("client-admin"), as_person("account-admin")]
    for browser in people:
        browser.raise_request_exception = False
    hunt = Hunt(keycloak, people)

    def note(make: Callable[..., str]) -> Callable[..., str]:
        def noted(*args: Any, **kwargs: Any) -> str:
            made = make(*args, **kwargs)
            hunt.issued.add(made)
            return made

        return noted

    for module, name in ((sandbox_clients, "new_secret"), (sandbox_tokens, "signed")):
        monkeypatch.setattr(module, name, note(getattr(module, name)))
    monkeypatch.setattr(jwt, "encode", note(jwt.encode))
    settings.METRICS_TOKEN = METRICS_TOKEN
    hunt.issued |= {configuration.KEYCLOAK_CLIENT_SECRET, configuration.SECRET_KEY}
    hunt.issued |= {configuration.FINGERPRINT_KEY, configuration.AUDIT_SIGNING_KEY}
    forget_what_was_learned()
    for number in range(4):
        uuid = keycloak.add_client(f"svc-{number}")
        make_indexed_client(f"svc-{number}", uuid=uuid)
        hunt.uuids.append(uuid)
        hunt.issued.add(keycloak.secret(uuid))
    yield hunt
    keycloak.heal()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger says, exceptions and SQL included, but the sandbox's own."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.addFilter(lambda record: not record.name.startswith("sandbox"))
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    known = [
        logging.getLogger(),
        *map(logging.getLogger, logging.root.manager.loggerDict),
    ]
    before = [(logger, logger.level, logger.propagate) for logger in known]
    for logger, _, _ in before:
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
    logging.getLogger().addHandler(handler)
    connection.force_debug_cursor = True
    yield text
    connection.force_debug_cursor = False
    logging.getLogger().removeHandler(handler)
    for logger, level, propagate in before:
        logger.setLevel(level)
        logger.propagate = propagate


def wander(hunt: Hunt, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20261126)
    for step in range(STEPS):
        browser, deed = chance.choice(hunt.browsers), chance.choice(DEEDS)
        if step % 7 == 3:
            path = chance.choice((f"{CLIENTS}/", "client-secret$", f"{OIDC}/token$"))
            hunt.keycloak.fail("", path, chance.choice(FAULTS), times=1)
        with monkeypatch.context() as broken:
            if step % 23 == 11:
                broken.setattr(selectors, "get_client", _break_with_a_secret)
            act(hunt, browser, deed, chance)
        hunt.keycloak.heal()
        hunt.issued |= _present_secrets(hunt)


def _break_with_a_secret(uuid: str) -> Any:
    secret = configured.clients().read_secret(uuid)
    raise RuntimeError(f"nobody expected this of {secret} {secret!r}")


def _present_secrets(hunt: Hunt) -> set[str]:
    return {hunt.keycloak.secret(uuid) for uuid in hunt.uuids}


def act(hunt: Hunt, browser: Client, deed: str, chance: random.Random) -> None:
    if deed == "export":
        name = chance.choice([*FORMATS])
        hunt.open(browser, "post", deed, reverse("audit:export"), format=name)
        hunt.open(browser, "post", deed, reverse("apiclients:export"))
    elif deed in ("list", "entries"):
        app = "apiclients" if deed == "list" else "audit"
        hunt.open(browser, "get", deed, reverse(f"{app}:list"))
    elif deed == "create":
        values = {
            "client_id": f"svc-new-{chance.random()}",
            "lifespan_choice": "default",
        }
        address = reverse("apiclients:create")
        hunt.open(browser, "post", deed, address, operation=new_operation(), **values)
    else:
        _act_on_one(hunt, browser, deed, chance)


def _act_on_one(hunt: Hunt, browser: Client, deed: str, chance: random.Random) -> None:
    uuid = chance.choice(hunt.uuids)
    path = reverse(f"apiclients:{deed}", args=[uuid])
    pages = ("settings", "credentials", "tokens", "activity", "permissions")
    if deed in pages:
        hunt.open(browser, "get", deed, path)
        return
    values = {"operation": new_operation(), "reason": "a hunt", "confirm": "not this"}
    if deed == "token-inspect":
        values["token"] = chance.choice(sorted(hunt.issued))
    hunt.open(browser, "post", deed, path, **values)


def test_no_secret_is_found_after_a_long_random_run(
    hunt: Hunt,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    wander(hunt, monkeypatch)
    admin = hunt.browsers[1]
    for name in FORMATS:
        hunt.open(admin, "post", "export", reverse("audit:export"), format=name)
    metrics = admin.get(
        "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
    )
    sessions = [session.get_decoded() for session in Session.objects.all()]

    places = {
        "the log": log.getvalue(),
        "addresses, headers and cookies": "\n".join(hunt.addresses),
        "what Keycloak was asked": json.dumps(hunt.keycloak._control("GET", "calls")),
        "metrics": metrics.text,
        "sessions": json.dumps(sessions),
        "output": "".join(capfd.readouterr()),
        **{f"{where} ({n})": text for n, (where, text) in enumerate(hunt.said)},
    }
    found = [where for where, text in places.items() if _holds(text, hunt.issued)]

    assert found == []
    assert find_in_database(hunt.issued) == []
    if connection.vendor == "sqlite":
        file = connection.connection.serialize().decode("latin-1")
        assert "svc-0" in file
        assert not _holds(file, hunt.issued)
    _assert_there_was_something_to_find(hunt, places)


def _holds(text: str, secrets: set[str]) -> bool:
    return any(secret in text for secret in secrets)


def _assert_there_was_something_to_find(hunt: Hunt, places: dict[str, str]) -> None:
    assert len(hunt.issued) > 50
    assert hunt.revealed > 20
    assert len(hunt.said) > STEPS / 2
    log = places["the log"]
    for word in ("INSERT INTO", "client-secret", "nobody expected this", "Traceback"):
        assert word in log, word
    assert "************" in log
    assert "# HELP" in places["metrics"]
