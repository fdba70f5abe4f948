"""Counts the results of a test run from the report that pytest writes."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )


def count(report: Path, *, exit_status: int) -> Counts:
    """What the report says. A run that ended badly without one has failed once."""
    counts = Counts()
    if report.exists():
        root = ElementTree.parse(report).getroot()  # noqa: S314 - pytest wrote it
        for suite in root.iter("testsuite"):
            counts += _count_suite(suite)
    if exit_status and not counts.failed:
        counts += Counts(failed=1)
    return counts


def skip_reasons(report: Path) -> list[str]:
    """Why tests were skipped, each reason once."""
    if not report.exists():
        return []
    root = ElementTree.parse(report).getroot()  # noqa: S314 - pytest wrote it
    reasons = (skipped.get("message", "") for skipped in root.iter("skipped"))
    return sorted(set(reasons))


def _count_suite(suite: ElementTree.Element) -> Counts:
    """By name: a test that failed and whose teardown failed too has failed once."""
    every = {_name(case) for case in suite.iter("testcase")}
    failed = {*_names_with(suite, "failure"), *_names_with(suite, "error")}
    skipped = _names_with(suite, "skipped") - failed
    passed = every - failed - skipped
    return Counts(len(passed), len(failed), len(skipped))


def _names_with(suite: ElementTree.Element, result: str) -> set[str]:
    cases = suite.iter("testcase")
    return {_name(case) for case in cases if case.find(result) is not None}


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname')}.{case.get('name')}"
