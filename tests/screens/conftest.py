"""What the screens' tests start from."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from apiclients.models import Synchronisation
from gateways import configured
from tests.databases import durable_db, flushable_log, shared_db

__all__ = ["durable_db", "flushable_log", "shared_db"]


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
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits: not before another attempt, and not long for an answer."""
    monkeypatch.setattr(random, "uniform", lambda low, high: 0)
    monkeypatch.setattr(configured.keycloak(), "_timeout", (1, 0.4))
