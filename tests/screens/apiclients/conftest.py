"""An API client that the tests change."""

import pytest

from apiclients.models import Synchronisation
from tests.factories import make_indexed_client
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import ENABLE


@pytest.fixture
def reports(
    keycloak: SandboxControl,
    synchronised: Synchronisation,
    request: pytest.FixtureRequest,
) -> str:
    """The uuid of svc-reports, which the index knows.

    Disabled where the test's parameter is to enable it: else there is nothing to do.
    """
    callspec = getattr(request.node, "callspec", None)
    uuid = keycloak.add_client(
        "svc-reports",
        description="Nightly reports",
        enabled=not (callspec and ENABLE in callspec.params.values()),
        attributes={"console.owner": "reporting@northwind.example"},
    )
    make_indexed_client("svc-reports", uuid=uuid)
    return uuid
