"""Clients that are none of a delegate's business, each for a reason of its own."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.contract.elsewhere import Elsewhere
from tests.contract.support import CONSOLE_ID, UNKNOWN_UUID, Upstream, new_id

ADMIN = {"realm-management": ["manage-users"]}
HIDING = "hides-an-administrator"
DEMONSTRATION = (
    *("account", "account-console", "admin-cli", "broker", "realm-management"),
    *("security-admin-console", "pivot-web", "imply-api", "production", CONSOLE_ID),
    *("platform-automation", "legacy-provisioner"),
)
LIGHTWEIGHT = {"client.use.lightweight.access.token.enabled": "true"}
# All of these hold an administrator's role, and hide it from a careless look.
HIDDEN: dict[str, dict[str, Any]] = {
    "through a client's composite": {},
    "without full scope": {"fullScopeAllowed": False},
    "no token at all": {"attributes": {"access.token.lifespan": "abc"}},
    "roles on demand": {
        "defaultClientScopes": ["basic", "acr", "service_account"],
        "optionalClientScopes": ["roles"],
    },
    "lightweight tokens": {"attributes": LIGHTWEIGHT},
}
MAPPER = {
    "name": "an administrator's role",
    "protocol": "openid-connect",
    "protocolMapper": "oidc-hardcoded-role-mapper",
    "config": {"role": "realm-management.manage-users"},
}
# The sandbox has neither groups nor mappers.
ONLY_REAL = {
    **{f"in a group, {why}": shape for why, shape in HIDDEN.items()},
    "by a mapper": {"protocolMappers": [MAPPER]},
}


@dataclass(frozen=True, slots=True)
class Outsiders:
    """By why they are outside: their uuids.

    `hiding`: an environment role that contains an administrator's, by name.
    """

    upstream: Upstream
    uuids: Mapping[str, str]
    hiding: str

    def look(self, why: str) -> Any:
        """All that the console could change of it."""
        uuid = self.uuids[why]
        client = self.upstream.admin("GET", "clients", uuid)
        if not client.ok or not client.json()["serviceAccountsEnabled"]:
            return _in_order(client.json())
        account = self.upstream.clients.get_service_account_id(uuid)
        held = self.upstream.admin("GET", "users", account, "role-mappings")
        return _in_order([client.json(), held.json()])


def _in_order(data: Any) -> Any:
    """Keycloak lists client scopes and roles in any order."""
    if isinstance(data, dict):
        return {name: _in_order(value) for name, value in data.items()}
    if isinstance(data, list):
        return sorted((_in_order(item) for item in data), key=str)
    return data


@contextmanager
def outsiders(upstream: Upstream) -> Iterator[Outsiders]:
    """Those of the demonstration, and one of each kind besides."""
    elsewhere = Elsewhere(upstream)
    uuids = {name: upstream.client(name).uuid for name in DEMONSTRATION}
    hiding = f"{HIDING}-{uuid4().hex[:8]}"
    with ExitStack() as stack:
        elsewhere.define_role(hiding, ADMIN, owner="production")
        stack.callback(elsewhere.remove_role, hiding, owner="production")
        for why, shape in HIDDEN.items():
            uuids[why] = _create(upstream, shape, stack)
            roles = {"production": [hiding]} if "composite" in why else ADMIN
            client = upstream.clients.get_client(uuids[why])
            named = {owner.replace("-", "_"): names for owner, names in roles.items()}
            upstream.give_roles(client, **named)
        for why, shape in ({} if elsewhere.is_sandbox else ONLY_REAL).items():
            uuids[why] = _create(upstream, shape, stack)
            if "group" in why:
                account = upstream.clients.get_service_account_id(uuids[why])
                group = elsewhere.add_group(new_id(), ADMIN, member=account)
                stack.callback(elsewhere.remove_group, group)
        uuids["unknown"] = UNKNOWN_UUID
        yield Outsiders(upstream, uuids, f"production:{hiding}")


def _create(upstream: Upstream, shape: Mapping[str, Any], stack: ExitStack) -> str:
    answer = upstream.admin(
        "POST",
        "clients",
        json={
            "clientId": new_id(),
            "publicClient": False,
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": False,
            "fullScopeAllowed": True,
            **shape,
        },
    )
    assert answer.status_code == 201, answer.text
    uuid = answer.headers["Location"].rsplit("/", 1)[-1]
    stack.callback(upstream.admin, "DELETE", "clients", uuid)
    return uuid
