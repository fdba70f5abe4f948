"""`python -m sandbox.seed`: writes the demonstration realm, the same every time."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.builtin import DEFAULT_SCOPES
from sandbox.importing import DEMO_REALM
from sandbox.seed_clients import (
    CONSOLE_CLIENT,
    CONSOLE_ENVIRONMENT_ROLES,
    CONSOLE_ROLES,
    OTHER_CLIENTS,
    PEOPLE,
    SPECIAL_CLIENTS,
    ApiClient,
)
from sandbox.seed_names import (
    ENVIRONMENTS,
    KINDS,
    OPERATOR_ROLE,
    OWNERS,
    PLACES,
    REALM_ROLES,
    ROLES,
    TEAM_ROLE,
    TEAMS,
)

REALM = "northwind"
_NEWEST = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_TWO_YEARS = 2 * 365 * 24 * 3600
_HOW_MANY = 285
_LIFESPANS = (None, None, None, None, None, 900, 900, 3600, 28800, 86400)
_DEFAULT_ROLES = f"default-roles-{REALM}"
# An import takes what it is given: without this scope tokens do not name the client.
_SCOPES = [DEFAULT_SCOPES[0], "service_account", *DEFAULT_SCOPES[1:]]


def realm() -> dict[str, Any]:
    """The realm in the form of Keycloak's import file."""
    dice = random.Random(REALM)  # noqa: S311
    made = [*SPECIAL_CLIENTS, *_ordinary_clients(dice)]
    environments = [_environment(name, text) for name, text in ENVIRONMENTS.items()]
    return {
        "realm": REALM,
        "displayName": "Northwind Analytics",
        "enabled": True,
        "sslRequired": "none",
        "accessTokenLifespan": 300,
        "ssoSessionMaxLifespan": 36000,
        "eventsEnabled": True,
        "eventsExpiration": 604800,
        "enabledEventTypes": ["CLIENT_LOGIN", "CLIENT_LOGIN_ERROR"],
        "adminEventsEnabled": True,
        "adminEventsDetailsEnabled": False,
        "attributes": {"adminEventsExpiration": "7776000"},
        "roles": {"realm": _realm_roles(), "client": _environment_roles()},
        "clients": [
            {**CONSOLE_CLIENT, "defaultClientScopes": _SCOPES},
            *environments,
            *OTHER_CLIENTS,
            *(_client(client, dice) for client in made),
        ],
        "users": [
            *(_person(*person) for person in PEOPLE),
            _account("api-client-console", (), _console_roles()),
            *(_account(c.client_id, c.realm_roles, c.client_roles) for c in made),
        ],
    }


def _console_roles() -> dict[str, tuple[str, ...]]:
    clusters = dict.fromkeys(ENVIRONMENTS, CONSOLE_ENVIRONMENT_ROLES)
    return {"realm-management": CONSOLE_ROLES, **clusters}


def _realm_roles() -> list[dict[str, Any]]:
    return [
        *({"name": n, "description": text} for n, text in REALM_ROLES.items()),
        {
            "name": TEAM_ROLE,
            "description": "What the visualization team works with",
            "composite": True,
            "composites": {
                "realm": ["reports-reader", "reports-editor"],
                "client": {"production": ["access-datasets", "administer-dashboards"]},
            },
        },
        {
            "name": OPERATOR_ROLE,
            "description": "Operates the platform; holds an administrator's role",
            "composite": True,
            "composites": {"client": {"realm-management": ["manage-clients"]}},
        },
    ]


def _environment_roles() -> dict[str, Any]:
    roles = [{"name": name, "description": text} for name, text in ROLES.items()]
    return dict.fromkeys(ENVIRONMENTS, roles)


def _environment(name: str, description: str) -> dict[str, Any]:
    return {
        "clientId": name,
        "description": description,
        "secret": f"demonstration-only-{name}",
        "standardFlowEnabled": False,
        "attributes": {"console.environment": name},
    }


def _ordinary_clients(dice: random.Random) -> list[ApiClient]:
    taken = {client.client_id for client in SPECIAL_CLIENTS}
    possible = [
        (f"{prefix}-{subject}-{place}", sentence.format(text), environment, roles)
        for prefix, sentence, subjects, roles in KINDS
        for subject, text in subjects
        for place, environment in PLACES.items()
    ]
    chosen = dice.sample([p for p in possible if p[0] not in taken], _HOW_MANY)
    return [_ordinary_client(dice, *each) for each in sorted(chosen)]


def _ordinary_client(
    dice: random.Random,
    client_id: str,
    description: str,
    environment: str,
    roles: tuple[str, ...],
) -> ApiClient:
    team = f"{dice.choice(TEAMS)}@{REALM}.example"
    extra = ("reports-reader",) if client_id.startswith("report-") else ()
    return ApiClient(
        client_id,
        description,
        owner=dice.choice((team, team, team, dice.choice(OWNERS), "")),
        lifespan=dice.choice(_LIFESPANS),
        enabled=dice.random() > 0.08,
        realm_roles=extra,
        client_roles={environment: roles},
    )


def _client(client: ApiClient, dice: random.Random) -> dict[str, Any]:
    age = timedelta(seconds=dice.randrange(_TWO_YEARS))
    attributes = {
        "client.secret.creation.time": str(int((_NEWEST - age).timestamp())),
    }
    if client.owner:
        attributes["console.owner"] = client.owner
    if client.lifespan is not None:
        attributes["access.token.lifespan"] = str(client.lifespan)
    return {
        "clientId": client.client_id,
        "description": client.description,
        "enabled": client.enabled,
        "secret": f"demonstration-only-{client.client_id}",
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": True,
        "fullScopeAllowed": client.full_scope,
        "attributes": attributes,
        "defaultClientScopes": _SCOPES,
    }


def _person(
    username: str, first_name: str, last_name: str, roles: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "username": username,
        "enabled": True,
        "email": f"{username}@{REALM}.example",
        "emailVerified": True,
        "firstName": first_name,
        "lastName": last_name,
        "credentials": [{"type": "password", "value": username, "temporary": False}],
        "realmRoles": [_DEFAULT_ROLES, *roles],
    }


def _account(
    client_id: str,
    realm_roles: tuple[str, ...],
    client_roles: dict[str, tuple[str, ...]],
) -> dict[str, Any]:
    account = {
        "username": f"service-account-{client_id}",
        "enabled": True,
        "serviceAccountClientId": client_id,
        # Keycloak gives it to new users, but not to imported ones.
        "realmRoles": [_DEFAULT_ROLES, *realm_roles],
    }
    return {**account, "clientRoles": client_roles} if client_roles else account


def as_text(document: dict[str, Any]) -> str:
    """JSON with one line for each setting, role, client and user."""
    parts = []
    for key, value in document.items():
        text = _compact(value)
        if isinstance(value, list) and isinstance(value[0], dict):
            text = "[\n" + ",\n".join(_compact(item) for item in value) + "\n]"
        parts.append(f"{_compact(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    DEMO_REALM.write_text(as_text(realm()))
