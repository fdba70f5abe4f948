"""What became of a change whose answer was lost: told by what Keycloak really says."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apiclients.catalogue import label
from apiclients.fingerprints import fingerprint
from apiclients.token_services import in_words
from audit.models import Action, OpenIntent, Record
from audit.reconciling import Progress, look_at
from audit.recorder import Object
from audit.selectors import Standing, get_entry
from gateways.keycloak.models import Client, ClientChange, Role
from tests.contract.support import EMPTY, MakeClient, Upstream, changed, new_id
from tests.contract.test_role_mappings import found
from tests.outcomes import leave_open, look_twice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("delegate")]


@dataclass
class Change:
    """One that the log knows of: what it says, and how to send it."""

    obj: Object
    changes: dict[str, Any]
    send: Callable[[Record], object]


def create(upstream: Upstream, _: Client) -> Change:
    name = new_id()

    def send(intent: Record) -> None:
        upstream.clients.create_client(name, EMPTY, intent=str(intent.operation))

    return Change(Object("client", name), {}, send)


def update(upstream: Upstream, client: Client) -> Change:
    change = changed(client, description="Other", access_token_lifespan=900)
    before = ClientChange.of(client)
    return Change(
        _object(client),
        {
            name: {"before": getattr(before, name), "after": getattr(change, name)}
            for name in ("description", "access_token_lifespan")
        },
        lambda _: upstream.clients.update_client(client, change),
    )


def disable(upstream: Upstream, client: Client) -> Change:
    change = changed(client, enabled=False)
    return Change(
        _object(client),
        {"enabled": {"before": True, "after": False}},
        lambda _: upstream.clients.update_client(client, change),
    )


def delete(upstream: Upstream, client: Client) -> Change:
    return Change(
        _object(client), {}, lambda _: upstream.clients.delete_client(client.uuid)
    )


def regenerate(upstream: Upstream, client: Client) -> Change:
    before = fingerprint(upstream.clients.read_secret(client.uuid))
    return Change(
        _object(client),
        {"fingerprint": {"before": before, "after": None}},
        lambda _: upstream.clients.regenerate_secret(client.uuid),
    )


def revoke(upstream: Upstream, client: Client) -> Change:
    before = int(time.time())
    words = in_words(datetime.fromtimestamp(before, UTC))
    return Change(
        _object(client),
        {"not_before": {"before": None, "after": words}},
        lambda _: upstream.clients.set_not_before(client, before),
    )


def assign(upstream: Upstream, client: Client) -> Change:
    role, account = _role(upstream), _account(upstream, client)
    return Change(
        _object(client),
        {"permissions": {"before": None, "after": [_label(role)]}},
        lambda _: upstream.mappings.map_roles(account, [role]),
    )


def remove(upstream: Upstream, client: Client) -> Change:
    role, account = _role(upstream), _account(upstream, client)
    upstream.mappings.map_roles(account, [role])
    return Change(
        _object(client),
        {"permissions": {"before": [_label(role)], "after": None}},
        lambda _: upstream.mappings.unmap_roles(account, [role]),
    )


def _object(client: Client) -> Object:
    return Object("client", client.client_id, client.uuid)


def _role(upstream: Upstream) -> Role:
    return found(upstream, "access-datasets", "staging")


def _label(role: Role) -> str:
    return label(role.client_id, role.name)


def _account(upstream: Upstream, client: Client) -> str:
    return upstream.clients.get_service_account_id(client.uuid)


CHANGES = {
    Action.CLIENT_CREATE: create,
    Action.CLIENT_UPDATE: update,
    Action.CLIENT_DISABLE: disable,
    Action.CLIENT_DELETE: delete,
    Action.SECRET_REGENERATE: regenerate,
    Action.TOKEN_REVOKE: revoke,
    Action.ROLE_ASSIGN: assign,
    Action.ROLE_REMOVE: remove,
}


@pytest.fixture(params=CHANGES, ids=str)
def action(request: pytest.FixtureRequest) -> Action:
    return Action(request.param)


@pytest.fixture
def change(upstream: Upstream, make_client: MakeClient, action: Action) -> Change:
    return CHANGES[action](upstream, make_client(description="Nightly"))


@pytest.fixture
def intent(change: Change, action: Action) -> Record:
    """As a console that was killed left it; not older than what is sent now."""
    left = leave_open(
        change.obj,
        action=action,
        changes=change.changes,
        ago=timedelta(seconds=5),
    )
    OpenIntent.objects.update(lost_at=left.at)
    return left


def test_what_keycloak_did_is_settled_at_once(
    upstream: Upstream, change: Change, intent: Record
) -> None:
    change.send(intent)

    assert look_at(intent.id) is Progress.SETTLED

    entry = get_entry(intent.id)
    assert entry.outcome is Standing.SUCCEEDED
    if entry.object_id and not change.obj.id:
        upstream.clients.delete_client(entry.object_id)


def test_what_keycloak_never_got_is_settled_by_two_readings(
    change: Change, intent: Record
) -> None:
    assert look_twice(intent.id) is Progress.SETTLED

    assert get_entry(intent.id).outcome is Standing.FAILED
