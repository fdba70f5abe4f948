"""Rule 1: what is no API client of this console is not there, whoever guesses it."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apiclients import synchronisation
from apiclients.models import IndexedClient, Synchronisation
from gateways import configured
from tests.factories import make_indexed_client
from tests.pages import read_page
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.browser import heading
from tests.screens.records import entries

BUILT_IN = (
    "account",
    "account-console",
    "admin-cli",
    "broker",
    "realm-management",
    "security-admin-console",
)
# What makes a client another kind of client.
OTHER_KINDS: dict[str, dict[str, Any]] = {
    "signs people in": {"standardFlowEnabled": True},
    "signs people in implicitly": {"implicitFlowEnabled": True},
    "signs devices in": {
        "attributes": {"oauth2.device.authorization.grant.enabled": "true"}
    },
    "is public": {"publicClient": True},
    "only checks tokens": {"bearerOnly": True},
    "speaks SAML": {"protocol": "saml"},
    "has no service account": {"serviceAccountsEnabled": False},
}
# The matrix of authorization tries them all, on fewer kinds of clients.
ADDRESSES = ("settings", "secret-show", "delete")
FORM = {
    "description": "Mine",
    "lifespan_choice": "default",
    "version": "0123456789abcdef",
    "confirm": "svc-hidden",
}
NUMBERS = re.compile(rb"req-[0-9a-f]{12}|name=\"csrfmiddlewaretoken\" value=\"\w+\"")


def answers(browser: Client, uuid: str) -> list[tuple[str, int, bytes]]:
    """What every address of a client answers, apart from numbers used once."""
    found = []
    for name in ADDRESSES:
        address = reverse(f"apiclients:{name}", args=[uuid])
        form = {**FORM, "operation": new_operation()}
        found.append((f"GET {name}", browser.get(address)))
        found.append((f"POST {name}", browser.post(address, form)))
    return [
        (name, response.status_code, _without_numbers(response.content, uuid))
        for name, response in found
    ]


def _without_numbers(body: bytes, uuid: str) -> bytes:
    return NUMBERS.sub(b"", body.replace(uuid.encode(), b""))


def uuid_of(client_id: str) -> str:
    client = configured.clients().find_client(client_id)
    assert client is not None
    return client.uuid


@pytest.fixture(scope="module")
def remembered() -> list[tuple[str, int, bytes]]:
    """Filled once: these answers are the same in every test, as they must be."""
    return []


@pytest.fixture
def unknown(
    admin: Client,
    keycloak: SandboxControl,
    synchronised: Synchronisation,
    remembered: list[tuple[str, int, bytes]],
) -> list[tuple[str, int, bytes]]:
    """What the addresses of a client that never was answer."""
    if not remembered:
        remembered += answers(admin, str(uuid4()))
    return remembered


def assert_not_there(
    browser: Client,
    keycloak: SandboxControl,
    uuid: str,
    unknown: list[tuple[str, int, bytes]],
) -> None:
    keycloak.forget_calls()
    assert answers(browser, uuid) == unknown
    assert keycloak.writes() == []
    assert not [call for call in keycloak.reads() if "client-secret" in call]
    assert entries() == []


def test_an_unknown_client_is_not_found(
    admin: Client, unknown: list[tuple[str, int, bytes]]
) -> None:
    response = admin.get(reverse("apiclients:settings", args=[uuid4()]))

    assert heading(read_page(response)) == "There is nothing here"
    for name, status, _ in unknown:
        assert status == 404, name


@pytest.mark.parametrize("role", ["manage-clients", "view-events", "realm-admin"])
def test_a_client_with_an_administrators_role_is_not_there(
    admin: Client,
    keycloak: SandboxControl,
    unknown: list[tuple[str, int, bytes]],
    role: str,
) -> None:
    uuid = keycloak.add_client("svc-hidden")
    keycloak.give_roles(
        "service-account-svc-hidden", client={"realm-management": [role]}
    )

    assert_not_there(admin, keycloak, uuid, unknown)


@pytest.mark.parametrize("full_scope", [True, False])
@pytest.mark.parametrize(
    "roles",
    [
        {"client": {"realm-management": ["manage-users"]}},
        {"realm": ["platform-operator"]},
    ],
    ids=["directly", "inside a composite"],
)
def test_a_protected_client_is_not_there_whatever_its_scope(
    admin: Client,
    keycloak: SandboxControl,
    unknown: list[tuple[str, int, bytes]],
    roles: dict[str, Any],
    full_scope: bool,
) -> None:
    uuid = keycloak.add_client("svc-hidden", fullScopeAllowed=full_scope)
    keycloak.give_roles("service-account-svc-hidden", **roles)

    assert_not_there(admin, keycloak, uuid, unknown)


def test_a_protected_client_is_not_there_although_its_tokens_hide_it(
    admin: Client, keycloak: SandboxControl, unknown: list[tuple[str, int, bytes]]
) -> None:
    """A request with scope=roles would bring them back."""
    on_demand = {"defaultClientScopes": ["basic"], "optionalClientScopes": ["roles"]}
    uuid = keycloak.add_client("svc-hidden", **on_demand)
    keycloak.give_roles("service-account-svc-hidden", realm=["platform-operator"])

    assert_not_there(admin, keycloak, uuid, unknown)


def test_a_client_that_became_protected_meanwhile_is_not_there_once_it_was_touched(
    admin: Client, keycloak: SandboxControl, unknown: list[tuple[str, int, bytes]]
) -> None:
    uuid = keycloak.add_client("svc-hidden")
    make_indexed_client("svc-hidden", uuid=uuid)
    keycloak.give_roles("service-account-svc-hidden", realm=["platform-operator"])

    touched = admin.post(
        reverse("apiclients:secret-show", args=[uuid]), {"operation": new_operation()}
    )

    assert touched.status_code == 404
    assert_not_there(admin, keycloak, uuid, unknown)


def test_a_protected_client_is_not_in_the_list_after_a_synchronisation(
    admin: Client, keycloak: SandboxControl, synchronised: Synchronisation
) -> None:
    keycloak.add_client("svc-open")
    keycloak.add_client("svc-hidden")
    keycloak.add_client("svc-hidden-too")
    keycloak.give_roles("service-account-svc-hidden", realm=["platform-operator"])
    keycloak.give_roles(
        "service-account-svc-hidden-too", client={"realm-management": ["view-users"]}
    )
    synchronisation.synchronise()

    response = admin.get(reverse("apiclients:list"))

    assert "svc-open" in response.text
    assert "svc-hidden" not in response.text


@pytest.mark.parametrize("client_id", [*BUILT_IN, "api-client-console"])
def test_a_client_of_keycloak_or_the_console_is_not_there(
    admin: Client,
    keycloak: SandboxControl,
    unknown: list[tuple[str, int, bytes]],
    client_id: str,
) -> None:
    assert_not_there(admin, keycloak, uuid_of(client_id), unknown)


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_another_kind_of_client_is_not_there(
    admin: Client,
    keycloak: SandboxControl,
    unknown: list[tuple[str, int, bytes]],
    kind: str,
) -> None:
    uuid = keycloak.add_client("svc-hidden", **OTHER_KINDS[kind])

    assert_not_there(admin, keycloak, uuid, unknown)


def test_a_client_that_became_another_kind_is_not_there(
    admin: Client, keycloak: SandboxControl, unknown: list[tuple[str, int, bytes]]
) -> None:
    uuid = keycloak.add_client("svc-hidden")
    make_indexed_client("svc-hidden", uuid=uuid)
    keycloak.change_client(uuid, standardFlowEnabled=True)

    assert_not_there(admin, keycloak, uuid, unknown)


def test_a_client_that_was_deleted_elsewhere_is_not_there_and_leaves_the_list(
    admin: Client, keycloak: SandboxControl, unknown: list[tuple[str, int, bytes]]
) -> None:
    uuid = keycloak.add_client("svc-hidden")
    make_indexed_client("svc-hidden", uuid=uuid)
    keycloak.remove_client(uuid)

    assert_not_there(admin, keycloak, uuid, unknown)
    assert not IndexedClient.objects.exists()


@pytest.mark.parametrize(
    "trick",
    [
        "{uuid}%2F..%2Frealm-management",
        "..%2F{uuid}",
        "%2e%2e",
        "{uuid}%00",
        "{uuid}%0A",
        "{uuid}%20",
        "%20{uuid}",
        "{{{uuid}}}",
        "{uuid};x=1",
        "{uuid}%3Fq=1",
        "{uuid}%23",
        "{upper}",
        "{hex}",
        "urn:uuid:{uuid}",
        "{wide}",
        "svc-hidde",
        "-1",
        "%F0%9F%98%80",
        "%FF",
    ],
)
def test_an_address_that_is_no_uuid_reaches_nobody(
    admin: Client, keycloak: SandboxControl, synchronised: Synchronisation, trick: str
) -> None:
    uuid = keycloak.add_client("svc-hidden")
    text = trick.format(
        uuid=uuid,
        upper=uuid.upper(),
        hex=uuid.replace("-", ""),
        # Digits all the same, for Python.
        wide="".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in uuid),
    )
    keycloak.forget_calls()

    for name in ("", "credentials/", "credentials/show/", "delete/"):
        for send in (admin.get, admin.post):
            response = send(f"/api-clients/{text}/{name}")

            assert response.status_code == 404
            assert "svc-hidden" not in response.text
    assert keycloak.calls() == []
    assert entries() == []
