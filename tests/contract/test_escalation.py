"""A delegate sends by hand what no page offers: refused, recorded, nothing is sent."""

from collections.abc import Iterator

import pytest

from audit.models import Action, Outcome, Record
from console.access import Actor
from tests.contract.delegate import (
    CHANGING,
    REVEALING,
    Delegate,
    Realm,
    watching_writes,
)
from tests.contract.outsiders import (
    DEMONSTRATION,
    HIDDEN,
    ONLY_REAL,
    Outsiders,
    outsiders,
)
from tests.contract.support import MakeClient, Upstream

pytestmark = pytest.mark.django_db
OWNERS = ("realm-management", "account", "broker", "production", "staging")


@pytest.fixture(scope="module")
def outside(upstream: Upstream) -> Iterator[Outsiders]:
    with outsiders(upstream) as found:
        yield found


@pytest.fixture(scope="module")
def realm(upstream: Upstream, outside: Outsiders) -> Realm:
    """With the role that hides an administrator's."""
    realm = Realm(upstream)
    realm.read(*OWNERS)
    return realm


@pytest.fixture
def bob(upstream: Upstream, delegate: Actor) -> Delegate:
    return Delegate(upstream, delegate)


@pytest.mark.parametrize(
    "name",
    [
        "audit-reader",  # not held, not delegable
        "administer-account",
        "staging:access-datasets",
        "visualization-team",  # holds more than is delegable
        "realm-management:manage-users",
        "realm-management:realm-admin",
        "platform-operator",  # holds realm-management:manage-clients
        "",  # an environment role that holds realm-management:manage-users
    ],
)
def test_a_role_posted_by_hand_is_refused(
    bob: Delegate,
    realm: Realm,
    outside: Outsiders,
    make_client: MakeClient,
    name: str,
) -> None:
    uuid, name = make_client().uuid, name or outside.hiding
    before = realm.held_by(uuid)

    with watching_writes() as writes:
        answer = bob.assign(uuid, realm.ids["reports-reader"], realm.ids[name])

    assert answer.status_code == 403
    assert writes == []
    assert realm.held_by(uuid) == before
    [entry] = Record.objects.all()
    assert (entry.action, entry.outcome) == (Action.ROLE_ASSIGN, Outcome.FAILED)
    assert entry.actor_subject == bob.actor.subject
    assert name.replace(":", ": ") in entry.explanation


@pytest.mark.parametrize(
    "why", [*DEMONSTRATION, *HIDDEN, *ONLY_REAL, "unknown"], ids=str
)
def test_a_client_outside_the_rule_is_not_there_for_anything(
    bob: Delegate, realm: Realm, outside: Outsiders, why: str
) -> None:
    if why not in outside.uuids:
        pytest.skip("The sandbox has neither groups nor mappers.")
    uuid, role_id = outside.uuids[why], realm.ids["reports-reader"]
    before = outside.look(why)

    with watching_writes() as writes:
        answers = {name: bob.post(name, uuid) for name in (*REVEALING, *CHANGING)}
        answers["assign"] = bob.assign(uuid, role_id)
        answers["remove"] = bob.remove(uuid, role_id)

    assert {name: a.status_code for name, a in answers.items()} == dict.fromkeys(
        answers, 404
    )
    assert writes == []
    assert outside.look(why) == before
    recorded = Record.objects.filter(object_id=uuid, outcome=Outcome.FAILED)
    actions = set(recorded.values_list("action", flat=True))
    assert actions == {Action.ROLE_ASSIGN, Action.ROLE_REMOVE}


@pytest.mark.parametrize("name", REVEALING)
def test_what_would_give_powers_away_is_refused(
    bob: Delegate, upstream: Upstream, make_client: MakeClient, name: str
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")
    secret = upstream.secret_of(client)

    with watching_writes() as writes:
        answer = bob.post(name, client.uuid)

    assert answer.status_code == 403
    assert secret not in answer.content.decode()
    assert writes == []
    assert upstream.secret_of(client) == secret
    [entry] = Record.objects.all()
    assert entry.outcome == Outcome.FAILED
    assert "audit-reader" in entry.explanation
