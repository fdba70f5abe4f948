"""How many requests a whole run sends."""

from pathlib import Path

import pytest

from tests.screens.fuzz.sending import REQUESTS

HERE = Path(__file__).parent
LEAST = 20_000


def test_a_whole_run_sends_enough(request: pytest.FixtureRequest) -> None:
    tests = [item for item in request.session.items if item.path.parent == HERE]
    assert isinstance(tests[0], pytest.Function)
    if {item.path for item in tests} != set(HERE.glob("test_*.py")):
        pytest.skip("not all of this folder runs")

    planned = sum(
        vars(item.function).get(REQUESTS, 0)
        for item in tests
        if isinstance(item, pytest.Function)
    )

    assert planned >= LEAST
