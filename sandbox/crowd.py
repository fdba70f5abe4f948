"""Any number of API clients: fewer than the realm file has, or many more."""

import uuid

from sandbox import clients
from sandbox.builtin import DEFAULT_SCOPES
from sandbox.model import User
from sandbox.realm import Realm, service_account_name

_LIFESPANS = ("", "", "", "900", "3600", "28800")
_DAY = 86_400


def keep_or_fabricate(realm: Realm, wanted: int, *, now: float) -> None:
    """Leave so many API clients. Other clients, and protected ones, stay."""
    present = [c for c in realm.clients.values() if realm.is_api_client(c)]
    for client in present[wanted:]:
        realm.remove_client(client)
    for number in range(len(present) + 1, wanted + 1):
        _fabricate(realm, number, now)


def _fabricate(realm: Realm, number: int, now: float) -> None:
    name = f"svc-batch-{number:05}"
    created = int(now) - (number * 7 % 730) * _DAY
    data = {
        "clientId": name,
        "description": f"Nightly batch job {number}",
        "enabled": number % 17 != 0,
        "secret": f"demonstration-only-{name}",
        "protocol": "openid-connect",
        "standardFlowEnabled": False,
        "serviceAccountsEnabled": True,
        "attributes": {
            "console.owner": f"team-{number % 23:02}@{realm.name}.example",
            "client.secret.creation.time": str(created),
            "access.token.lifespan": _LIFESPANS[number % len(_LIFESPANS)],
        },
    }
    scopes = [*DEFAULT_SCOPES]
    scopes.insert(1, clients.SERVICE_ACCOUNT_SCOPE)
    identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{realm.id}:{name}"))
    made = clients.new_client(
        {**data, "defaultClientScopes": scopes}, now=now, client_uuid=identifier
    )
    realm.put_client(made)
    account = User(
        id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{realm.id}:account:{name}")),
        username=service_account_name(name),
        created_at=created * 1000,
        client=identifier,
        roles=realm.default_roles(),
    )
    realm.put_user(account)
