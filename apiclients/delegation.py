"""Rule 2 with Keycloak's word: may this person assign these roles, as they are now?"""

from collections.abc import Iterable, Sequence

from django.conf import settings

from apiclients.catalogue import label
from apiclients.models import CatalogueRole
from console import policy
from console.access import Actor, ConfirmedActor
from gateways import configured
from gateways.errors import NotFoundError
from gateways.keycloak.models import Role, Roles
from gateways.keycloak.roles import RoleGateway

GONE = "It is not there any more."


def why_not(role: Roles, contained: Roles, actor: Actor) -> str:
    """Why the person may not assign a role, in words; empty if they may."""
    bars = policy.bars_assigning(
        contained, actor.roles, delegable=settings.DELEGABLE_ROLES
    )
    if not bars:
        return ""
    inside = [name for name in bars if name not in role.names]
    names = ", ".join(inside)
    if policy.is_protected(role):
        return "It administers Keycloak itself, so no API client gets it."
    if policy.is_protected(contained):
        return f"It contains {names}, which administers Keycloak itself."
    return (
        f"It gives {names}, which you do not hold." if inside else "You do not hold it."
    )


def judge(
    role_ids: Sequence[str], actor: ConfirmedActor
) -> tuple[list[Role], dict[str, str]]:
    """The roles as they are now, and why some of them cannot be assigned, by name."""
    gateway = configured.roles()
    roles: list[Role] = []
    reasons: dict[str, str] = {}
    for role_id in dict.fromkeys(role_ids):
        role = _read(gateway, role_id)
        if role is None:
            reasons[known_names([role_id])] = GONE
            continue
        roles.append(role)
        if reason := why_not(role.as_roles, gateway.expand(role), actor):
            reasons[label(role.client_id, role.name)] = reason
    return roles, reasons


def find_excess(roles: Iterable[Role], actor: ConfirmedActor) -> list[Role]:
    """Those of them that by now hold more than the person may assign.

    By id, since a mapping stays when its role gets another name.
    """
    gateway = configured.roles()
    excess = []
    for role in roles:
        now = _find(gateway, role.id)
        if now and why_not(now.as_roles, gateway.expand(now), actor):
            excess.append(now)
    return excess


def known_names(role_ids: Iterable[str]) -> str:
    """The names of roles as the catalogue has them; an id that it does not know."""
    wanted = [role_id[:36] for role_id in role_ids]
    known = CatalogueRole.objects.in_bulk(wanted)
    names = (
        label(known[role_id].client_id, known[role_id].name)
        if role_id in known
        else role_id
        for role_id in wanted
    )
    return ", ".join(names)


def _read(gateway: RoleGateway, role_id: str) -> Role | None:
    """None if it is gone, or has another name than the one that was chosen."""
    role = _find(gateway, role_id)
    row = CatalogueRole.objects.filter(id=role_id).first()
    if role and row and (row.client_id, row.name) != (role.client_id, role.name):
        return None
    return role


def _find(gateway: RoleGateway, role_id: str) -> Role | None:
    try:
        return gateway.get_role(role_id)
    except NotFoundError:
        return None
