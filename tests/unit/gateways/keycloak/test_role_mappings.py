"""What is sent to change role mappings."""

import json
from typing import Any

import pytest
import responses

from gateways import errors
from gateways.keycloak.models import Role
from gateways.keycloak.role_mappings import RoleMappingGateway
from gateways.transport import Transport

MAPPINGS = "http://keycloak.example/auth/admin/realms/northwind/users/u1/role-mappings"
READER = Role("1", "reader", "", composite=False)
ACCESS = Role("2", "access", "production", composite=False, client_uuid="p")


@pytest.fixture
def gateway(http: Transport) -> RoleMappingGateway:
    return RoleMappingGateway(http, realm="northwind")


@pytest.mark.parametrize(
    ("role", "container"), [(READER, "realm"), (ACCESS, "clients/p")], ids=str
)
def test_roles_go_to_their_container(
    gateway: RoleMappingGateway,
    answers: responses.RequestsMock,
    role: Role,
    container: str,
) -> None:
    answers.post(f"{MAPPINGS}/{container}", status=204)
    answers.delete(f"{MAPPINGS}/{container}", status=204)

    gateway.map_roles("u1", [role])
    gateway.unmap_roles("u1", [role])

    sent = [json.loads(call.request.body or "") for call in answers.calls]
    assert sent == [[{"id": role.id, "name": role.name}]] * 2


@pytest.mark.parametrize("roles", [[], [READER, ACCESS]], ids=["none", "two"])
def test_there_is_one_container_at_a_time(
    gateway: RoleMappingGateway, answers: responses.RequestsMock, roles: list[Role]
) -> None:
    for call in (gateway.map_roles, gateway.unmap_roles):
        with pytest.raises(ValueError, match=r"no roles|to unpack"):
            call("u1", roles)

    assert len(answers.calls) == 0


def test_direct_roles_are_listed(
    gateway: RoleMappingGateway, answers: responses.RequestsMock
) -> None:
    def row(role: Role, **more: Any) -> dict[str, Any]:
        return {"id": role.id, "name": role.name, "composite": False, **more}

    answers.get(
        MAPPINGS,
        json={
            "realmMappings": [row(READER, clientRole=False, containerId="r")],
            "clientMappings": {
                "production": {
                    "mappings": [row(ACCESS, clientRole=True, containerId="p")]
                }
            },
        },
    )

    listed = gateway.list_roles("u1")

    assert listed == [READER, ACCESS]
    assert [role.client_uuid for role in listed] == ["", "p"]


def test_a_role_that_is_gone_is_not_found(
    gateway: RoleMappingGateway, answers: responses.RequestsMock
) -> None:
    answers.post(f"{MAPPINGS}/realm", status=404, json={"error": "Role not found"})

    with pytest.raises(errors.NotFoundError):
        gateway.map_roles("u1", [READER])


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_mapping_without_a_clear_answer_is_unknown(
    gateway: RoleMappingGateway, answers: responses.RequestsMock, status: int
) -> None:
    answers.post(f"{MAPPINGS}/realm", status=status)

    with pytest.raises(errors.OutcomeUnknownError):
        gateway.map_roles("u1", [READER])

    assert len(answers.calls) == 1
