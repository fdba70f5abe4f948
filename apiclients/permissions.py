"""What a client may do, and what a person may give it: the Client Permissions tab.

Three calls: the client, its service account, the roles mapped to it. What these contain
and what they are for is in the catalogue.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from apiclients import catalogue, synchronisation
from apiclients.catalogue import ORGANIZATION
from apiclients.delegation import why_not
from apiclients.models import CatalogueRole
from apiclients.permission_counts import note_count
from apiclients.selectors import get_client
from console import policy
from console.access import Actor
from gateways import configured
from gateways.errors import NotFoundError
from gateways.keycloak.models import Client, Role, Roles

Key = tuple[str, str]  # client_id, empty for the organization, and name

MOST_SHOWN = 200  # of the roles to choose from; a search narrows them down


@dataclass(slots=True)
class Permission:
    """A role that the client has: `id` only if it is assigned directly."""

    key: Key
    scope: str
    description: str = ""
    id: str = ""
    inherited_from: list["Permission"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.key[1]

    @property
    def is_organization(self) -> bool:
        return not self.key[0]

    @property
    def anchor(self) -> str:
        return f"role-{self.id}"


@dataclass(frozen=True, slots=True)
class Permissions:
    """All that a client has. `everyone`: what every client has, as labels."""

    client: Client
    rows: list[Permission]
    everyone: list[str]
    unread: list[str]
    carried: str

    @property
    def inherited(self) -> int:
        return sum(not row.id for row in self.rows)


@dataclass(frozen=True, slots=True)
class Choice:
    """A role to choose. `held`: the client has it directly; `bars`: why one may not."""

    role: CatalogueRole
    held: bool
    through: list[str]
    inside: list[str]
    bars: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be assigned to a client, by scope; `hidden` matches are not shown."""

    client: Client
    groups: dict[str, list[Choice]]
    hidden: int
    known: bool


def get_permissions(uuid: str) -> Permissions:
    """Raises NotFoundError, also for a client that turns out to be protected."""
    client, mapped, known = _read(uuid)
    rows = {row.key: row for row in _direct(mapped, known)}
    _add_inherited(rows, mapped, known)
    held = Roles.from_pairs(rows)
    own = held - catalogue.default_roles(known.values())
    unread = [r.name for r in mapped if r.composite and r.id not in known]
    note_count(uuid, len(own.pairs))
    return Permissions(
        client=client,
        rows=[rows[key] for key in own.pairs],
        everyone=catalogue.labels(held - own),
        unread=unread,
        carried=_claims(held),
    )


def list_choices(
    uuid: str, actor: Actor, *, query: str, ticked: Iterable[str]
) -> Choices:
    """The catalogue as this person may use it for this client."""
    client, mapped, known = _read(uuid)
    rows = {row.key: row for row in _direct(mapped, known)}
    _add_inherited(rows, mapped, known)
    chosen = set(ticked)
    found = [
        _choice(role, rows.get((role.client_id, role.name)), actor, role.id in chosen)
        for role in sorted(known.values(), key=_by_scope)
        if not role.everyone and (role.id in chosen or _matches(role, query))
    ]
    groups: dict[str, list[Choice]] = defaultdict(list)
    for choice in found[:MOST_SHOWN]:
        groups[choice.role.scope].append(choice)
    for group in groups.values():
        group.sort(key=lambda choice: bool(choice.bars) and not choice.held)
    hidden = max(len(found) - MOST_SHOWN, 0)
    return Choices(client, dict(groups), hidden, known=bool(known))


def _read(uuid: str) -> tuple[Client, list[Role], dict[str, CatalogueRole]]:
    client = get_client(uuid)
    account = configured.clients().get_service_account_id(uuid)
    mapped = configured.role_mappings().list_roles(account)
    known = CatalogueRole.objects.in_bulk()
    if any(policy.is_protected(_contents(role, known)) for role in mapped):
        # Elsewhere it was given an administrator's role since the last pass.
        synchronisation.refresh_client(client, protected=True)
        raise NotFoundError(configured.KEYCLOAK, "no such client", status=404)
    return client, mapped, known


def _direct(
    mapped: Iterable[Role], known: dict[str, CatalogueRole]
) -> Iterable[Permission]:
    for role in mapped:
        row = known.get(role.id)
        yield Permission(
            key=(role.client_id, role.name),
            scope=row.scope if row else role.client_id or ORGANIZATION,
            description=role.description,
            id=role.id,
        )


def _add_inherited(
    rows: dict[Key, Permission],
    mapped: Iterable[Role],
    known: dict[str, CatalogueRole],
) -> None:
    by_key = {(row.client_id, row.name): row for row in known.values()}
    for role in mapped:
        for key in (_contents(role, known) - role.as_roles).pairs:
            row = by_key.get(key)
            scope = row.scope if row else key[0] or ORGANIZATION
            text = row.description if row else ""
            permission = rows.setdefault(key, Permission(key, scope, text))
            permission.inherited_from.append(rows[role.client_id, role.name])


def _contents(role: Role, known: dict[str, CatalogueRole]) -> Roles:
    row = known.get(role.id)
    return role.as_roles | (catalogue.contents(row) if row else Roles())


def _choice(
    role: CatalogueRole, permission: Permission | None, actor: Actor, ticked: bool
) -> Choice:
    bars = why_not(catalogue.own(role), catalogue.contents(role), actor)
    through = [each.name for each in permission.inherited_from] if permission else []
    return Choice(
        role=role,
        held=bool(permission and permission.id),
        through=through,
        inside=catalogue.labels(catalogue.contents(role) - catalogue.own(role)),
        bars=bars,
        ticked=ticked and not bars,
    )


def _matches(role: CatalogueRole, query: str) -> bool:
    text = f"{role.name} {role.scope} {role.description}".lower()
    return all(word in text for word in query.lower().split())


def _by_scope(role: CatalogueRole) -> tuple[str, str]:
    return ("" if not role.client_id else role.scope, role.name)


def _claims(held: Roles) -> str:
    """The claims about roles, as a token spells them."""
    owned: dict[str, list[str]] = defaultdict(list)
    for client_id, name in sorted(held.client):
        owned[client_id].append(name)
    lines = [f'"realm_access": {{ "roles": {json.dumps(sorted(held.realm))} }}']
    if owned:
        inner = ",\n".join(
            f'  {json.dumps(owner)}: {{ "roles": {json.dumps(names)} }}'
            for owner, names in owned.items()
        )
        lines.append(f'"resource_access": {{\n{inner}\n}}')
    return ",\n".join(lines)
