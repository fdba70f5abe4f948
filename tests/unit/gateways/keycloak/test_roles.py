"""What the role gateway sends, and how it takes roles apart."""

from typing import Any

import pytest
import responses
from responses.matchers import query_param_matcher

from gateways import errors
from gateways.keycloak.models import Role, Roles
from gateways.keycloak.roles import PAGE_SIZE, RoleGateway
from gateways.transport import Transport

REALM = "http://keycloak.example/auth/admin/realms/northwind"


@pytest.fixture
def gateway(http: Transport) -> RoleGateway:
    return RoleGateway(http, realm="northwind")


def realm_role(role_id: str, *, composite: bool = False) -> dict[str, Any]:
    return {
        "id": role_id,
        "name": f"role-{role_id}",
        "composite": composite,
        "clientRole": False,
        "containerId": "realm",
    }


def client_role(role_id: str, owner: str, *, composite: bool = False) -> dict[str, Any]:
    mark = {"clientRole": True, "containerId": owner}
    return realm_role(role_id, composite=composite) | mark


def contains(answers: responses.RequestsMock, role_id: str, *roles: Any) -> None:
    answers.get(f"{REALM}/roles-by-id/{role_id}/composites", json=list(roles))


def test_effective_roles_cost_one_call(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    answers.get(
        f"{REALM}/clients/c1/evaluate-scopes/generate-example-access-token",
        json={
            "realm_access": {"roles": ["reader"]},
            "resource_access": {"production": {"roles": ["access-datasets"]}},
        },
        match=[query_param_matcher({"userId": "u1", "scope": "openid"})],
    )

    roles = gateway.get_effective_roles("u1", through_client="c1")

    assert roles.realm == {"reader"}
    assert roles.client == {("production", "access-datasets")}


def test_nobody_has_no_roles(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    url = f"{REALM}/clients/c1/evaluate-scopes/generate-example-access-token"
    answers.get(url, status=404, json={"error": "No user found"})

    assert gateway.get_effective_roles("nobody", through_client="c1") == Roles()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, errors.AccessDeniedError),
        (500, errors.UnavailableError),
        (200, errors.UnreadableAnswerError),
    ],
)
def test_roles_that_cannot_be_read_are_not_taken_for_none(
    gateway: RoleGateway,
    answers: responses.RequestsMock,
    status: int,
    kind: type[Exception],
) -> None:
    url = f"{REALM}/clients/c1/evaluate-scopes/generate-example-access-token"
    answers.get(url, status=status, json={"resource_access": {"production": {}}})

    with pytest.raises(kind):
        gateway.get_effective_roles("u1", through_client="c1")


def test_a_role_is_expanded_over_clients(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    contains(
        *(answers, "2", realm_role("4"), client_role("5", "s")),
        client_role("6", "s", composite=True),
    )
    contains(answers, "6", realm_role("1"))
    answers.get(f"{REALM}/clients/s", json={"id": "s", "clientId": "staging"})

    roles = gateway.expand(Role("2", "role-2", "", composite=True))

    assert roles.realm == {"role-1", "role-2", "role-4"}
    assert roles.client == {("staging", "role-5"), ("staging", "role-6")}


def test_roles_that_contain_each_other_are_read_once(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    contains(answers, "1", realm_role("2", composite=True))
    contains(answers, "2", realm_role("1", composite=True), realm_role("3"))

    roles = gateway.expand(Role("1", "role-1", "", composite=True))

    assert roles.realm == {"role-1", "role-2", "role-3"}
    assert len(answers.calls) == 2


def test_a_plain_role_is_expanded_without_a_call(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    role = Role("1", "access-datasets", "production", composite=False)

    assert gateway.expand(role).client == {("production", "access-datasets")}
    assert len(answers.calls) == 0


def test_only_composite_roles_are_listed_as_such(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    rows = [realm_role("1"), realm_role("2", composite=True)]
    answers.get(f"{REALM}/roles", json=rows)

    assert gateway.list_composite_roles() == [Role("2", "role-2", "", composite=True)]


def test_what_a_role_contains_is_read_once(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    contains(answers, "1", client_role("2", "s"), client_role("3", "s"))
    answers.get(f"{REALM}/clients/s", json={"id": "s", "clientId": "staging"})
    role = Role("1", "role-1", "", composite=True)

    assert gateway.expand(role) == gateway.expand(role)
    assert len(answers.calls) == 2


def test_a_role_by_its_id_names_its_client(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{REALM}/roles-by-id/1", json=client_role("1", "s"))
    answers.get(f"{REALM}/clients/s", json={"id": "s", "clientId": "staging"})

    role = gateway.get_role("1")

    assert (role.name, role.client_id, role.client_uuid) == ("role-1", "staging", "s")


def test_the_roles_of_an_environment_name_it(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{REALM}/clients/s/roles", json=[client_role("1", "s")])

    (role,) = gateway.list_roles_of("s", "staging")

    assert (role.client_id, role.client_uuid) == ("staging", "s")


@pytest.mark.parametrize(
    ("total", "calls"),
    [(0, 1), (99, 1), (100, 2), (101, 2), (200, 3), (250, 3)],
)
def test_long_lists_are_read_page_by_page(
    gateway: RoleGateway, answers: responses.RequestsMock, total: int, calls: int
) -> None:
    names = [f"service-account-{number}" for number in range(total)]
    for first in range(0, calls * PAGE_SIZE, PAGE_SIZE):
        answers.get(
            f"{REALM}/clients/p/roles/a%2Fb/users",
            json=[{"username": name} for name in names[first : first + PAGE_SIZE]],
            match=[query_param_matcher({"first": first, "max": PAGE_SIZE})],
        )

    assert list(gateway.iter_client_role_members("p", "a/b")) == names
    assert len(answers.calls) == calls


def test_members_of_a_realm_role(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{REALM}/roles/reader/users", json=[{"username": "visitor"}])

    assert list(gateway.iter_realm_role_members("reader")) == ["visitor"]


def test_the_roles_of_a_client(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{REALM}/clients/p/roles", json=[{"name": "a"}, {"name": "b"}])

    assert gateway.list_client_roles("p") == ["a", "b"]


def test_the_members_of_an_unknown_role(
    gateway: RoleGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{REALM}/roles/nothing/users", status=404)

    with pytest.raises(errors.NotFoundError):
        list(gateway.iter_realm_role_members("nothing"))
