"""Which holes of Keycloak a version has, as far as the table knows."""

from datetime import date

import pytest

from gateways.keycloak.advisories import ADVISORIES, AS_OF, Version, known_against


def ids(text: str) -> list[str]:
    return [advisory.id for advisory in known_against(Version.parse(text))]


@pytest.mark.parametrize("text", ["26.7.5", "26.8.0", "26.8.1", "27.0.0", "26.7.10"])
def test_a_version_with_all_corrections_has_none(text: str) -> None:
    assert ids(text) == []


def test_an_old_version_has_all() -> None:
    assert ids("26.3.0") == [advisory.id for advisory in ADVISORIES]


@pytest.mark.parametrize(
    ("version", "cve", "concerned"),
    [
        ("26.4.10", "CVE-2026-3121", True),
        ("26.4.11", "CVE-2026-3121", False),
        ("26.5.5", "CVE-2026-3121", True),
        ("26.5.6", "CVE-2026-3121", False),
        ("26.6.0", "CVE-2026-3121", False),
        ("26.6.7", "CVE-2026-89298", True),
        ("26.6.8", "CVE-2026-89298", False),
        ("26.7.4", "CVE-2026-89298", True),
        ("26.7.0", "CVE-2026-4629", True),
        ("26.6.9", "CVE-2026-4629", True),
        ("26.7.1", "CVE-2026-4629", False),
    ],
)
def test_a_correction_counts_for_its_own_minor_version(
    version: str, cve: str, concerned: bool
) -> None:
    assert (cve in ids(version)) is concerned


@pytest.mark.parametrize("text", ["26.7.5.redhat-00001", "26.7.5-SNAPSHOT", "26.7.5"])
def test_what_follows_the_numbers_is_left_out(text: str) -> None:
    assert Version.parse(text) == Version(26, 7, 5)


@pytest.mark.parametrize("text", ["", "26", "26.7", "nightly", "v26.7.5", "26.7.55555"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        Version.parse(text)


def test_the_table_is_dated_and_names_each_once() -> None:
    assert date(2026, 11, 3) <= AS_OF
    assert len({advisory.id for advisory in ADVISORIES}) == len(ADVISORIES)
