"""What Keycloak adds to every realm by itself: clients and roles (26.7.5)."""

from typing import Any

DEFAULT_SCOPES = ["web-origins", "acr", "roles", "profile", "basic", "email"]
OPTIONAL_SCOPES = [
    "address",
    "phone",
    "offline_access",
    "organization",
    "microprofile-jwt",
]
PROTECTED = frozenset(
    {
        "account",
        "account-console",
        "admin-cli",
        "broker",
        "realm-management",
        "security-admin-console",
    }
)

# Role: the roles of the same client that it contains.
ACCOUNT_ROLES: dict[str, list[str]] = {
    "view-profile": [],
    "manage-account-links": [],
    "manage-account": ["manage-account-links"],
    "view-consent": [],
    "manage-consent": ["view-consent"],
    "view-applications": [],
    "view-groups": [],
    "delete-account": [],
}
MANAGEMENT_ROLES: dict[str, list[str]] = {
    "create-client": [],
    "impersonation": [],
    "manage-authorization": [],
    "manage-clients": [],
    "manage-events": [],
    "manage-identity-providers": [],
    "manage-organizations": [],
    "manage-realm": [],
    "manage-users": [],
    "query-clients": [],
    "query-groups": [],
    "query-organizations": [],
    "query-realms": [],
    "query-users": [],
    "view-authorization": [],
    "view-clients": ["query-clients"],
    "view-events": [],
    "view-identity-providers": [],
    "view-organizations": ["query-organizations"],
    "view-realm": [],
    "view-users": ["query-groups", "query-users"],
}
CLIENT_ROLES: dict[str, dict[str, list[str]]] = {
    "account": ACCOUNT_ROLES,
    "broker": {"read-token": []},
    "realm-management": {**MANAGEMENT_ROLES, "realm-admin": list(MANAGEMENT_ROLES)},
}


def roles(realm: str) -> dict[str, Any]:
    """In the form of a realm file."""
    defaults = {
        "realm": ["offline_access", "uma_authorization"],
        "client": {"account": ["manage-account", "view-profile"]},
    }
    return {
        "realm": [
            _role("offline_access", "offline-access"),
            _role("uma_authorization", "uma_authorization"),
            {
                **_role(f"default-roles-{realm}", "default-roles"),
                "composites": defaults,
            },
        ],
        "client": {
            client_id: [
                {**_role(name, name), "composites": {"client": {client_id: contained}}}
                for name, contained in contents.items()
            ]
            for client_id, contents in CLIENT_ROLES.items()
        },
    }


def clients(realm: str) -> list[dict[str, Any]]:
    """Their representations, as far as they differ from a new client's."""
    account = {
        "rootUrl": "${authBaseUrl}",
        "baseUrl": f"/realms/{realm}/account/",
        "redirectUris": [f"/realms/{realm}/account/*"],
    }
    console = f"/admin/{realm}/console/"
    pkce = {"pkce.code.challenge.method": "S256"}
    light = {"client.use.lightweight.access.token.enabled": "true"}
    return [
        _client("account", **account),
        _client("account-console", **account, attributes=pkce),
        _client(
            "admin-cli",
            standardFlowEnabled=False,
            directAccessGrantsEnabled=True,
            fullScopeAllowed=True,
            attributes=light,
        ),
        _client("broker", bearerOnly=True, publicClient=False),
        _client("realm-management", bearerOnly=True, publicClient=False),
        _client(
            "security-admin-console",
            rootUrl="${authAdminUrl}",
            baseUrl=console,
            redirectUris=[f"{console}*"],
            webOrigins=["+"],
            fullScopeAllowed=True,
            attributes=light | pkce,
        ),
    ]


def _client(client_id: str, **fields: Any) -> dict[str, Any]:
    bearer_only = bool(fields.get("bearerOnly"))
    attributes = {
        "realm_client": str(bearer_only).lower(),
        **fields.pop("attributes", {}),
    }
    return {
        "clientId": client_id,
        "name": f"${{client_{client_id}}}",
        "publicClient": True,
        "fullScopeAllowed": False,
        "nodeReRegistrationTimeout": 0,
        "webOrigins": [],
        "attributes": attributes,
        **fields,
    }


def _role(name: str, key: str) -> dict[str, Any]:
    return {"name": name, "description": f"${{role_{key}}}"}
