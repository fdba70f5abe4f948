"""The control endpoint: resets, records, faults, time."""

import time

import pytest
import requests

from tests.unit.sandbox.calling import Caller

PATH = "/clients?max=1"


def api_clients(caller: Caller) -> int:
    clients = caller.admin("GET", "/clients").json()
    hidden = {"api-client-console", "platform-automation", "legacy-provisioner"}
    accounts = {c["clientId"] for c in clients if c["serviceAccountsEnabled"]}
    return len(accounts - hidden)


@pytest.mark.parametrize("wanted", [0, 3, 400])
def test_reset_to_a_number_of_clients(caller: Caller, wanted: int) -> None:
    caller.control("POST", "/reset", clients=wanted)
    assert api_clients(caller) == wanted
    caller.control("POST", "/reset", clients=None)
    assert api_clients(caller) == 298


def test_reset_brings_everything_back_quickly(caller: Caller) -> None:
    uuid = caller.uuid("markup-check")
    caller.control("DELETE", f"/clients/{uuid}")
    caller.control("POST", "/faults", action="status", status=503)
    caller.control("POST", "/clock", offset=10_000)
    started = time.perf_counter()
    caller.control("POST", "/reset")
    assert time.perf_counter() - started < 0.05
    assert caller.uuid("markup-check") == uuid
    assert caller.control("GET", "/health").json() == {"status": "ok"}


def test_calls_are_recorded(caller: Caller) -> None:
    uuid = caller.uuid("markup-check")
    caller.admin("GET", "/clients/nobody", headers={"X-Request-ID": "request-1"})
    caller.control("PUT", f"/clients/{uuid}", description="changed elsewhere")
    base = "/auth/admin/realms/northwind/clients"
    assert caller.control("GET", "/calls").json() == [
        {
            "method": "GET",
            "path": base,
            "query": "clientId=markup-check",
            "status": 200,
            "request_id": None,
        },
        {
            "method": "GET",
            "path": f"{base}/nobody",
            "query": "",
            "status": 404,
            "request_id": "request-1",
        },
    ]
    caller.control("DELETE", "/calls")
    assert caller.control("GET", "/calls").json() == []


def test_a_fault_hits_what_it_names_as_often_as_it_says(caller: Caller) -> None:
    body = '{"error":"away"}'
    fault = {"method": "GET", "path": "/clients$", "action": "status", "times": 2}
    caller.control("POST", "/faults", **fault, status=503, body=body)
    assert caller.admin("GET", "/roles").status_code == 200
    answers = [caller.admin("GET", PATH) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].json() == {"error": "away"}


def test_faults_last_until_they_are_cleared(caller: Caller) -> None:
    caller.control("POST", "/faults", action="status", path="/token$", times=None)
    assert {caller.token("markup-check").status_code for _ in range(3)} == {500}
    caller.control("DELETE", "/faults")
    assert caller.token("markup-check").status_code == 200


@pytest.mark.parametrize(("action", "done"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection(caller: Caller, action: str, done: int) -> None:
    uuid = caller.uuid("markup-check")
    before = caller.control("GET", f"/secret/{uuid}").json()["value"]
    caller.control("POST", "/faults", method="POST", action=action, times=1)
    with pytest.raises(requests.ConnectionError):
        caller.admin("POST", f"/clients/{uuid}/client-secret")
    after = caller.control("GET", f"/secret/{uuid}").json()["value"]
    assert (before != after) == bool(done)
    assert caller.control("GET", "/calls").json()[-1]["status"] is None


def test_garbage_and_half_an_answer(caller: Caller) -> None:
    caller.control("POST", "/faults", action="garbage", times=1)
    answer = caller.admin("GET", PATH)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    caller.control("POST", "/faults", action="cut", times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        caller.admin("GET", PATH)


def test_slow_answers(caller: Caller) -> None:
    caller.control("POST", "/faults", action="delay", seconds=0.2, times=1)
    started = time.perf_counter()
    assert caller.admin("GET", PATH).status_code == 200
    assert time.perf_counter() - started >= 0.2
    caller.control("POST", "/faults", action="drip", seconds=0.001, times=1)
    assert caller.admin("GET", "/nothing").json()
    caller.control("POST", "/faults", action="drip", times=1)
    with pytest.raises(requests.ConnectionError):
        caller.admin("GET", PATH, timeout=0.1)


def test_a_request_held_back_is_done_late(caller: Caller) -> None:
    caller.control("POST", "/faults", action="hold", seconds=0.5, times=1)
    with pytest.raises(requests.Timeout):
        caller.admin("POST", "/clients", json={"clientId": "late"}, timeout=0.05)
    assert caller.admin("GET", "/clients?clientId=late").json() == []
    time.sleep(0.7)
    assert len(caller.admin("GET", "/clients?clientId=late").json()) == 1


def test_a_delay_holds_nobody_else_up(caller: Caller) -> None:
    caller.control("POST", "/faults", action="delay", seconds=30, times=1)
    with pytest.raises(requests.Timeout):
        caller.admin("GET", PATH, timeout=0.05)
    assert caller.admin("GET", PATH, timeout=1).status_code == 200


def test_a_fault_that_makes_no_sense_is_refused(caller: Caller) -> None:
    for fault in ({"action": "explode"}, {"action": "status", "path": "("}, {}):
        with pytest.raises(requests.HTTPError):
            caller.control("POST", "/faults", **fault)


def test_clients_and_roles_change_elsewhere(caller: Caller) -> None:
    uuid = caller.control("POST", "/clients", client_id="elsewhere").json()["id"]
    client = caller.client(uuid)
    assert (client["serviceAccountsEnabled"], client["publicClient"]) == (True, False)
    user = "service-account-elsewhere"
    roles = {"realm": ["reports-reader"], "client": {"staging": ["manage-clusters"]}}
    caller.control("POST", "/roles", user=user, **roles)
    secret = caller.control("GET", f"/secret/{uuid}").json()["value"]
    claims = caller.claims("elsewhere", client_secret=secret)
    assert "reports-reader" in claims["realm_access"]["roles"]
    assert claims["resource_access"]["staging"]["roles"] == ["manage-clusters"]
    caller.control("POST", "/roles", user=user, **roles, remove=True)
    claims = caller.claims("elsewhere", client_secret=secret)
    assert "staging" not in claims["resource_access"]
