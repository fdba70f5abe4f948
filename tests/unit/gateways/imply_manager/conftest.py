"""An Imply Manager whose answers each test writes."""

from collections.abc import Iterator

import pytest
import responses

from gateways.transport import Transport

BASE = "https://northwind.example"


@pytest.fixture
def answers() -> Iterator[responses.RequestsMock]:
    """Every answer that is prepared must be asked for."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def http() -> Transport:
    return Transport("Imply Manager", BASE)
