"""How a Keycloak is prepared, without starting one: the contract tests do that."""

from pathlib import Path

import pytest

from tools import keycloak
from tools.errors import MissingError, StartError
from tools.keycloak import clone, fetch


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that looks like a Keycloak which has been used."""
    home = tmp_path / "keycloak"
    files = {
        "bin/kc.sh": "#!/bin/sh",
        "lib/lib/library.jar": "library",
        "lib/quarkus/built.jar": "as delivered",
        "data/h2/database": "of an earlier start",
        "version.txt": "Keycloak - Version 26.7.5",
    }
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    (home / "providers").mkdir()
    return home


def test_fetch_takes_the_named_folder(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYCLOAK_HOME", str(installed))

    assert fetch() == installed


def test_fetch_says_that_the_named_folder_holds_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYCLOAK_HOME", str(tmp_path))

    with pytest.raises(MissingError, match="KEYCLOAK_HOME holds no Keycloak"):
        fetch()


def test_fetch_refuses_an_archive_that_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEYCLOAK_HOME", raising=False)
    monkeypatch.setattr(keycloak, "VAR", tmp_path)
    archive = tmp_path / "downloads" / "keycloak-quarkus-dist-26.7.5.zip"
    archive.parent.mkdir()
    archive.write_bytes(b"half a download")

    with pytest.raises(StartError, match=r"is not Keycloak 26\.7\.5: delete it"):
        fetch()


def test_clone_shares_libraries_but_nothing_that_is_written(
    installed: Path, tmp_path: Path
) -> None:
    target = tmp_path / "clone"

    clone(installed, target)
    for written in ("lib/quarkus/built.jar", "data/h2/database"):
        (target / written).write_text("changed", encoding="ascii")

    library = Path("lib/lib/library.jar")
    assert (target / library).samefile(installed / library)
    assert (installed / "lib/quarkus/built.jar").read_text("ascii") == "as delivered"
    assert (installed / "data/h2/database").read_text("ascii") == "of an earlier start"


def test_clone_leaves_the_data_of_a_used_keycloak_behind(
    installed: Path, tmp_path: Path
) -> None:
    target = tmp_path / "clone"

    clone(installed, target, without_data=True)

    assert not (target / "data").exists()
    assert (target / "lib/quarkus/built.jar").exists()
