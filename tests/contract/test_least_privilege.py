"""Each role of the service account is needed, and one that is gone is named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import requests

from gateways.errors import AccessDeniedError, GatewayError, RefusedError
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.events import EventGateway
from gateways.keycloak.own_roles import NEEDED, read_own_roles
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.role_mappings import RoleMappingGateway
from gateways.keycloak.roles import RoleGateway
from gateways.transport import Transport
from tests.contract.support import (
    CONSOLE_ID,
    EMPTY,
    SERVICE,
    TIMEOUT,
    new_id,
    recently,
)
from tests.contract.test_console_client import REALM, Imported, imported
from tests.contract.test_console_client import _administrator as administrator

__all__ = ["imported"]
pytestmark = pytest.mark.keycloak


class Administrator:
    """Takes a role of the console's service account away for a while."""

    def __init__(self, base_url: str) -> None:
        self._base = f"{base_url}/admin/realms/{REALM}"
        self._token = administrator(base_url)
        console = self._find(CONSOLE_ID)
        account = self._send("GET", f"clients/{console}/service-account-user").json()
        owner = self._find("realm-management")
        self._mappings = f"users/{account['id']}/role-mappings/clients/{owner}"
        held = self._send("GET", self._mappings).json()
        self.roles = {role["name"]: role for role in held}

    @contextmanager
    def without(self, role: str) -> Iterator[None]:
        self._send("DELETE", self._mappings, json=[self.roles[role]])
        try:
            yield
        finally:
            self._send("POST", self._mappings, json=[self.roles[role]])

    def _find(self, client_id: str) -> str:
        found = self._send("GET", "clients", params={"clientId": client_id}).json()
        return str(found[0]["id"])

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        response = requests.request(
            method,
            f"{self._base}/{path}",
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=TIMEOUT,
            **options,
        )
        response.raise_for_status()
        return response


@pytest.fixture
def admin(imported: Imported, real_keycloak: str) -> Administrator:
    return Administrator(real_keycloak)


def everything(http: Transport, account: str, uuid: str) -> list[Callable[[], Any]]:
    """One call of each kind that the console makes."""
    clients = ClientGateway(http, realm=REALM)
    roles = RoleGateway(http, realm=REALM)
    mappings = RoleMappingGateway(http, realm=REALM)
    return [
        lambda: list(clients.iter_pages()),
        lambda: clients.get_client(uuid),
        lambda: clients.read_secret(uuid),
        lambda: clients.regenerate_secret(uuid),
        lambda: clients.create_client(new_id(), EMPTY, intent="contract"),
        lambda: roles.get_effective_roles(account, through_client=uuid),
        roles.list_realm_roles,
        lambda: mappings.map_roles(account, roles.list_realm_roles()[:1]),
        RealmGateway(http, realm=REALM).get_defaults,
        lambda: list(EventGateway(http, realm=REALM).iter_pages(recently())),
    ]


def is_denied(call: Callable[[], Any]) -> bool:
    try:
        call()
    except RefusedError as exc:
        # Without view-realm Keycloak leaves out what it does not show, with status 200.
        return isinstance(exc, AccessDeniedError)
    return False


def test_the_file_gives_just_what_is_needed(imported: Imported) -> None:
    own = read_own_roles(imported.token.value())

    assert (own.missing, own.spare) == ([], [])


@pytest.mark.parametrize("role", sorted(NEEDED))
def test_without_one_of_them_something_fails_and_it_is_named(
    imported: Imported, admin: Administrator, real_keycloak: str, role: str
) -> None:
    clients = ClientGateway(imported.transport, realm=REALM)
    uuid = clients.create_client(new_id(), EMPTY, intent="contract")
    account = clients.get_service_account_id(uuid)
    calls = everything(
        Transport(SERVICE, real_keycloak, token=imported.token), account, uuid
    )

    with admin.without(role):
        imported.token.drop(imported.token.value())
        denied = sum(map(is_denied, calls))
        missing = read_own_roles(imported.token.value()).missing

    imported.token.drop(imported.token.value())
    with suppress(GatewayError):
        clients.delete_client(uuid)
    assert denied > 0
    assert missing == [role]


def test_with_all_of_them_nothing_is_denied(
    imported: Imported, admin: Administrator
) -> None:
    clients = ClientGateway(imported.transport, realm=REALM)
    uuid = clients.create_client(new_id(), EMPTY, intent="contract")
    account = clients.get_service_account_id(uuid)

    for call in everything(imported.transport, account, uuid):
        call()

    clients.delete_client(uuid)
    assert admin.roles.keys() == NEEDED
