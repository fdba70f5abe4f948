"""An API client that gets tokens."""

import pytest

from apiclients.models import Synchronisation
from tests.factories import make_indexed_client
from tests.sandbox_control import SandboxControl


@pytest.fixture
def reports(keycloak: SandboxControl, synchronised: Synchronisation) -> str:
    """The uuid of svc-reports, which the index knows."""
    uuid = keycloak.add_client("svc-reports", description="Nightly reports")
    make_indexed_client("svc-reports", uuid=uuid)
    keycloak.forget_calls()
    return uuid
