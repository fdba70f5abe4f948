"""OpenID Connect for people and for API clients, as Keycloak speaks it."""

from sandbox.oidc import authorize, discovery, login, logout, token, userinfo
from sandbox.routing import Router

routes = Router()
routes.include(
    discovery.routes,
    authorize.routes,
    login.routes,
    token.routes,
    userinfo.routes,
    logout.routes,
)
