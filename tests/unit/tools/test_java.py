"""Which Java is chosen."""

from pathlib import Path

import pytest

from tools import java
from tools.errors import MissingError


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('JAVA_VERSION="25.0.3"\nOS_NAME="Linux"', 25),
        ('openjdk version "21.0.2" 2024-01-16', 21),
        ('java version "1.8.0_412"', 8),
        ('openjdk version "22-ea" 2024-03-19', 22),
        ("command not found", None),
    ],
)
def test_parse_version_takes_the_major_one(text: str, version: int | None) -> None:
    assert java.parse_version(text) == version


@pytest.fixture
def jvms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the only place where Java is looked for."""
    monkeypatch.setattr(java, "FOLDERS", (f"{tmp_path}/*",))
    return tmp_path


def _install(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch()
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n', encoding="ascii")
    return folder


def test_find_java_prefers_java_home_to_a_newer_one(jvms: Path) -> None:
    _install(jvms / "newest", "25.0.3")
    chosen = _install(jvms / "chosen", "21.0.2")

    assert java.find_java({"JAVA_HOME": str(chosen)}) == chosen


def test_find_java_passes_over_a_java_home_that_is_too_old(jvms: Path) -> None:
    old = _install(jvms / "old", "17.0.15")
    _install(jvms / "new", "21.0.2")
    newest = _install(jvms / "newest", "25.0.3")

    assert java.find_java({"JAVA_HOME": str(old)}) == newest


def test_find_java_names_what_it_found_when_none_is_new_enough(jvms: Path) -> None:
    old = _install(jvms / "old", "17.0.15")

    with pytest.raises(MissingError, match=rf"21 or newer; found: 17 in {old}\."):
        java.find_java({})
