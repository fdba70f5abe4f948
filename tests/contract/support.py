"""One Keycloak, or the sandbox in its place, as the contract cases see it."""

import base64
import http.client
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from gateways.client_authentication import BySecret
from gateways.keycloak.client_tokens import (
    ClientTokenGateway,
    FixedToken,
    UserinfoGateway,
)
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.events import EventGateway
from gateways.keycloak.models import AccessToken, Client, ClientChange, Roles
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.role_mappings import RoleMappingGateway
from gateways.keycloak.roles import RoleGateway
from gateways.tokens import ServiceAccountToken
from gateways.transport import Transport

REALM = "northwind"
CONSOLE_ID = "api-client-console"
CONSOLE_SECRET = "demonstration-only"
CONSOLE_URL = "http://localhost:8000"
CALLBACK = f"{CONSOLE_URL}/sign-in/callback/"
SERVICE = "Keycloak"
TIMEOUT = 20
UNKNOWN_UUID = "00000000-0000-4000-8000-000000000000"
UNKNOWN_ERROR = {
    "error": "unknown_error",
    "error_description": "For more on this error consult the server log.",
}
DEFAULT_ROLES = {"default-roles-northwind", "offline_access", "uma_authorization"}
ACCOUNT_ROLES = {
    ("account", "manage-account"),
    ("account", "manage-account-links"),
    ("account", "view-profile"),
}
ADMIN_ROLES = {"manage-clients", "manage-users", "view-events", "view-realm"}
TEAM = {"visualization-team", "reports-reader", "reports-editor"}
TEAM_IN_PRODUCTION = {
    ("production", "access-datasets"),
    ("production", "administer-dashboards"),
}
INTENT = "contract"
EMPTY = ClientChange("", "", enabled=True, access_token_lifespan=None)


MakeClient = Callable[..., Client]


class Upstream:
    """The gateways of the console, and plain HTTP for what they do not do."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.issuer = f"{self.base_url}/realms/{REALM}"
        self.oidc = f"{self.issuer}/protocol/openid-connect"
        self.console_token = self.service_account_token()
        transport = Transport(SERVICE, self.base_url, token=self.console_token)
        self.clients = ClientGateway(transport, realm=REALM)
        self.roles = RoleGateway(transport, realm=REALM)
        self.mappings = RoleMappingGateway(transport, realm=REALM)
        self.realm = RealmGateway(transport, realm=REALM)
        self.events = EventGateway(transport, realm=REALM)
        self.tokens = ClientTokenGateway(Transport(SERVICE, self.base_url), realm=REALM)
        self.http = requests.Session()
        self.http.trust_env = False

    def service_account_token(
        self,
        *,
        realm: str = REALM,
        client_id: str = CONSOLE_ID,
        client_secret: str = CONSOLE_SECRET,
    ) -> ServiceAccountToken:
        return ServiceAccountToken(
            Transport(SERVICE, self.base_url),
            realm=realm,
            authentication=BySecret(client_id, client_secret),
        )

    def admin(
        self, method: str, *path: str, token: str | None = None, **options: Any
    ) -> requests.Response:
        """A call of the Admin API, as the console unless another token is given."""
        bearer = self.console_token.value() if token is None else token
        return self.http.request(
            method,
            "/".join([f"{self.base_url}/admin/realms/{REALM}", *map(_quoted, path)]),
            headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json"},
            allow_redirects=False,
            timeout=TIMEOUT,
            **options,
        )

    def raw_get(self, path: str) -> tuple[int, Any]:
        """A path below the realm's clients exactly as it is written here."""
        parts = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=TIMEOUT
        )
        bearer = self.console_token.value()
        connection.request(
            "GET",
            f"{parts.path}/admin/realms/{REALM}/clients/{path}",
            headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json"},
        )
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body

    def ask_token(
        self, client_id: str, client_secret: str, **form: str
    ) -> requests.Response:
        """The answer to a client credentials grant."""
        return self.send_form(
            grant_type="client_credentials",
            client_id=client_id,
            client_secret=client_secret,
            **form,
        )

    def send_form(self, **form: str) -> requests.Response:
        """The answer of the token endpoint to this form."""
        return self.http.post(f"{self.oidc}/token", data=form, timeout=TIMEOUT)

    def token_of(self, client: Client, **form: str) -> str:
        """An access token that this client gets for itself."""
        answer = self.ask_token(client.client_id, self.secret_of(client), **form)
        return str(answer.json()["access_token"])

    def claims_of(self, client: Client, **form: str) -> dict[str, Any]:
        return claims_in(self.token_of(client, **form))

    def secret_of(self, client: Client) -> str:
        return self.clients.read_secret(client.uuid).value

    def ask_userinfo(self, token: AccessToken) -> str:
        """As the console asks: the subject of a token that is still good."""
        fixed = FixedToken(SERVICE, token)
        transport = Transport(SERVICE, self.base_url, token=fixed)
        return UserinfoGateway(transport, realm=REALM).ask()

    def userinfo(self, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.get(f"{self.oidc}/userinfo", headers=headers, timeout=TIMEOUT)

    def client(self, client_id: str) -> Client:
        found = self.clients.find_client(client_id)
        assert found is not None, client_id
        return found

    def user_id(self, username: str) -> str:
        params = {"username": username, "exact": "true"}
        (user,) = self.admin("GET", "users", params=params).json()
        return str(user["id"])

    def give_roles(
        self, client: Client, *realm_roles: str, **client_roles: list[str]
    ) -> None:
        """Map roles to a service account; `_` in a client's id stands for `-`."""
        account = self.clients.get_service_account_id(client.uuid)
        mappings = ("users", account, "role-mappings")
        if realm_roles:
            roles = [self._role("roles", name) for name in realm_roles]
            self._expect(204, self.admin("POST", *mappings, "realm", json=roles))
        for name, wanted in client_roles.items():
            owner = self.client(name.replace("_", "-")).uuid
            roles = [self._role("clients", owner, "roles", role) for role in wanted]
            answer = self.admin("POST", *mappings, "clients", owner, json=roles)
            self._expect(204, answer)

    def roles_of(self, user_id: str) -> Roles:
        """What a user holds, service accounts included, composites expanded."""
        console = self.client(CONSOLE_ID).uuid
        return self.roles.get_effective_roles(user_id, through_client=console)

    def set_attribute(self, client: Client, name: str, value: str) -> None:
        """Write an attribute as the console never would."""
        body = {"serviceAccountsEnabled": True, "attributes": {name: value}}
        self._expect(204, self.admin("PUT", "clients", client.uuid, json=body))

    def _role(self, *path: str) -> dict[str, str]:
        role = self.admin("GET", *path).json()
        return {"id": role["id"], "name": role["name"]}

    @staticmethod
    def _expect(status: int, answer: requests.Response) -> None:
        assert answer.status_code == status, answer.text


def recently() -> int:
    """An hour ago, as events have it."""
    return int(time.time() - 3600) * 1000


def new_id() -> str:
    """A client_id that no other case uses."""
    return f"contract-{uuid.uuid4().hex[:12]}"


def claims_in(token: str) -> dict[str, Any]:
    """The claims of a token, its signature not looked at."""
    payload = token.split(".")[1]
    padded = payload + "=" * (-len(payload) % 4)
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return claims


def lifespan_in(answer: Mapping[str, Any], kind: str = "") -> int:
    """As the access token says, or the "refresh_" token: and the answer says the same.

    The answer counts down: so many seconds less as have begun since the token was made.
    """
    claims = claims_in(answer[f"{kind or 'access_'}token"])
    lifespan: int = claims["exp"] - claims["iat"]
    begun = int(time.time()) - claims["iat"]
    assert 0 <= lifespan - answer[f"{kind}expires_in"] <= begun
    return lifespan


def changed(client: Client, **values: Any) -> ClientChange:
    return replace(ClientChange.of(client), **values)


def roles_in(claims: Mapping[str, Any]) -> set[str]:
    return set(claims["realm_access"]["roles"])


def _quoted(part: str) -> str:
    return quote(part, safe="")
