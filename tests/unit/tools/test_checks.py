"""What a missing program and a failed check do to the summary."""

from pathlib import Path

import pytest

from tools.checks import Summary, is_required
from tools.chromium import find_chromium
from tools.errors import MissingError, StartError
from tools.junit import Counts


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"CI": "true"}, True),
        ({"REQUIRE_ALL": "1"}, True),
        ({"CI": "false", "REQUIRE_ALL": "0"}, False),
    ],
)
def test_is_required_reads(environ: dict[str, str], expected: bool) -> None:
    assert is_required(environ) is expected


def test_summary_ends_with_the_total() -> None:
    summary = Summary(required=False, counts=Counts(passed=3, failed=1, skipped=2))

    assert str(summary).splitlines()[-2:] == [
        "2 tests were skipped.",
        "3 passed, 1 failed",
    ]


@pytest.mark.parametrize(
    ("required", "reason", "mark", "failed"),
    [
        (False, MissingError("Install Chromium."), "LEFT OUT", 0),
        (True, MissingError("Install Chromium."), "FAILED", 1),
        (False, StartError("It crashed."), "FAILED", 1),
    ],
)
def test_summary_says_what_could_not_run(
    required: bool, reason: MissingError | StartError, mark: str, failed: int
) -> None:
    summary = Summary(required=required)

    summary.leave_out("browser", reason)

    assert summary.failed is bool(failed)
    assert f"{mark:<9} browser" in str(summary)
    assert str(reason) in str(summary)
    assert str(summary).endswith(f"0 passed, {failed} failed")


def test_summary_fails_with_a_failed_check() -> None:
    summary = Summary(required=False)

    summary.add("lint", good=False, said="", seconds=1)
    summary.add("types", good=True, said="", seconds=1)

    assert summary.failed


def test_find_chromium_prefers_the_named_one(tmp_path: Path) -> None:
    for name in ("chromium", "mine"):
        (tmp_path / name).touch(mode=0o755)
    named = str(tmp_path / "mine")

    assert find_chromium({"PATH": str(tmp_path), "CHROMIUM": named}) == named
    assert find_chromium({"PATH": str(tmp_path)}) == str(tmp_path / "chromium")
    assert find_chromium({"PATH": str(tmp_path / "empty")}) is None
