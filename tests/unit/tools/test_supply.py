"""The bill of materials and the review of advisories are about what we ship."""

import datetime
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import audit, sbom, supply

REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)", re.MULTILINE)
DAY = datetime.timedelta(days=1)


def components() -> dict[str, dict[str, Any]]:
    return {
        each["purl"]: each for each in json.loads(sbom.FILE.read_text())["components"]
    }


def test_the_bill_of_materials_is_that_of_the_lock_file() -> None:
    pinned = dict(REQUIREMENT.findall(supply.LOCK.read_text()))
    listed = {
        each["name"]: each["version"]
        for url, each in components().items()
        if url.startswith("pkg:pypi/")
    }

    assert len(pinned) > 20
    assert listed == pinned


def test_the_bill_of_materials_has_what_browsers_get() -> None:
    listed = {url for url in components() if url.startswith("pkg:npm/")}

    assert {re.sub(r"@[0-9.]+$", "", url) for url in listed} == {
        "pkg:npm/%40tabler/core",
        "pkg:npm/%40tabler/icons",
        "pkg:npm/htmx.org",
    }


def test_the_bill_of_materials_is_made_anew_the_same() -> None:
    assert sbom.FILE.read_text() == sbom.document(), "run `make sbom`"


def test_the_review_of_advisories_is_about_this_lock_file() -> None:
    assert audit.reviewed_lock() == supply.lock_digest(), (
        "requirements.txt changed: review it, and note day and hash in "
        "docs/advisories.md"
    )


def test_every_package_is_at_or_above_its_floor() -> None:
    assert {"django", "requests", "urllib3", "gunicorn", "authlib"} <= set(
        audit.floors()
    )
    assert audit.below_floor() == []


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("5.2.18", ["django 5.2.18: the floor is 5.2.19"]),
        ("5.2.2", ["django 5.2.2: the floor is 5.2.19"]),
        ("5.2.19", []),
        ("5.10", []),
    ],
)
def test_a_package_below_its_floor_is_named(
    monkeypatch: pytest.MonkeyPatch, version: str, problem: list[str]
) -> None:
    pinned = {**supply.locked(), "django": version}
    monkeypatch.setattr(audit, "locked", lambda: pinned)

    assert audit.below_floor() == problem


def test_a_package_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "locked", dict)

    assert "gunicorn is missing: the floor is 22.0.0" in audit.below_floor()


def test_a_review_is_good_for_two_weeks() -> None:
    day = audit.reviewed_on()

    assert audit.hindrances(day + 14 * DAY) == []
    assert audit.hindrances(day + 15 * DAY) == [
        "it is older than 14 days: review it again"
    ]


def test_a_review_of_another_lock_file_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "lock_digest", lambda: "0" * 64)

    (hindrance,) = audit.hindrances(audit.reviewed_on())

    assert "requirements.txt changed" in hindrance


@pytest.fixture
def answering(tmp_path: Path) -> Any:
    """A program in pip-audit's place that says this, and ends with this status."""

    def make(said: str, status: int = 0, complaint: str = "") -> str:
        program = tmp_path / "pip-audit"
        program.write_text(
            f"#!{sys.executable}\nimport sys\nprint({said!r})\n"
            f"print({complaint!r}, file=sys.stderr)\nsys.exit({status})\n"
        )
        program.chmod(0o755)
        return str(program)

    return make


def report(**holes: list[str]) -> str:
    rows = [
        {
            "name": name,
            "version": version,
            "vulns": [{"id": hole} for hole in holes.get(name, [])],
        }
        for name, version in supply.locked().items()
    ]
    return json.dumps({"dependencies": rows, "fixes": []})


def test_what_the_service_knows_is_told(answering: Any) -> None:
    assert audit.ask(answering(report())) == ([], "")
    holes, away = audit.ask(answering(report(django=["CVE-1"]), status=1))
    assert holes == [f"django {supply.locked()['django']}: CVE-1"]
    assert away == ""


def test_a_service_that_is_away_is_not_taken_for_good_news(answering: Any) -> None:
    program = answering("", status=1, complaint="ERROR: no such host")

    assert audit.ask(program) == ([], "ERROR: no such host")


def test_an_audit_of_fewer_packages_is_none(answering: Any) -> None:
    holes, away = audit.ask(answering('{"dependencies": []}'))

    assert holes == []
    assert away
