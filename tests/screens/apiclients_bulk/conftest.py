"""Three API clients that the tests change at once."""

import pytest

from apiclients.models import Synchronisation
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_bulk.steps import NAMES, add_client


@pytest.fixture
def uuids(keycloak: SandboxControl, synchronised: Synchronisation) -> list[str]:
    """Of svc-a, svc-b and svc-c, which the index knows."""
    found = [add_client(keycloak, name) for name in NAMES]
    keycloak.forget_calls()
    return found
