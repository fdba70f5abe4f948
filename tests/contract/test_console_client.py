"""docs/realm/console-client.json makes in any realm what the console needs there.

Keycloak alone: it is the operator's import, and the sandbox has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from gateways.client_authentication import BySecret
from gateways.errors import AccessDeniedError, NotFoundError
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.events import EventGateway
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.role_mappings import RoleMappingGateway
from gateways.keycloak.roles import RoleGateway
from gateways.tokens import ServiceAccountToken
from gateways.transport import Transport
from tests.contract.support import (
    CONSOLE_ID,
    EMPTY,
    SERVICE,
    TIMEOUT,
    new_id,
    recently,
)
from tools.keycloak import ROOT

pytestmark = pytest.mark.keycloak

FILE = ROOT / "docs" / "realm" / "console-client.json"
REALM = "imported"
CONSOLE = "https://clients.example.org"


@dataclass(frozen=True)
class Imported:
    """A realm into which the file was imported, and the console's way into it."""

    issuer: str
    token: ServiceAccountToken
    transport: Transport
    results: list[dict[str, Any]]


@pytest.fixture(scope="module")
def imported(real_keycloak: str) -> Iterator[Imported]:
    """As an administrator of Keycloak does it, the address replaced first."""
    admin = _administrator(real_keycloak)
    realms = f"{real_keycloak}/admin/realms"
    _send(admin, "POST", realms, json={"realm": REALM, "enabled": True})
    body = FILE.read_text().replace("https://console.example.com", CONSOLE)
    headers = {"Content-Type": "application/json"}
    answer = _send(
        admin, "POST", f"{realms}/{REALM}/partialImport", data=body, headers=headers
    )
    clients = f"{realms}/{REALM}/clients"
    [client] = _send(admin, "GET", clients, params={"clientId": CONSOLE_ID}).json()
    secret = _send(admin, "GET", f"{clients}/{client['id']}/client-secret").json()
    token = ServiceAccountToken(
        Transport(SERVICE, real_keycloak),
        realm=REALM,
        authentication=BySecret(CONSOLE_ID, secret["value"]),
    )
    yield Imported(
        issuer=f"{real_keycloak}/realms/{REALM}",
        token=token,
        transport=Transport(SERVICE, real_keycloak, token=token),
        results=answer.json()["results"],
    )
    _send(_administrator(real_keycloak), "DELETE", f"{realms}/{REALM}")


def test_client_and_service_account_are_added(imported: Imported) -> None:
    added = {(r["action"], r["resourceType"]) for r in imported.results}

    assert added == {("ADDED", "CLIENT"), ("ADDED", "USER")}


def test_the_console_can_list_clients(imported: Imported) -> None:
    clients = ClientGateway(imported.transport, realm=REALM)

    found = {client.client_id for page in clients.iter_pages() for client in page}

    assert {CONSOLE_ID, "realm-management", "account"} <= found


def test_the_console_can_do_all_that_it_does(imported: Imported) -> None:
    clients = ClientGateway(imported.transport, realm=REALM)
    roles = RoleGateway(imported.transport, realm=REALM)
    mappings = RoleMappingGateway(imported.transport, realm=REALM)

    uuid = clients.create_client(new_id(), EMPTY, intent="contract")
    account = clients.get_service_account_id(uuid)
    [role] = [r for r in roles.list_realm_roles() if r.name == "offline_access"]
    mappings.map_roles(account, [role])
    held = roles.get_effective_roles(account, through_client=uuid)
    mappings.unmap_roles(account, [role])
    secrets = {clients.read_secret(uuid).value, clients.regenerate_secret(uuid).value}
    clients.delete_client(uuid)

    assert "offline_access" in held.realm
    assert len(secrets) == 2
    with pytest.raises(NotFoundError):
        clients.get_client(uuid)


def test_the_console_can_read_settings_and_events(imported: Imported) -> None:
    events = EventGateway(imported.transport, realm=REALM)

    defaults = RealmGateway(imported.transport, realm=REALM).get_defaults()

    assert defaults.access_token_lifespan == 300
    assert events.keeps_logins() is False  # as in any new realm
    assert list(events.iter_pages(recently())) == []


@pytest.mark.parametrize(
    "path", ["identity-provider/instances", "authentication/flows"]
)
def test_the_console_can_change_nothing_else(imported: Imported, path: str) -> None:
    """view-realm reads much; nothing lets the console write it."""
    with pytest.raises(AccessDeniedError):
        imported.transport.post_for_location(
            *("admin", "realms", REALM), *path.split("/"), json={"alias": "mine"}
        )


def test_people_can_sign_in_at_the_console_alone(imported: Imported) -> None:
    statuses = [
        requests.get(
            f"{imported.issuer}/protocol/openid-connect/auth",
            params={
                "client_id": CONSOLE_ID,
                "redirect_uri": f"{site}/sign-in/callback/",
                "response_type": "code",
                "scope": "openid",
                "code_challenge": "x" * 43,
                "code_challenge_method": "S256",
            },
            timeout=TIMEOUT,
            allow_redirects=False,
        ).status_code
        for site in (CONSOLE, "https://elsewhere.example.org")
    ]

    assert statuses == [200, 400]


def _administrator(base_url: str) -> str:
    """A token of the administrator that tools.keycloak makes."""
    form = {"grant_type": "password", "client_id": "admin-cli"}
    answer = requests.post(
        f"{base_url}/realms/master/protocol/openid-connect/token",
        data={**form, "username": "admin", "password": "admin"},
        timeout=TIMEOUT,
    )
    return str(answer.json()["access_token"])


def _send(token: str, method: str, url: str, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
    answer = requests.request(method, url, headers=headers, timeout=60, **options)
    assert answer.ok, f"{method} {url}: {answer.status_code} {answer.text}"
    return answer
