"""What the tests of the gateways share."""

import pytest


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repetitions follow each other at once."""
    monkeypatch.setattr("gateways.transport.random.uniform", lambda low, high: 0.0)
