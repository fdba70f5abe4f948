"""An API client without permissions, and a catalogue of what it could be given."""

import pytest
from pytest_django import Settings

from apiclients.models import Synchronisation
from tests.factories import make_indexed_client
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_permissions.roles import read_catalogue

DELEGABLE = ["reports-reader", "reports-editor", "production:access-datasets"]


@pytest.fixture
def reports(
    keycloak: SandboxControl, synchronised: Synchronisation, settings: Settings
) -> str:
    """The uuid of svc-reports, which the index knows."""
    settings.DELEGABLE_ROLES = DELEGABLE
    uuid = keycloak.add_client("svc-reports", description="Nightly reports")
    make_indexed_client("svc-reports", uuid=uuid)
    read_catalogue()
    keycloak.forget_calls()
    return uuid
