"""The Manager's API: reading, changing, updates and how they end."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.unit.sandbox.calling import Caller

NAMES = ["analytics-prod", "clickstream-prod", "analytics-staging"]
Call = Callable[..., requests.Response]


@pytest.fixture
def manager(caller: Caller) -> Call:
    """As the console's service account, which may manage both environments."""

    def call(method: str, path: str = "", **options: Any) -> requests.Response:
        address = f"{caller.url}/api/v1/clusters{path}"
        return caller.http.request(method, address, **options)

    return call


@pytest.fixture
def prod(manager: Call) -> dict[str, Any]:
    return dict(manager("GET").json()[0])


def path_of(cluster: dict[str, Any]) -> str:
    return f"/{cluster['metadata']['uid']}"


def body_of(cluster: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": cluster["metadata"], "spec": {**cluster["spec"], **spec}}


def turn_on(manager: Call, cluster: dict[str, Any]) -> requests.Response:
    flags = [*cluster["spec"]["featureFlags"], "oauth2"]
    return manager("PUT", path_of(cluster), json=body_of(cluster, featureFlags=flags))


def test_there_are_three_clusters_and_one_has_oauth_on(manager: Call) -> None:
    clusters = manager("GET").json()

    assert [cluster["metadata"]["name"] for cluster in clusters] == NAMES
    assert [c["metadata"]["environment"] for c in clusters] == [
        *["production"] * 2,
        "staging",
    ]
    on = [c["metadata"]["name"] for c in clusters if "oauth2" in flags_of(c)]
    assert on == ["clickstream-prod"]
    assert {c["status"]["state"] for c in clusters} == {"RUNNING"}


def flags_of(cluster: dict[str, Any]) -> list[str]:
    return list(cluster["spec"]["featureFlags"])


def test_a_cluster_is_read_by_its_id(manager: Call, prod: dict[str, Any]) -> None:
    assert manager("GET", path_of(prod)).json() == prod
    assert prod["status"]["resourceVersion"] == 47
    times = [event["time"] for event in prod["status"]["events"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("path", ["/nobody", "/nobody/servers", "/nobody/history/1"])
def test_an_unknown_cluster_is_not_found(manager: Call, path: str) -> None:
    answer = manager("GET", path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NotFound"
    assert "nobody" in answer.json()["error"]["message"]


def test_without_a_token_or_the_role_the_code_is_the_same(
    caller: Caller, manager: Call
) -> None:
    caller.use("nonsense")
    without_token = manager("GET")
    caller.use(caller.token("kafka-connect-orders").json()["access_token"])
    without_role = manager("GET")

    assert (without_token.status_code, without_role.status_code) == (401, 403)
    assert without_token.json() == without_role.json()
    assert without_role.json()["error"]["code"] == "Unauthorized"


def test_a_role_in_one_environment_gives_its_clusters_and_no_others(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    account = "service-account-kafka-connect-orders"
    roles = {"staging": ["manage-clusters"]}
    caller.control("POST", "/roles", user=account, client=roles)
    caller.use(caller.token("kafka-connect-orders").json()["access_token"])

    assert [c["metadata"]["name"] for c in manager("GET").json()] == NAMES[2:]
    assert manager("GET", path_of(prod)).status_code == 403
    assert turn_on(manager, prod).status_code == 403


def test_a_change_starts_an_update_that_ends_with_the_change_in_force(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control("POST", "/manager", restart_seconds=10)

    answer = turn_on(manager, prod)

    status = answer.json()["status"]
    assert (answer.status_code, status["state"]) == (200, "UPDATING")
    assert status["resourceVersion"] == 48
    assert (status["update"]["type"], status["update"]["state"]) == (
        "HARD",
        "IN_PROGRESS",
    )
    caller.control("POST", "/clock", offset=5)
    assert "4 of 9 servers done" in read(manager, prod)["update"]["message"]
    caller.control("POST", "/clock", offset=11)
    status = read(manager, prod)
    assert status["state"] == "RUNNING"
    assert status["update"]["state"] == "SUCCEEDED"
    assert status["update"]["finishedAt"] > status["update"]["startedAt"]


def read(manager: Call, cluster: dict[str, Any]) -> dict[str, Any]:
    return dict(manager("GET", path_of(cluster)).json()["status"])


def test_a_failed_update_keeps_what_is_wanted_and_can_be_tried_again(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control("POST", "/manager", restart_seconds=0, end="fail", message="No disk")
    turn_on(manager, prod)

    failed = manager("GET", path_of(prod)).json()
    caller.control("POST", "/manager", restart_seconds=60)
    again = manager("PUT", path_of(prod), json=body_of(failed))

    assert "oauth2" in flags_of(failed)
    assert failed["status"]["update"]["state"] == "FAILED"
    assert failed["status"]["update"]["message"] == "No disk"
    assert again.json()["status"]["state"] == "UPDATING"
    assert again.json()["status"]["resourceVersion"] == 48


def test_a_cancelled_update_reverts_what_was_wanted(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control("POST", "/manager", restart_seconds=0, end="cancel")

    turn_on(manager, prod)

    after = manager("GET", path_of(prod)).json()
    assert flags_of(after) == flags_of(prod)
    assert after["status"]["resourceVersion"] == 49
    assert after["status"]["update"]["state"] == "CANCELLED"


def test_while_an_update_runs_nothing_else_is_taken(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control("POST", "/manager", restart_seconds=60)
    turn_on(manager, prod)

    answer = turn_on(manager, prod)

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "Conflict"


def test_what_was_made_of_an_old_version_is_refused(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control("POST", "/manager/clusters/analytics-prod", spec={"version": "x"})
    body = body_of(prod)
    body["metadata"] = {**prod["metadata"], "resourceVersion": 47}

    answer = manager("PUT", path_of(prod), json=body)

    assert answer.status_code == 409


def test_the_same_configuration_changes_nothing(
    manager: Call, prod: dict[str, Any]
) -> None:
    answer = manager("PUT", path_of(prod), json=body_of(prod))

    assert answer.json() == prod


@pytest.mark.parametrize(
    ("change", "code", "target"),
    [
        ({"metadata": None}, "NullValue", "metadata"),
        ({"metadata": {"name": None}}, "NullValue", "metadata.name"),
        ({"metadata": {"name": "x"}}, "MalformedValue", "metadata.uid"),
        ({"spec": []}, "MalformedValue", "spec"),
        ({"spec": {"featureFlags": "x"}}, "MalformedValue", "spec.featureFlags"),
        ({"status": {}}, "MalformedValue", "status"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    manager: Call,
    prod: dict[str, Any],
    change: dict[str, Any],
    code: str,
    target: str,
) -> None:
    answer = manager("PUT", path_of(prod), json={**body_of(prod), **change})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "BadArgument")
    assert [(d["code"], d["target"]) for d in error["details"]] == [(code, target)]
    assert read(manager, prod)["resourceVersion"] == 47


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1"])
def test_a_body_that_is_no_cluster_is_refused(
    manager: Call, prod: dict[str, Any], body: bytes
) -> None:
    assert manager("PUT", path_of(prod), data=body).status_code == 400


def test_a_former_version_can_be_read(manager: Call, prod: dict[str, Any]) -> None:
    turn_on(manager, prod)

    former = manager("GET", f"{path_of(prod)}/history/47")

    assert former.json()["spec"] == prod["spec"]
    assert former.json()["status"]["resourceVersion"] == 47
    assert manager("GET", f"{path_of(prod)}/history/7").status_code == 404
    assert manager("GET", f"{path_of(prod)}/history/-1").status_code == 400


def test_the_servers_are_listed(manager: Call, prod: dict[str, Any]) -> None:
    servers = manager("GET", f"{path_of(prod)}/servers").json()

    assert len(servers) == 9
    assert servers[0] == {
        "name": "analytics-prod-master-1",
        "type": "master",
        "state": "RUNNING",
    }


def test_calls_are_recorded_and_faults_meet_them(caller: Caller, manager: Call) -> None:
    caller.control(
        "POST", "/faults", action="status", status=409, path="/api/v1/", body="{}"
    )

    assert manager("GET").status_code == 409
    calls = caller.control("GET", "/calls").json()
    assert [(call["path"], call["status"]) for call in calls] == [
        ("/api/v1/clusters", 409)
    ]


def test_a_reset_brings_the_clusters_back(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control("POST", "/manager", restart_seconds=60, end="fail")
    turn_on(manager, prod)
    caller.control(
        "POST", "/manager/clusters/clickstream-prod", state="ODD", update={"state": "x"}
    )

    caller.control("POST", "/reset")
    caller.sign_in_as_console()

    assert [c["status"]["resourceVersion"] for c in manager("GET").json()] == [
        47,
        112,
        9,
    ]
    assert manager("GET").json()[0]["spec"] == prod["spec"]


def test_a_cluster_can_be_changed_elsewhere(
    caller: Caller, manager: Call, prod: dict[str, Any]
) -> None:
    caller.control(
        "POST",
        "/manager/clusters/analytics-prod",
        spec={"featureFlags": None},
        state="REBALANCING",
    )

    after = manager("GET", path_of(prod)).json()

    assert "featureFlags" not in after["spec"]
    assert after["status"]["state"] == "REBALANCING"
    assert after["status"]["resourceVersion"] == 48


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/manager", {"end": "explode"}, 400),
        ("/manager", {"restart_seconds": "soon"}, 400),
        ("/manager/clusters/nobody", {}, 404),
    ],
)
def test_the_control_endpoint_refuses_what_makes_no_sense(
    caller: Caller, path: str, body: dict[str, Any], status: int
) -> None:
    with pytest.raises(requests.HTTPError) as raised:
        caller.control("POST", path, **body)

    assert raised.value.response is not None
    assert raised.value.response.status_code == status
