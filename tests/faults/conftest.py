"""What tests of faults and races start from: consoles that really run, on one database.

The database is the one of the test itself: its models and selectors are theirs.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.access import Actor
from tests.databases import durable_db, flushable_log, shared_db
from tests.faults.instances import Instance, running_instances
from tests.sandbox_control import SandboxControl

__all__ = ["durable_db", "flushable_log", "shared_db"]


@pytest.fixture
def two_consoles(
    shared_db: None,
    people: dict[str, Actor],
    keycloak: SandboxControl,
    tmp_path: Path,
) -> Iterator[list[Instance]]:
    """Two instances as the Procfile starts them, each on a port of its own."""
    with running_instances(2, f"{keycloak.url}/auth", tmp_path) as instances:
        yield instances
