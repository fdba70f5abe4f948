"""Whatever a delegate sends in whatever order, no service account gains too much.

Each sequence is a few requests, drawn by a dice that always falls alike. 150 sequences,
or as many as ESCALATION_SEQUENCES says, in games of 50.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from console.access import Actor
from tests.contract.delegate import (
    CHANGING,
    MAY,
    REVEALING,
    Delegate,
    Realm,
    watching_writes,
)
from tests.contract.outsiders import Outsiders, outsiders
from tests.contract.support import Upstream, new_id

pytestmark = pytest.mark.django_db
SEQUENCES = 50  # of a game
GAMES = int(os.environ.get("ESCALATION_SEQUENCES", "150")) // SEQUENCES
OWNERS = ("realm-management", "account", "broker", "production", "staging")
MOST_CLIENTS = 4  # of the delegate at one time
KINDS = (*["assign"] * 5, *["remove"] * 2, *REVEALING, *CHANGING)


@dataclass
class Game:
    """One delegate, the clients that they made, and those that are not theirs."""

    dice: random.Random
    delegate: Delegate
    realm: Realm
    outside: Outsiders
    own: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    before: dict[str, str] = field(default_factory=dict)

    def play(self) -> None:
        """One sequence, and then what has come of it."""
        self.touched.clear()
        for _ in range(self.dice.randrange(3, 8)):
            if len(self.own) < 1 or self.dice.random() < 0.1:
                self.create()
            elif self.dice.random() < 0.25:
                self.try_outside()
            else:
                self.try_own()
        for uuid in self.touched:
            held = self.realm.held_by(uuid)
            assert held <= MAY, f"{self.own[uuid]} holds {sorted(held - MAY)}"

    def create(self) -> None:
        if len(self.own) >= MOST_CLIENTS:
            return
        client_id = new_id()
        answer = self._noted("create", self.delegate.create(client_id))
        assert answer.status_code == 302, answer.content
        self.own[self.delegate.upstream.client(client_id).uuid] = client_id

    def try_own(self) -> None:
        uuid = self.dice.choice(list(self.own))
        self.touched.add(uuid)
        kind, answer = self._send(uuid, confirm=self.own[uuid])
        if kind == "delete":
            assert answer.status_code == 302, answer.content
            del self.own[uuid]
            self.touched.discard(uuid)

    def try_outside(self) -> None:
        """Answered like a client that does not exist, and left as it is."""
        why = self.dice.choice(list(self.outside.uuids))
        if why not in self.before:
            self.before[why] = self.outside.look(why)
        with watching_writes() as writes:
            kind, answer = self._send(self.outside.uuids[why], confirm=why)
        assert answer.status_code == 404, f"{kind} {why}: {answer.status_code}"
        assert writes == [], f"{kind} {why}"

    def _send(self, uuid: str, *, confirm: str) -> tuple[str, Any]:
        kind, roles = self.dice.choice(KINDS), list(self.realm.ids)
        if kind == "assign":
            names = self.dice.sample(roles, self.dice.choice([1, 1, 2, 3]))
            if self.dice.random() < 0.4:
                names = self.dice.sample(sorted(MAY & self.realm.ids.keys()), 2)
            ids = [self.realm.ids[name] for name in names]
            return kind, self._noted(kind, self.delegate.assign(uuid, *ids))
        if kind == "remove":
            role_id = self.realm.ids[self.dice.choice(roles)]
            return kind, self._noted(kind, self.delegate.remove(uuid, role_id))
        answer = self.delegate.post(kind, uuid, confirm=confirm)
        return kind, self._noted(kind, answer)

    def _noted(self, kind: str, answer: Any) -> Any:
        assert answer.status_code < 500, f"{kind}: {answer.status_code}"
        self.answers[f"{kind} {answer.status_code}"] += 1
        return answer

    def clear(self) -> None:
        for uuid in self.own:
            self.delegate.upstream.clients.delete_client(uuid)


@pytest.fixture(params=range(GAMES))
def game(
    upstream: Upstream, delegate: Actor, request: pytest.FixtureRequest
) -> Iterator[Game]:
    with outsiders(upstream) as outside:
        realm = Realm(upstream)
        realm.read(*OWNERS)
        dice = random.Random(20261125 + request.param)
        game = Game(dice, Delegate(upstream, delegate), realm, outside)
        yield game
        game.clear()


def test_no_sequence_of_requests_gives_a_service_account_too_much(
    game: Game, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(SEQUENCES):
        game.play()

    assert {why: game.outside.look(why) for why in game.before} == game.before
    total = game.answers.total()
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{SEQUENCES} sequences of a delegate, {total} requests, 0 violations",
            end="",
        )
    # They do achieve something, and are refused something.
    assert {"assign 302", "assign 403", "delete 302"} <= game.answers.keys()
