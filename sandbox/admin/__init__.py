"""Keycloak's Admin REST API, the part that the console uses."""

from sandbox.admin import (
    client_roles,
    client_secret,
    clients,
    evaluate,
    events,
    realm,
    realm_roles,
    role_mappings,
    roles_by_id,
    users,
)
from sandbox.routing import Router

routes = Router()
routes.include(
    clients.routes,
    client_secret.routes,
    client_roles.routes,
    evaluate.routes,
    events.routes,
    realm.routes,
    realm.server_routes,
    realm_roles.routes,
    role_mappings.routes,
    roles_by_id.routes,
    users.routes,
)
