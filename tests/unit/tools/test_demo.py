"""How the demonstration is configured, and what it says about a taken port."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import DEFAULTS
from tools import demo
from tools.demo import Demo, banner, demo_environ, taken_ports
from tools.keycloak import ROOT
from tools.ports import free_port


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(demo, "VAR", tmp_path)
    return tmp_path


def test_demo_from_environ_takes_the_ports_of_its_kind() -> None:
    environ = {"PORT": "8001", "SANDBOX_PORT": "8181", "KEYCLOAK_PORT": ""}

    sandbox = Demo.from_environ(environ, keycloak=False)
    keycloak = Demo.from_environ(environ, keycloak=True)

    assert (sandbox.url, sandbox.provider_url) == (
        "http://localhost:8001",
        "http://localhost:8181/auth",
    )
    assert keycloak.provider_url == "http://localhost:8080/auth"


def test_demo_file_is_shared_with_no_other_demonstration() -> None:
    demonstrations = [
        Demo(port=port, provider_port=8180, keycloak=keycloak)
        for port in (8000, 8001)
        for keycloak in (False, True)
    ]

    assert len({each.file("sqlite3") for each in demonstrations}) == 4


def test_taken_ports_says_how_to_move() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]

        said = taken_ports(Demo(port=free_port(), provider_port=taken, keycloak=True))

    start, _, moved = said.rpartition("=")
    assert start == (
        f"Somebody listens on port {taken} already. "
        "Move: make run-keycloak KEYCLOAK_PORT"
    )
    assert int(moved) > taken


def test_taken_ports_is_silent_when_both_are_free() -> None:
    free = Demo(port=free_port(), provider_port=free_port(), keycloak=False)

    assert taken_ports(free) == ""


def test_demo_environ_is_all_that_the_settings_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    environ = demo_environ(Demo(port=8001, provider_port=8181, keycloak=False))

    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from console import settings as s; print(s.CONSOLE_URL)",
        ],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.stdout, said.stderr) == ("http://localhost:8001\n", "")


def test_demo_environ_keeps_its_keys_for_the_owner_only(var: Path) -> None:
    this = Demo(port=8000, provider_port=8180, keycloak=False)

    first, second = demo_environ(this), demo_environ(this)

    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["SECRET_KEY"] != first["FINGERPRINT_KEY"]
    assert (var / "demo" / "keys.env").stat().st_mode & 0o077 == 0


def test_demo_environ_adds_a_key_that_an_older_version_did_not_know(var: Path) -> None:
    (var / "demo").mkdir()
    (var / "demo" / "keys.env").write_text("SECRET_KEY=old\nFINGERPRINT_KEY=older\n")
    this = Demo(port=8000, provider_port=8180, keycloak=False)

    first, second = demo_environ(this), demo_environ(this)

    assert (first["SECRET_KEY"], first["FINGERPRINT_KEY"]) == ("old", "older")
    assert len(first["AUDIT_SIGNING_KEY"]) == 43
    assert first["AUDIT_SIGNING_KEY"] == second["AUDIT_SIGNING_KEY"]


def test_banner_is_a_box_with_address_and_accounts() -> None:
    said = banner(Demo(port=8001, provider_port=8181, keycloak=False)).splitlines()

    assert len({len(line) for line in said}) == 1
    assert any("http://localhost:8001/" in line for line in said)
    for account in ("client-admin", "account-admin", "visitor"):
        assert any(account in line for line in said)
