"""Who may call what of the admin interface, and who holds which role."""

import pytest

from tests.unit.sandbox.calling import Caller

UNAUTHORIZED = {"error": "HTTP 401 Unauthorized"}
FORBIDDEN = {"error": "HTTP 403 Forbidden"}
ADMIN = "platform-automation"


def allowed(caller: Caller, *roles: str) -> dict[str, bool]:
    """What a service account with just these roles gets an answer to."""
    person = caller.admin("GET", "/users?username=visitor").json()[0]["id"]
    client = caller.uuid("production")
    held = {"realm-management": ["manage-users"]}
    account = f"service-account-{ADMIN}"
    caller.control("POST", "/roles", user=account, client=held, remove=True)
    wanted = {"realm-management": list(roles)}
    caller.control("POST", "/roles", user=account, client=wanted)
    caller.use(caller.token(ADMIN).json()["access_token"])
    calls = {
        "list": ("GET", "/clients?max=1"),
        "client": ("GET", f"/clients/{client}"),
        "secret": ("GET", f"/clients/{client}/client-secret"),
        "change": ("PUT", f"/clients/{client}"),
        "members": ("GET", f"/clients/{client}/roles/manage-clusters/users"),
        "roles": ("GET", "/roles"),
        "person": ("GET", f"/users/{person}"),
        "map": ("POST", f"/users/{person}/role-mappings/realm"),
        "events": ("GET", "/events"),
    }
    bodies: dict[str, object] = {"change": {}, "map": []}
    answers = {
        name: caller.admin(method, path, json=bodies.get(name))
        for name, (method, path) in calls.items()
    }
    for answer in answers.values():
        assert answer.ok or answer.json() == FORBIDDEN
    return {name: answer.ok for name, answer in answers.items()}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([], ""),
        (["query-clients"], "list"),
        (["view-clients"], "list client secret"),
        (["manage-clients"], "list client secret change"),
        (["view-users"], "person"),
        (["manage-users"], "person map"),
        (["view-users", "view-clients"], "list client secret members person"),
        (["view-realm"], "roles"),
        (["view-events"], "events"),
    ],
)
def test_each_role_opens_its_own_doors(
    caller: Caller, roles: list[str], expected: str
) -> None:
    answers = allowed(caller, *roles)
    assert [name for name, ok in answers.items() if ok] == expected.split()


def test_a_token_must_be_good(caller: Caller) -> None:
    good = caller.http.headers["Authorization"]
    for bad in ("Bearer nonsense", "", f"{good!s}x"):
        caller.http.headers["Authorization"] = bad
        answer = caller.admin("GET", "/clients?max=1")
        assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)
    caller.http.headers["Authorization"] = good
    caller.control("POST", "/clock", offset=301)
    assert caller.admin("GET", "/clients?max=1").status_code == 401


def test_a_protected_client_is_named_by_its_roles(caller: Caller) -> None:
    management = caller.uuid("realm-management")
    path = f"/clients/{management}/roles/manage-users/users"
    holders = [user["username"] for user in caller.admin("GET", path).json()]
    assert holders == [
        "service-account-api-client-console",
        "service-account-platform-automation",
    ]
    composites = caller.admin("GET", "/roles/platform-operator/composites").json()
    assert [role["name"] for role in composites] == ["manage-clients"]


def test_mapping_roles(caller: Caller) -> None:
    user = caller.account("load-test-runner")
    role = caller.admin("GET", "/roles/reports-reader").json()
    path = f"/users/{user}/role-mappings/realm"
    wrong = [{"id": role["id"], "name": "reports-editor"}]
    assert caller.admin("POST", path, json=wrong).status_code == 404
    assert caller.admin("POST", path, json=[role]).status_code == 204
    assert "reports-reader" in str(caller.claims("load-test-runner")["realm_access"])
    assert caller.admin("DELETE", path, json=[role]).status_code == 204
    held = [role["name"] for role in caller.admin("GET", path).json()]
    assert held == ["default-roles-northwind"]


def test_admin_roles_are_guarded_but_not_inside_composites(caller: Caller) -> None:
    user = caller.account("load-test-runner")
    management = caller.uuid("realm-management")
    path = f"/users/{user}/role-mappings/clients/{management}"
    outcomes = {}
    for name in ("realm-admin", "manage-realm", "manage-users", "view-clients"):
        role = caller.admin("GET", f"/clients/{management}/roles/{name}").json()
        outcomes[name] = caller.admin("POST", path, json=[role]).status_code
    assert outcomes == {
        "realm-admin": 403,
        "manage-realm": 403,
        "manage-users": 204,
        "view-clients": 204,
    }
    operator = caller.admin("GET", "/roles/platform-operator").json()
    realm = f"/users/{user}/role-mappings/realm"
    assert caller.admin("POST", realm, json=[operator]).status_code == 204
