"""The gateways of this installation, built from its settings.

The only module of this package that knows Django. One of each a process, so that
connections and the console's token are kept.
"""

import ssl
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from gateways.breaker import Upstream
from gateways.client_authentication import by_secret_or_key
from gateways.collector import Collector
from gateways.errors import AccessDeniedError
from gateways.imply_manager.clusters import ClusterGateway
from gateways.keycloak import own_roles
from gateways.keycloak.client_tokens import (
    ClientTokenGateway,
    FixedToken,
    UserinfoGateway,
)
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.events import EventGateway
from gateways.keycloak.models import AccessToken
from gateways.keycloak.own_roles import OwnRoles
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.role_mappings import RoleMappingGateway
from gateways.keycloak.roles import RoleGateway
from gateways.syslog import SyslogGateway
from gateways.tokens import ServiceAccountToken
from gateways.transport import AccessToken as Token
from gateways.transport import Transport

KEYCLOAK = "Keycloak"
MANAGER = "Imply Manager"
COLLECTOR = "Audit collector"
SYSLOG_PORT, SYSLOG_TLS_PORT = 514, 6514


@cache
def upstream(service: str) -> Upstream:
    """What all calls of this process to the service share: whether it answers."""
    return Upstream(service, at_once=settings.UPSTREAM_CALLS)


def _transport(service: str, url: str, token: Token | None = None) -> Transport:
    return Transport(
        service,
        url,
        token=token,
        upstream=upstream(service),
        ca_file=settings.UPSTREAM_CA_FILE,
    )


@cache
def service_account() -> ServiceAccountToken:
    """The console's own token: one for all that it calls."""
    return ServiceAccountToken(
        _transport(KEYCLOAK, settings.KEYCLOAK_URL),
        realm=settings.KEYCLOAK_REALM,
        authentication=by_secret_or_key(
            settings.KEYCLOAK_CLIENT_ID,
            settings.KEYCLOAK_CLIENT_SECRET,
            audience=settings.KEYCLOAK_ISSUER,
        ),
    )


def read_own_roles() -> OwnRoles:
    """The service account's roles as they are now, by a token got now.

    Raises GatewayError, or ValueError.
    """
    token = service_account()
    token.drop(token.value())
    return own_roles.read_own_roles(token.value())


@cache
def keycloak() -> Transport:
    """Keycloak's Admin REST API, as the console's own service account."""
    return _transport(KEYCLOAK, settings.KEYCLOAK_URL, service_account())


@cache
def manager() -> Transport:
    """The Imply Manager API, as the console's own service account."""
    return _transport(MANAGER, settings.IMPLY_MANAGER_URL, service_account())


def clients() -> ClientGateway:
    return ClientGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def roles() -> RoleGateway:
    return RoleGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def role_mappings() -> RoleMappingGateway:
    return RoleMappingGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def client_tokens() -> ClientTokenGateway:
    """Without a token of the console: here an API client speaks for itself."""
    plain = _transport(KEYCLOAK, settings.KEYCLOAK_URL)
    return ClientTokenGateway(plain, realm=settings.KEYCLOAK_REALM)


def userinfo(token: AccessToken) -> UserinfoGateway:
    bearer = FixedToken(KEYCLOAK, token)
    http = _transport(KEYCLOAK, settings.KEYCLOAK_URL, bearer)
    return UserinfoGateway(http, realm=settings.KEYCLOAK_REALM)


def realm() -> RealmGateway:
    return RealmGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def events() -> EventGateway:
    return EventGateway(keycloak(), realm=settings.KEYCLOAK_REALM)


def clusters() -> ClusterGateway:
    return ClusterGateway(manager(), flags_path=settings.IMPLY_FEATURE_FLAGS_PATH)


def clusters_as(token: AccessToken) -> ClusterGateway:
    """The Imply Manager API, as the API client whose token this is."""
    bearer = FixedToken(MANAGER, token)
    return ClusterGateway(_transport(MANAGER, settings.IMPLY_MANAGER_URL, bearer))


def syslog() -> SyslogGateway:
    """Where AUDIT_FORWARD_URL says: syslog+tcp, syslog+tls or syslog+udp."""
    url = urlsplit(settings.AUDIT_FORWARD_URL)
    transport = url.scheme.removeprefix("syslog+")
    port = url.port or (SYSLOG_TLS_PORT if transport == "tls" else SYSLOG_PORT)
    context = None
    if transport == "tls":
        authority = settings.UPSTREAM_CA_FILE or None
        context = ssl.create_default_context(cafile=authority)
    return SyslogGateway(COLLECTOR, url.hostname or "", port, transport, context)


def collector(content_type: str) -> Collector:
    """Where AUDIT_FORWARD_URL says: https, or http for one on the same machine."""
    return Collector(
        COLLECTOR,
        settings.AUDIT_FORWARD_URL,
        content_type=content_type,
        token=settings.AUDIT_FORWARD_TOKEN,
        upstream=upstream(COLLECTOR),
        ca_file=settings.UPSTREAM_CA_FILE,
    )


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
