"""A browser that sends what no person would, and what it is aimed at."""

import logging
from collections.abc import Callable, Iterator

import pytest
from django.template import Template
from django.test import Client
from django.test.utils import _TestState
from pytest_django import Settings

from apiclients.models import Synchronisation
from tests.factories import make_indexed_client
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_permissions.roles import read_catalogue
from tests.screens.clusters.conftest import manager
from tests.screens.fuzz.sending import REQUESTS, Fuzzer

__all__ = ["manager"]


@pytest.fixture
def fuzzer(
    as_person: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Fuzzer]:
    """Signed in as `account-admin`, to whom the most is open.

    Thousands of warnings would only hide what a failure says, and nobody asks which
    templates were rendered with what: that would cost a third of the time.
    """
    logging.disable(logging.WARNING)
    render = _TestState.saved_data.template_render  # type: ignore[attr-defined]
    monkeypatch.setattr(Template, "_render", render)
    wanted = vars(request.function).get(REQUESTS, 0)
    yield Fuzzer(as_person("account-admin"), wanted)
    logging.disable(logging.NOTSET)


@pytest.fixture
def target(
    keycloak: SandboxControl, synchronised: Synchronisation, settings: Settings
) -> str:
    """The uuid of a client that the index knows, with roles to be assigned."""
    uuid = keycloak.add_client("svc-reports", description="Nightly reports")
    make_indexed_client("svc-reports", uuid=uuid)
    read_catalogue()
    return uuid
