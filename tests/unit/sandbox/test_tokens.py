"""What programs get from the token endpoint, and for how long it is good."""

import base64
import time
from urllib.parse import quote_plus

import pytest

from tests.unit.sandbox.calling import Caller

SERVICE = "svc-druid-ingest-prod"


def test_the_claims_of_a_program(caller: Caller) -> None:
    claims = caller.claims(SERVICE)
    assert claims["iss"] == caller.realm
    assert claims["azp"] == claims["client_id"] == SERVICE
    assert claims["typ"] == "Bearer"
    assert claims["exp"] - claims["iat"] == 900
    assert claims["sub"] == caller.account(SERVICE)
    assert claims["preferred_username"] == f"service-account-{SERVICE}"
    assert claims["clientHost"] == claims["clientAddress"] == "127.0.0.1"
    assert claims["scope"] == "email profile"
    assert set(claims["aud"]) == {"account", "production"}
    roles = claims["resource_access"]["production"]["roles"]
    assert roles == ["access-datasets", "change-data-cubes"]
    assert "default-roles-northwind" in claims["realm_access"]["roles"]
    assert {"jti", "acr"} <= claims.keys()


def test_composite_roles_are_expanded(caller: Caller) -> None:
    claims = caller.claims("dashboard-publisher")
    realm_roles = {"visualization-team", "reports-reader", "reports-editor"}
    assert realm_roles <= set(claims["realm_access"]["roles"])
    roles = claims["resource_access"]["production"]["roles"]
    assert roles == ["access-datasets", "administer-dashboards"]


def test_with_full_scope_off_there_are_no_roles(caller: Caller) -> None:
    claims = caller.claims("edge-gateway")
    assert claims.keys().isdisjoint({"realm_access", "resource_access", "aud"})
    mappings = f"/users/{caller.account('edge-gateway')}/role-mappings"
    held = caller.admin("GET", mappings).json()["clientMappings"]["production"]
    assert [role["name"] for role in held["mappings"]] == ["access-datasets"]


def test_the_example_token_shows_anybodys_effective_roles(caller: Caller) -> None:
    person = caller.admin("GET", "/users?username=account-admin&exact=true").json()[0]
    example = caller.admin(
        "GET",
        f"/clients/{caller.uuid('api-client-console')}/evaluate-scopes"
        "/generate-example-access-token",
        params={"userId": person["id"], "scope": "openid"},
    ).json()
    assert "administer-account" in example["realm_access"]["roles"]
    assert example["name"] == "Alice Moreau"
    assert caller.admin("GET", "/events").json()[-1]["clientId"] == example["azp"]


@pytest.mark.parametrize(
    ("text", "lifespan"),
    [("900", 900), ("", 300), ("0", 0), ("-1", 36000), ("100000", 36000)],
)
def test_lifespans(caller: Caller, text: str, lifespan: int) -> None:
    body = {"attributes": {"access.token.lifespan": text}}
    caller.admin("PUT", f"/clients/{caller.uuid(SERVICE)}", json=body)
    assert caller.token(SERVICE).json()["expires_in"] == lifespan


@pytest.mark.parametrize("text", ["abc", "1.5", " 900", "99999999999"])
def test_a_lifespan_that_breaks_every_token(caller: Caller, text: str) -> None:
    body = {"attributes": {"access.token.lifespan": text}}
    answer = caller.admin("PUT", f"/clients/{caller.uuid(SERVICE)}", json=body)
    assert answer.status_code == 204
    assert caller.token(SERVICE).status_code == 500


def test_refusals_tell_nothing(caller: Caller) -> None:
    refusals = {
        "unauthorized_client": caller.token(SERVICE, "wrong"),
        "invalid_client": caller.token("nobody", "wrong"),
    }
    for code, answer in refusals.items():
        assert answer.status_code == 401
        text = "Invalid client or Invalid client credentials"
        assert answer.json() == {"error": code, "error_description": text}
    assert caller.token(SERVICE, scope="nope").json()["error"] == "invalid_scope"
    assert caller.token(SERVICE, grant_type="nope").status_code == 400


def test_basic_authentication_is_form_encoded(caller: Caller) -> None:
    created = caller.control(
        "POST", "/clients", client_id="a:b c", secret="50%+plus", description="odd"
    )
    assert created.json()["id"]
    pair = f"{quote_plus('a:b c')}:{quote_plus('50%+plus')}"
    answer = caller.http.post(
        f"{caller.protocol}/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
    )
    assert answer.status_code == 200


def test_userinfo_tells_whether_a_token_is_still_good(caller: Caller) -> None:
    uuid = caller.uuid(SERVICE)
    token = caller.token(SERVICE, scope="openid").json()["access_token"]

    def status() -> int:
        header = {"Authorization": f"Bearer {token}"}
        return caller.http.get(
            f"{caller.protocol}/userinfo", headers=header
        ).status_code

    changes: list[tuple[dict[str, object], int]] = [
        ({}, 200),
        ({"enabled": False}, 401),
        ({"enabled": True}, 200),
        ({"notBefore": int(time.time()) + 5}, 401),
        ({"notBefore": 0}, 200),
    ]
    for change, expected in changes:
        caller.control("PUT", f"/clients/{uuid}", **change)
        assert status() == expected
    caller.control("POST", "/clock", offset=901)
    assert status() == 401
    caller.control("POST", "/clock", offset=0)
    caller.control("DELETE", f"/clients/{uuid}")
    assert status() == 401


def test_userinfo_needs_the_openid_scope(caller: Caller) -> None:
    caller.use(caller.token(SERVICE).json()["access_token"])
    answer = caller.http.get(f"{caller.protocol}/userinfo")
    assert answer.status_code == 403
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_events(caller: Caller) -> None:
    token_id = caller.claims(SERVICE)["jti"]
    caller.token(SERVICE, "wrong")
    caller.token("nobody", "wrong")
    events = caller.admin("GET", "/events?direction=asc").json()
    found = [(event["type"], event.get("error")) for event in events[-3:]]
    assert found == [
        ("CLIENT_LOGIN", None),
        ("CLIENT_LOGIN_ERROR", "invalid_client_credentials"),
        ("CLIENT_LOGIN_ERROR", "client_not_found"),
    ]
    assert events[-3]["details"]["token_id"] == token_id
    assert caller.admin("GET", "/events?max=1").json() == events[-1:]
    since = f"/events?dateFrom={events[-1]['time']}&type=CLIENT_LOGIN_ERROR"
    assert events[-1] in caller.admin("GET", since).json()
    of_client = caller.admin("GET", f"/events?client={SERVICE}&type=CLIENT_LOGIN")
    assert of_client.json() == [events[-3]]
