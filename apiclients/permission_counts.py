"""How many permissions each client has, counted from the member lists of roles.

A call for each hundred members and not for each client, so it runs once an hour; a
client's own page counts it anew whenever it is opened.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from apiclients import catalogue
from apiclients.models import CatalogueRole, IndexedClient, Synchronisation
from gateways.keycloak.models import Roles
from gateways.keycloak.roles import RoleGateway

EVERY = timedelta(hours=1)
BATCH = 500


def count_if_due(gateway: RoleGateway, now: datetime) -> None:
    """Unless it was done within the hour. Default roles are no permissions."""
    counted_at = Synchronisation.get().permissions_counted_at
    if counted_at and counted_at > now - EVERY:
        return
    _write(_held(gateway))
    Synchronisation.objects.filter(pk=1).update(permissions_counted_at=now)


def note_count(uuid: str, count: int) -> None:
    """One client's own page has just counted them."""
    row = IndexedClient.objects.filter(uuid=uuid)
    if row.exclude(permissions=count).exists():
        row.update(permissions=count)


def _held(gateway: RoleGateway) -> dict[str, Roles]:
    """What each service account holds of the catalogue, by its username."""
    held: dict[str, Roles] = {}
    # Many accounts hold the same roles, which are kept once for all of them.
    shared: dict[tuple[Roles, Roles], Roles] = {}
    roles = list(CatalogueRole.objects.all())
    everyone = catalogue.default_roles(roles)
    for role in roles:
        given = catalogue.contents(role) - everyone
        if role.everyone or not given:
            continue
        for username in _members(gateway, role):
            before = held.get(username, Roles())
            held[username] = shared.setdefault((before, given), before | given)
    return held


def _members(gateway: RoleGateway, role: CatalogueRole) -> Iterator[str]:
    if role.client_uuid:
        return gateway.iter_client_role_members(role.client_uuid, role.name)
    return gateway.iter_realm_role_members(role.name)


def _write(held: dict[str, Roles]) -> None:
    rows = IndexedClient.objects.only("uuid", "client_id", "permissions")
    last = ""
    while batch := list(rows.filter(uuid__gt=last).order_by("uuid")[:BATCH]):
        changed = defaultdict(list)
        for row in batch:
            roles = held.get(f"service-account-{row.client_id.lower()}", Roles())
            count = len(roles.realm) + len(roles.client)
            if row.permissions != count:
                changed[count].append(row.uuid)
        for count, uuids in changed.items():
            IndexedClient.objects.filter(uuid__in=uuids).update(permissions=count)
        last = batch[-1].uuid
