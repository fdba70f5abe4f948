"""What the screens' tests start from."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test.client import ClientHandler
from django.utils import timezone

from apiclients.models import Synchronisation
from console import access
from console.access import Actor, ConfirmedActor
from gateways import configured
from tests.databases import durable_db, flushable_log, shared_db

__all__ = ["durable_db", "flushable_log", "shared_db"]


@pytest.fixture(scope="session", autouse=True)
def _one_middleware_chain(_static_files: None) -> Iterator[None]:
    """All browsers share it: to make one is to look at every static file."""
    first = ClientHandler()
    first.load_middleware()
    chain = {name: part for name, part in vars(first).items() if name.startswith("_")}

    def load(handler: ClientHandler) -> None:
        vars(handler).update(chain)

    with patch.object(ClientHandler, "load_middleware", load):
        yield


@pytest.fixture
def synchronised(db: None) -> Synchronisation:
    """The index was read a moment ago, with the demonstration realm's lifespans."""
    state = Synchronisation.get()
    state.started_at = timezone.now() - timedelta(seconds=13)
    state.finished_at = timezone.now() - timedelta(seconds=12)
    state.access_token_lifespan, state.session_limit = 300, 36000
    state.save()
    return state


@pytest.fixture
def overtake(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Have something done after the next change's look at its key, before it reads."""

    def arrange(overtaking: Callable[[], Any]) -> None:
        def confirm_after(actor: Actor) -> ConfirmedActor:
            monkeypatch.setattr(access, "confirm", confirm)
            overtaking()
            return confirm(actor)

        confirm = access.confirm
        monkeypatch.setattr(access, "confirm", confirm_after)

    return arrange


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits: not before another attempt, and not long for an answer."""
    monkeypatch.setattr(random, "uniform", lambda low, high: 0)
    monkeypatch.setattr(configured.keycloak(), "_timeout", (1, 0.4))
