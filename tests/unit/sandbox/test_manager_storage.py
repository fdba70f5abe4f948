"""The clusters in the state file."""

from pathlib import Path

import requests

from sandbox.server import start
from tests.unit.sandbox.calling import Caller


def test_a_cluster_stays_changed_over_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    server = start(state_file=file, environ={})
    with requests.Session() as http:
        caller = Caller(server.url, http)
        caller.sign_in_as_console()
        caller.control("POST", "/manager", restart_seconds=0)
        address = f"{server.url}/api/v1/clusters"
        cluster = http.get(address).json()[0]
        cluster["spec"]["featureFlags"].append("oauth2")
        del cluster["status"]
        http.put(f"{address}/{cluster['metadata']['uid']}", json=cluster)
        after = http.get(address).json()
    server.stop()

    server = start(state_file=file, environ={})
    with requests.Session() as http:
        caller = Caller(server.url, http)
        caller.sign_in_as_console()

        assert http.get(f"{server.url}/api/v1/clusters").json() == after
        assert after[0]["status"]["resourceVersion"] == 48
    server.stop()
