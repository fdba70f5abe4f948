"""No child is left behind."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from tools.processes import start_group, stop_group, tail


def _children(group: int) -> str:
    found = subprocess.run(
        ["ps", "-o", "stat=", "--no-headers", "-g", str(group)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return "".join(state for state in found.split() if not state.startswith("Z"))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("sleep 60 & sleep 60", id="that end when asked"),
        pytest.param("trap '' TERM; sleep 60 & wait; sleep 60", id="that do not"),
    ],
)
def test_stop_group_ends_grandchildren(script: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = start_group(
        ["sh", "-c", f"touch {ready}; {script}"], environ=dict(os.environ)
    )
    while not ready.exists():
        time.sleep(0.01)

    stop_group(process, seconds=0.5)

    assert process.poll() is not None
    assert not _children(process.pid)


def test_stop_group_of_a_program_that_has_ended_does_nothing() -> None:
    process = start_group(["true"], environ=dict(os.environ))
    process.wait()

    stop_group(process)

    assert process.returncode == 0


def test_tail_is_the_end_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("first\nsecond\nthird\n", encoding="ascii")

    assert tail(log, lines=2) == "second\nthird"
    assert tail(tmp_path / "none") == ""
