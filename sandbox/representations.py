"""Clients, users, roles as Keycloak writes them in JSON."""

from collections.abc import Mapping

from sandbox.model import Client, JsonObject, Role, User
from sandbox.realm import REALM_MANAGEMENT, Realm

# In the order in which Keycloak 26 writes them.
CLIENT_FIELDS = (
    "clientId",
    "name",
    "description",
    "type",
    "rootUrl",
    "adminUrl",
    "baseUrl",
    "surrogateAuthRequired",
    "enabled",
    "alwaysDisplayInConsole",
    "clientAuthenticatorType",
    "secret",
    "redirectUris",
    "webOrigins",
    "notBefore",
    "bearerOnly",
    "consentRequired",
    "standardFlowEnabled",
    "implicitFlowEnabled",
    "directAccessGrantsEnabled",
    "serviceAccountsEnabled",
    "authorizationServicesEnabled",
    "publicClient",
    "frontchannelLogout",
    "protocol",
    "attributes",
    "authenticationFlowBindingOverrides",
    "fullScopeAllowed",
    "nodeReRegistrationTimeout",
    "protocolMappers",
    "defaultClientScopes",
    "optionalClientScopes",
)


def client_json(client: Client, *, manage: bool) -> JsonObject:
    """With its secret, also for callers who may only view it (until 26.7)."""
    values = dict(client.data)
    if client.secret is not None:
        values["secret"] = client.secret
    fields = {name: values[name] for name in CLIENT_FIELDS if name in values}
    # Only an administrator of the whole realm may manage the client of its roles.
    manage = manage and client.client_id != REALM_MANAGEMENT
    access = {"view": True, "configure": manage, "manage": manage}
    return {"id": client.uuid, **fields, "access": access}


def role_json(role: Role, realm: Realm, *, brief: bool = True) -> JsonObject:
    rest = {
        "composite": bool(role.composites),
        "clientRole": role.owner is not None,
        "containerId": role.owner or realm.id,
    }
    described = {"description": role.description} if role.description else {}
    attributes: JsonObject = {} if brief else {"attributes": {}}
    return {"id": role.id, "name": role.name, **described, **rest, **attributes}


def user_json(
    user: User, *, brief: bool = False, access: Mapping[str, bool] | None = None
) -> JsonObject:
    names = {
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": user.email,
    }
    fields: JsonObject = {
        "id": user.id,
        "username": user.username,
        **{name: value for name, value in names.items() if value is not None},
        "emailVerified": user.email_verified,
        "enabled": user.enabled,
        "createdTimestamp": user.created_at,
    }
    if not brief:
        fields |= {
            "totp": False,
            "disableableCredentialTypes": [],
            "requiredActions": [],
            "notBefore": 0,
        }
    return {**fields, "access": access} if access is not None else fields
