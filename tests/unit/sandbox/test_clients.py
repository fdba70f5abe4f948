"""Clients of the admin interface, with the pitfalls that Keycloak has."""

import re

import pytest

from tests.unit.sandbox.calling import Caller

SERVICE = "svc-druid-ingest-prod"
ACCOUNT = {"serviceAccountsEnabled": True, "standardFlowEnabled": False}


def test_pages_are_ordered_by_client_id(caller: Caller) -> None:
    everything = caller.admin("GET", "/clients").json()
    ids = [client["clientId"] for client in everything]
    assert len(ids) > 300
    assert ids == sorted(ids)
    page = caller.admin("GET", "/clients?first=10&max=5").json()
    assert [client["clientId"] for client in page] == ids[10:15]
    assert caller.admin("GET", "/clients?max=0").json() == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("clientId=kafka-connect-orders", ["kafka-connect-orders"]),
        ("clientId=KAFKA-connect-orders", []),
        ("clientId=kafka-connect-order", []),
        ("clientId=CLUSTER-M&search=true", ["grafana-cluster-metrics"]),
        ("clientId=cluster%25metrics&search=true", ["grafana-cluster-metrics"]),
        ("clientId=cluster_metrics&search=true", ["grafana-cluster-metrics"]),
    ],
)
def test_search(caller: Caller, query: str, found: list[str]) -> None:
    clients = caller.admin("GET", f"/clients?{query}").json()
    assert [client["clientId"] for client in clients] == found


def test_attributes_cannot_be_searched(caller: Caller) -> None:
    answer = caller.admin("GET", "/clients?q=console.owner:x")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": "Attributes [console.owner] not allowed for search",
    }


def test_a_new_client(caller: Caller) -> None:
    answer = caller.admin("POST", "/clients", json={"clientId": "new", **ACCOUNT})
    assert (answer.status_code, answer.text) == (201, "")
    uuid = answer.headers["Location"].rpartition("/")[2]
    client = caller.client(uuid)
    assert client["clientId"] == "new"
    assert client["fullScopeAllowed"] is True
    assert re.fullmatch("[A-Za-z0-9]{86}", client["secret"])
    assert client["attributes"]["client.secret.creation.time"].isdigit()
    account = caller.admin("GET", f"/clients/{uuid}/service-account-user").json()
    assert account["username"] == "service-account-new"
    roles = caller.claims("new", client_secret=client["secret"])["realm_access"]
    assert "default-roles-northwind" in roles["roles"]


@pytest.mark.parametrize("client_id", [SERVICE, SERVICE.upper()])
def test_a_taken_id_is_a_conflict_in_any_case(caller: Caller, client_id: str) -> None:
    answer = caller.admin("POST", "/clients", json={"clientId": client_id, **ACCOUNT})
    assert answer.status_code == 409
    assert answer.json() == {"errorMessage": f"Client {client_id} already exists"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"clientId": "x" * 300}, 500),
        ({"description": "x" * 256}, 500),
        ({"clientId": " "}, 400),
        ({"nonsense": 1}, 400),
        ({"clientId": "a/b c"}, 201),
    ],
)
def test_what_keycloak_says_of_odd_clients(
    caller: Caller, changes: dict[str, object], status: int
) -> None:
    body = {"clientId": "odd", **ACCOUNT, **changes}
    assert caller.admin("POST", "/clients", json=body).status_code == status


def test_an_update_keeps_what_it_does_not_name(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    before = caller.client(uuid)
    account = caller.account(SERVICE)
    body = {
        "clientId": SERVICE,
        "description": "Changed",
        "attributes": {"console.owner": "", "console.intent": "x"},
        "defaultClientScopes": [],
    }
    answer = caller.admin("PUT", f"/clients/{uuid}", json=body)
    assert answer.status_code == 204
    attributes = {**before["attributes"], "console.intent": "x"}
    del attributes["console.owner"]
    changed = {"description": "Changed", "attributes": attributes}
    assert caller.client(uuid) == {**before, **changed}
    assert caller.account(SERVICE) == account


def test_an_update_takes_asterisks_for_a_secret(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    created = caller.client(uuid)["attributes"]["client.secret.creation.time"]
    caller.admin("PUT", f"/clients/{uuid}", json={"secret": "*" * 10})
    client = caller.client(uuid)
    assert client["secret"] == "*" * 10
    assert client["attributes"]["client.secret.creation.time"] == created


def test_switching_the_service_account_off_and_on(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    account = caller.account(SERVICE)
    caller.admin("PUT", f"/clients/{uuid}", json={"serviceAccountsEnabled": False})
    answer = caller.admin("GET", f"/clients/{uuid}/service-account-user")
    assert answer.status_code == 400
    assert caller.admin("GET", f"/users/{account}").status_code == 404
    caller.admin("PUT", f"/clients/{uuid}", json={"serviceAccountsEnabled": True})
    assert caller.account(SERVICE) != account
    assert "production" not in caller.claims(SERVICE)["resource_access"]


def test_a_renamed_client_renames_its_account(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    account = caller.account(SERVICE)
    taken = {"clientId": "markup-check"}
    assert caller.admin("PUT", f"/clients/{uuid}", json=taken).status_code == 409
    caller.admin("PUT", f"/clients/{uuid}", json={"clientId": "Renamed"})
    user = caller.admin("GET", f"/users/{account}").json()
    assert user["username"] == "service-account-renamed"


def test_regenerating_kills_the_old_secret_at_once(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    created = caller.client(uuid)["attributes"]["client.secret.creation.time"]
    answer = caller.admin("POST", f"/clients/{uuid}/client-secret")
    fresh = answer.json()["value"]
    assert answer.json() == {"type": "secret", "value": fresh}
    assert caller.admin("GET", f"/clients/{uuid}/client-secret").json() == answer.json()
    assert caller.token(SERVICE).status_code == 401
    assert caller.token(SERVICE, fresh).status_code == 200
    now = caller.client(uuid)["attributes"]["client.secret.creation.time"]
    assert int(now) > int(created)
    rotated = caller.admin("GET", f"/clients/{uuid}/client-secret/rotated")
    assert rotated.status_code == 404


def test_a_deleted_client_is_gone_with_its_account(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    account = caller.account(SERVICE)
    assert caller.admin("DELETE", f"/clients/{uuid}").status_code == 204
    for method in ("GET", "DELETE"):
        answer = caller.admin(method, f"/clients/{uuid}")
        assert answer.status_code == 404
        assert answer.json() == {"error": "Could not find client"}
    assert caller.admin("GET", f"/users/{account}").status_code == 404


def test_builtin_clients_stay(caller: Caller) -> None:
    account = caller.uuid("account")
    assert caller.admin("DELETE", f"/clients/{account}").status_code == 400
    management = caller.uuid("realm-management")
    assert caller.admin("DELETE", f"/clients/{management}").status_code == 403
