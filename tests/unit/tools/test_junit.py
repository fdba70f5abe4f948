"""What the last line of `make test` is made of."""

from pathlib import Path

import pytest

from tools.junit import Counts, count, skip_reasons

REPORT = """<testsuites><testsuite name="pytest">
<testcase classname="a" name="passes"/>
<testcase classname="a" name="passes[other]"/>
<testcase classname="a" name="fails"><failure message="no"/></testcase>
<testcase classname="a" name="fails"><error message="its teardown too"/></testcase>
<testcase classname="a" name="breaks"><error message="setup"/></testcase>
<testcase classname="a" name="skips"><skipped message="no Chromium"/></testcase>
<testcase classname="b" name="skips"><skipped message="no Chromium"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.xml"


def test_count_counts_a_test_once(report: Path) -> None:
    report.write_text(REPORT, encoding="utf-8")

    assert count(report, exit_status=1) == Counts(passed=2, failed=2, skipped=2)


def test_count_of_a_run_without_a_report_is_a_failure(report: Path) -> None:
    assert count(report, exit_status=4) == Counts(failed=1)


def test_count_believes_the_exit_status_before_the_report(report: Path) -> None:
    report.write_text(
        '<testsuites><testsuite><testcase name="passes"/></testsuite></testsuites>',
        encoding="utf-8",
    )

    assert count(report, exit_status=3) == Counts(passed=1, failed=1)


def test_skip_reasons_says_each_once(report: Path) -> None:
    report.write_text(REPORT, encoding="utf-8")

    assert skip_reasons(report) == ["no Chromium"]
