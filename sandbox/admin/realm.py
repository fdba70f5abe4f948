"""Settings of the realm and facts about the server."""

from collections.abc import Mapping
from typing import Any

from sandbox.admin.access import Power, admin_roles, forbidden, may, require, router
from sandbox.messages import Response, as_json
from sandbox.representations import role_json
from sandbox.routing import Call, Router

routes = router()
server_routes = Router("/admin/serverinfo")
# A new realm's values, of the settings that matter here.
_DEFAULTS: Mapping[str, Any] = {
    "notBefore": 0,
    "defaultSignatureAlgorithm": "RS256",
    "accessTokenLifespan": 300,
    "accessTokenLifespanForImplicitFlow": 900,
    "ssoSessionIdleTimeout": 1800,
    "ssoSessionMaxLifespan": 36000,
    "ssoSessionIdleTimeoutRememberMe": 0,
    "ssoSessionMaxLifespanRememberMe": 0,
    "clientSessionIdleTimeout": 0,
    "clientSessionMaxLifespan": 0,
    "accessCodeLifespan": 60,
    "accessCodeLifespanUserAction": 300,
    "accessCodeLifespanLogin": 1800,
    "enabled": True,
    "sslRequired": "external",
    "bruteForceProtected": False,
    "eventsEnabled": False,
    "enabledEventTypes": [],
    "adminEventsEnabled": False,
    "adminEventsDetailsEnabled": False,
    "organizationsEnabled": False,
    "adminPermissionsEnabled": False,
    "attributes": {},
    "clientProfiles": {"profiles": []},
    "clientPolicies": {"policies": []},
}


@routes.route("GET", "")
def read(call: Call) -> Response:
    """Without view-realm only the few fields that every administrator needs."""
    realm = call.state.realm
    settings = {**_DEFAULTS, **realm.settings}
    if may(call, Power.VIEW_REALM):
        default = realm.role_by_name(f"default-roles-{realm.name}")
        role = {"defaultRole": role_json(default, realm)} if default else {}
        return as_json({"id": realm.id, **settings, **role})
    return as_json(
        {
            "realm": realm.name,
            "displayName": settings.get("displayName"),
            "bruteForceProtected": False,
            "supportedLocales": [],
            "organizationsEnabled": False,
        }
    )


@routes.route("GET", "/client-policies/profiles")
def client_profiles(call: Call) -> Response:
    require(call, Power.VIEW_REALM)
    return as_json(call.state.realm.settings.get("clientProfiles", {"profiles": []}))


@routes.route("GET", "/client-policies/policies")
def client_policies(call: Call) -> Response:
    require(call, Power.VIEW_REALM)
    return as_json(call.state.realm.settings.get("clientPolicies", {"policies": []}))


@server_routes.route("GET", "")
def server_info(call: Call) -> Response:
    if not admin_roles(call):
        raise forbidden()
    rotation = {
        "name": "CLIENT_SECRET_ROTATION",
        "label": "Client Secret Rotation",
        "type": "PREVIEW",
        "dependencies": [],
        "enabled": True,
    }
    return as_json(
        {
            "profileInfo": {
                "name": "default",
                "disabledFeatures": [],
                "previewFeatures": ["CLIENT_SECRET_ROTATION"],
                "experimentalFeatures": [],
            },
            "features": [rotation],
        }
    )
