"""An Imply Manager that the console may change, and people in front of it."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from gateways import configured
from tests.sandbox_control import SandboxControl
from tests.screens.clusters.clusters import ANALYTICS


@pytest.fixture
def manager(keycloak: SandboxControl, settings: Settings) -> Iterator[SandboxControl]:
    """The sandbox's Manager: writes are live, and updates last until they are ended."""
    settings.IMPLY_MANAGER_URL = keycloak.url
    settings.IMPLY_FLAG_WRITES = "live"
    keycloak.set_updates(restart_seconds=3600)
    yield keycloak
    configured.manager.cache_clear()


@pytest.fixture
def owner(as_person: Callable[[str], Client], manager: SandboxControl) -> Client:
    """A browser of `account-admin`, who may change every cluster."""
    return as_person("account-admin")


@pytest.fixture
def cluster_id(manager: SandboxControl) -> str:
    """The id of analytics-prod, which has OAuth 2.0 off."""
    return ANALYTICS
