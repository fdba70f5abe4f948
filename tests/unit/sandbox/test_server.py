"""The server itself: connections, the state file, the command line."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from sandbox import tokens
from sandbox.server import start
from tests.unit.sandbox.calling import Caller


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def test_connections_are_kept_alive(caller: Caller) -> None:
    with socket.create_connection(("127.0.0.1", int(caller.url[-5:]))) as connection:
        for _ in range(2):
            connection.sendall(b"GET /_sandbox/health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b'{"status":"ok"}' in connection.recv(4096)


def test_unknown_addresses(caller: Caller) -> None:
    assert caller.admin("GET", "/nothing").status_code == 404
    assert caller.admin("PATCH", "/clients").status_code == 405
    answer = caller.http.get(f"{caller.url}/auth/realms/elsewhere")
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "Realm does not exist"},
    )


def test_a_stopped_server_is_away_for_kept_connections_too(
    http: requests.Session,
) -> None:
    server = start()
    assert http.get(f"{server.url}/_sandbox/health").ok
    server.stop()
    with pytest.raises(requests.ConnectionError):
        http.get(f"{server.url}/_sandbox/health")


def test_the_console_address_fills_the_realm_file() -> None:
    server = start(environ={"CONSOLE_URL": "https://console.example"})
    console = server.state.realm.client_by_id("api-client-console")
    server.stop()
    assert console is not None
    callback = "https://console.example/sign-in/callback/"
    assert console.data["redirectUris"] == [callback]
    assert console.data["webOrigins"] == ["https://console.example"]


def test_changes_survive_a_restart(tmp_path: Path, http: requests.Session) -> None:
    state_file = tmp_path / "state.json"
    server = start(state_file=state_file)
    caller = Caller(server.url, http)
    caller.sign_in_as_console()
    caller.control("POST", "/clients", client_id="kept", secret="kept")
    caller.admin("DELETE", f"/clients/{caller.uuid('markup-check')}")
    caller.control("POST", "/roles", user="visitor", realm=["reports-reader"])
    token = caller.token("kept", "kept").json()["access_token"]
    server.stop()

    tokens._key.cache_clear()
    server = start(state_file=state_file)
    caller = Caller(server.url, http)
    caller.sign_in_as_console()
    claims = tokens.read(token)
    assert claims is not None
    assert caller.account("kept") == claims["sub"]
    assert caller.token("kept", "kept").status_code == 200
    assert caller.token("markup-check").status_code == 401
    holders = caller.admin("GET", "/roles/reports-reader/users").json()
    assert "visitor" in {user["username"] for user in holders}
    server.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_restart_may_move_the_console(tmp_path: Path, http: requests.Session) -> None:
    for port in (8000, 9000):
        server = start(
            state_file=tmp_path / "state.json",
            environ={"CONSOLE_URL": f"http://localhost:{port}"},
        )
        Caller(server.url, http).control("POST", "/clients", client_id=f"at-{port}")
        console = server.state.realm.client_by_id("api-client-console")
        server.stop()
    assert console is not None
    assert console.data["webOrigins"] == ["http://localhost:9000"]


@pytest.mark.parametrize("text", ["", '{"realm": "x"}', '{"realm": "northwind"}'])
def test_a_state_file_that_does_not_fit_is_refused(tmp_path: Path, text: str) -> None:
    state_file = tmp_path / "state.json"
    state_file.write_text(text)
    with pytest.raises(ValueError, match=r"state\.json|Expecting value"):
        start(state_file=state_file)


def test_a_taken_port_is_said_in_one_line(caller: Caller) -> None:
    port = caller.url.rpartition(":")[2]
    command = [sys.executable, "-m", "sandbox", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "The sandbox cannot start" in done.stderr
    assert len(done.stderr.splitlines()) == 1
