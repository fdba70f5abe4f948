"""Permissions and tokens as a delegate uses them, on either of the two.

The console's own services, so that rule 2 is proved where Keycloak has its say as well.
"""

import time
from uuid import uuid4

import pytest

from apiclients import permission_services, token_services
from apiclients.permission_services import RolesNotAssignableError
from audit.models import Action, Outcome, Record
from console.access import Actor
from gateways.errors import NotFoundError, TokenRefusedError
from gateways.keycloak.models import Client, Roles
from tests.contract.support import (
    MakeClient,
    Upstream,
    changed,
    claims_in,
)

pytestmark = pytest.mark.django_db


def role_id(upstream: Upstream, name: str) -> str:
    owner, colon, role = name.rpartition(":")
    path = ("clients", upstream.client(owner).uuid) if colon else ()
    return str(upstream.admin("GET", *path, "roles", role).json()["id"])


def held_by(upstream: Upstream, client: Client) -> Roles:
    account = upstream.clients.get_service_account_id(client.uuid)
    return upstream.roles_of(account)


def assign(upstream: Upstream, actor: Actor, uuid: str, *names: str) -> None:
    ids = [role_id(upstream, name) for name in names]
    permission_services.assign_roles(uuid, ids, actor=actor, operation=uuid4())


def test_a_delegate_assigns_and_removes_what_is_delegable(
    upstream: Upstream, make_client: MakeClient, delegate: Actor
) -> None:
    client = make_client()
    before = held_by(upstream, client)
    names = ("reports-reader", "production:access-datasets")

    assign(upstream, delegate, client.uuid, *names)
    given = held_by(upstream, client) - before
    for name in names:
        permission_services.remove_role(
            client.uuid, role_id(upstream, name), actor=delegate, operation=uuid4()
        )

    assert given.names == ["production:access-datasets", "reports-reader"]
    assert held_by(upstream, client) == before


@pytest.mark.parametrize(
    "name",
    [
        "audit-reader",
        "administer-account",
        "production:manage-clusters",
        "realm-management:manage-users",
        "realm-management:realm-admin",
        "platform-operator",  # contains realm-management:manage-clients
        "visualization-team",
    ],
)
def test_a_delegate_assigns_nothing_beyond(
    upstream: Upstream, make_client: MakeClient, delegate: Actor, name: str
) -> None:
    client = make_client()
    before = held_by(upstream, client)

    with pytest.raises(RolesNotAssignableError):
        assign(upstream, delegate, client.uuid, "reports-reader", name)

    assert held_by(upstream, client) == before
    [entry] = Record.objects.all()
    assert (entry.action, entry.outcome) == (Action.ROLE_ASSIGN, Outcome.FAILED)
    assert name.replace(":", ": ") in entry.explanation


@pytest.mark.parametrize("client_id", ["platform-automation", "legacy-provisioner"])
def test_a_delegate_gives_nothing_to_a_client_outside_the_rule(
    upstream: Upstream, delegate: Actor, client_id: str
) -> None:
    client = upstream.client(client_id)
    before = held_by(upstream, client)

    with pytest.raises(NotFoundError):
        assign(upstream, delegate, client.uuid, "reports-reader")

    assert held_by(upstream, client) == before


def test_a_token_is_downloaded_and_tested(
    upstream: Upstream, make_client: MakeClient, delegate: Actor
) -> None:
    client = make_client()

    _, token = token_services.download_token(client.uuid, actor=delegate)
    _, steps = token_services.try_client(client.uuid, actor=delegate)

    assert claims_in(token.value)["azp"] == client.client_id
    assert [(step.key, step.told) for step in steps] == [
        ("token_endpoint", "Accepted"),
        ("userinfo", "Accepted"),
    ]


def test_a_client_that_gets_no_token_says_why(
    upstream: Upstream, make_client: MakeClient, delegate: Actor
) -> None:
    client = make_client()
    upstream.clients.update_client(client, changed(client, enabled=False))

    with pytest.raises(TokenRefusedError) as caught:
        token_services.download_token(client.uuid, actor=delegate)

    assert (
        caught.value.detail == "It does not accept the client, which may be disabled."
    )


def test_a_client_with_a_broken_lifespan_can_still_be_looked_at(
    upstream: Upstream, make_client: MakeClient, delegate: Actor
) -> None:
    client = make_client()
    upstream.set_attribute(client, "access.token.lifespan", "abc")

    with pytest.raises(TokenRefusedError) as caught:
        token_services.download_token(client.uuid, actor=delegate)

    assert "no whole number" in caught.value.detail


def test_revoking_has_userinfo_refuse_tokens_from_before(
    upstream: Upstream, make_client: MakeClient, delegate: Actor
) -> None:
    client = make_client()
    token = upstream.token_of(client, scope="openid")
    before = upstream.userinfo(token).status_code

    token_services.revoke_tokens(
        client.uuid, actor=delegate, operation=uuid4(), reason=""
    )

    assert (before, upstream.userinfo(token).status_code) == (200, 401)
    time.sleep(1.1)
    new = upstream.token_of(client, scope="openid")
    assert upstream.userinfo(new).status_code == 200
