"""The roles that there are, kept here so that no page asks Keycloak for each of them.

Organization roles are the realm's. Environment roles belong to clients that stand for
an environment: by their attribute `console.environment`, or by the settings.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from apiclients.models import CatalogueRole
from console import policy
from gateways.keycloak.models import Client, Role, Roles
from gateways.keycloak.roles import RoleGateway

ORGANIZATION = "Organization"
COLUMNS = (
    *("name", "client_id", "client_uuid", "scope", "description"),
    *("composite", "contained", "protected", "everyone"),
)


@dataclass(frozen=True, slots=True)
class Environment:
    """A client that stands for an environment, by its shown name."""

    uuid: str
    client_id: str
    name: str


def environments_among(clients: Iterable[Client]) -> list[Environment]:
    return [
        Environment(client.uuid, client.client_id, name[:255])
        for client in clients
        if (name := _environment_name(client))
    ]


def synchronise(
    gateway: RoleGateway, realm_roles: list[Role], environments: list[Environment]
) -> None:
    """Bring the catalogue up to date: one list for each environment, and composites."""
    everyone = _expanded_by_name(gateway, realm_roles, _default_role())
    found = [(role, ORGANIZATION) for role in realm_roles]
    for environment in environments:
        owned = gateway.list_roles_of(environment.uuid, environment.client_id)
        found += [(role, environment.name) for role in owned]
    rows = [_row(role, gateway.expand(role), scope, everyone) for role, scope in found]
    CatalogueRole.objects.exclude(id__in=[row.id for row in rows]).delete()
    known = CatalogueRole.objects.in_bulk()
    CatalogueRole.objects.bulk_create(row for row in rows if row.id not in known)
    changed = [r for r in rows if r.id in known and _values(r) != _values(known[r.id])]
    CatalogueRole.objects.bulk_update(changed, COLUMNS)


def contents(row: CatalogueRole) -> Roles:
    """A role and everything in it."""
    return own(row) | Roles.from_pairs(row.contained)


def own(row: CatalogueRole) -> Roles:
    """A role alone, without what it contains."""
    return Roles.from_pairs([(row.client_id, row.name)])


def default_roles(catalogue: Iterable[CatalogueRole]) -> Roles:
    """What every client has without being asked: realm default roles, expanded.

    Until the first pass, what Keycloak puts there by itself.
    """
    name = _default_role()
    for row in catalogue:
        if not row.client_id and row.name == name:
            return contents(row)
    return Roles(realm=frozenset({name, "offline_access", "uma_authorization"}))


def label(client_id: str, name: str) -> str:
    """A role as people read it: `reports-reader`, `production: access-datasets`."""
    return f"{client_id}: {name}" if client_id else name


def labels(roles: Roles) -> list[str]:
    """Organization roles first, then the others by their owner."""
    return [label(*pair) for pair in roles.pairs]


def _environment_name(client: Client) -> str:
    listed = client.client_id if client.client_id in settings.ENVIRONMENTS else ""
    return "" if client.client_id in policy.BUILT_IN else client.environment or listed


def _default_role() -> str:
    return f"default-roles-{settings.KEYCLOAK_REALM.lower()}"


def _expanded_by_name(gateway: RoleGateway, roles: list[Role], name: str) -> Roles:
    found = (role for role in roles if role.name == name)
    role = next(found, None)
    return gateway.expand(role) if role else Roles()


def _row(role: Role, expanded: Roles, scope: str, everyone: Roles) -> CatalogueRole:
    return CatalogueRole(
        id=role.id,
        name=role.name,
        client_id=role.client_id,
        client_uuid=role.client_uuid,
        scope=scope,
        description=role.description[:255],
        composite=role.composite,
        contained=[list(pair) for pair in (expanded - role.as_roles).pairs],
        protected=policy.is_protected(expanded),
        everyone=not role.as_roles - everyone,
    )


def _values(row: CatalogueRole) -> list[object]:
    return [getattr(row, name) for name in COLUMNS]
