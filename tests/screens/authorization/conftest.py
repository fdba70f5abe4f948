"""The whole console: a Manager that may be changed, metrics, roles to hand out."""

import pytest
from pytest_django import Settings

from apiclients.models import Synchronisation
from console.access import Actor
from tests.sandbox_control import SandboxControl
from tests.screens.authorization.stage import ASSIGNABLE, Stage
from tests.screens.clusters.conftest import manager

__all__ = ["manager"]


@pytest.fixture
def stage(
    manager: SandboxControl,
    people: dict[str, Actor],
    synchronised: Synchronisation,
    settings: Settings,
) -> Stage:
    settings.METRICS_TOKEN = "only-for-monitoring"
    settings.DELEGABLE_ROLES = [ASSIGNABLE]
    return Stage(manager, people)
