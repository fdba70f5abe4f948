"""Roles as the tests of permissions name them: `role`, or `owner:role`."""

from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.urls import reverse

from apiclients import catalogue
from apiclients.models import CatalogueRole
from console import policy
from gateways import configured
from gateways.keycloak.models import Roles
from tests.sandbox_control import new_operation

DEFAULT = Roles(
    realm=frozenset({"default-roles-northwind", "offline_access", "uma_authorization"})
)
ADMIN = "/auth/admin/realms/northwind"


def read_catalogue() -> None:
    """As a synchronisation does."""
    gateway = configured.roles()
    clients = [c for page in configured.clients().iter_pages() for c in page]
    environments = catalogue.environments_among(clients)
    catalogue.synchronise(gateway, gateway.list_realm_roles(), environments)


def role_id(name: str) -> str:
    """Keycloak's id, also of a role that is not in the catalogue."""
    owner, colon, role = name.rpartition(":")
    known = CatalogueRole.objects.filter(client_id=owner, name=role).first()
    if known:
        return known.id
    if not colon:
        found = configured.roles().list_realm_roles()
    else:
        client = configured.clients().find_client(owner)
        assert client is not None, owner
        found = configured.roles().list_roles_of(client.uuid, owner)
    return next(each.id for each in found if each.name == role)


def account_of(uuid: str) -> str:
    return configured.clients().get_service_account_id(uuid)


def read_roles(uuid: str) -> Roles:
    """What the client's service account holds now, composites expanded."""
    console = configured.console_uuid()
    account = account_of(uuid)
    return configured.roles().get_effective_roles(account, through_client=console)


def held_by(uuid: str) -> set[str]:
    """What the client's service account holds now, without what every client has."""
    held = read_roles(uuid) - DEFAULT
    return {name for name in held.names if not name.startswith("account:")}


def is_protected(uuid: str) -> bool:
    return policy.is_protected(read_roles(uuid))


def mapping(uuid: str, owner: str = "") -> str:
    """The path of the mappings of one container."""
    path = f"{ADMIN}/users/{account_of(uuid)}/role-mappings"
    if not owner:
        return f"{path}/realm"
    client = configured.clients().find_client(owner)
    assert client is not None, owner
    return f"{path}/clients/{client.uuid}"


def permissions_page(uuid: str) -> str:
    return reverse("apiclients:permissions", args=[uuid])


def assign_page(uuid: str) -> str:
    return reverse("apiclients:permissions-assign", args=[uuid])


def post_roles(browser: Client, uuid: str, names: Iterable[str], **extra: Any) -> Any:
    """A POST made by hand, whatever the page offers."""
    form = {"operation": new_operation(), "roles": [role_id(name) for name in names]}
    return browser.post(assign_page(uuid), {**form, **extra})


def post_removal(browser: Client, uuid: str, name: str, **extra: Any) -> Any:
    form = {"operation": new_operation(), "role": role_id(name)}
    address = reverse("apiclients:permission-remove", args=[uuid])
    return browser.post(address, {**form, **extra})
