"""The gateways of this installation, built from its settings.

The only module of this package that knows Django. One of each a process, so that
connections and the console's token are kept.
"""

from functools import cache

from django.conf import settings

from gateways.errors import AccessDeniedError
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.roles import RoleGateway
from gateways.tokens import ServiceAccountToken
from gateways.transport import Transport

KEYCLOAK = "Keycloak"


@cache
def keycloak() -> Transport:
    """Keycloak's Admin REST API, as the console's own service account."""
    token = ServiceAccountToken(
        Transport(KEYCLOAK, settings.KEYCLOAK_URL),
        realm=settings.KEYCLOAK_REALM,
        client_id=settings.KEYCLOAK_CLIENT_ID,
        client_secret=settings.KEYCLOAK_CLIENT_SECRET,
    )
    return Transport(KEYCLOAK, settings.KEYCLOAK_URL, token=token)


def clients() -> ClientGateway:
    return ClientGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def roles() -> RoleGateway:
    return RoleGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def realm() -> RealmGateway:
    return RealmGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


@cache
def console_uuid() -> str:
    """Keycloak's internal id of the console's own client."""
    return _uuid_of(settings.KEYCLOAK_CLIENT_ID)


@cache
def realm_management_uuid() -> str:
    """Keycloak's internal id of the client that owns the admin roles."""
    return _uuid_of("realm-management")


def _uuid_of(client_id: str) -> str:
    client = clients().find_client(client_id)
    if client is None:
        raise AccessDeniedError(KEYCLOAK, f"shows us no client {client_id!r}")
    return client.uuid
