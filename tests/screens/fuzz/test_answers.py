"""What other services may answer: any value in place of any other."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse
from hypothesis import strategies as st

from apiclients.login_events import read_login_events
from apiclients.models import Watch
from gateways.answers import Answer
from gateways.errors import GatewayError
from gateways.transport import Transport
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_tokens.asking import get_token
from tests.screens.clusters.clusters import address
from tests.screens.fuzz.hostile import documents, new_key, storable, texts
from tests.screens.fuzz.sending import Fuzzer, sends

ask = Transport._attempt


@dataclass
class Liar:
    """Puts a value into the answer of one of the next calls, at one of its places."""

    call: int
    places: list[int]
    value: Any
    asked: int = field(default=0)

    def __call__(self, transport: Transport, *args: Any) -> Answer:
        answer = ask(transport, *args)
        self.asked += 1
        wanted = self.asked - 1 == self.call and answer.body
        if not wanted or b"access_token" in answer.body:
            return answer
        document = put(json.loads(answer.body), self.places, self.value)
        return replace(answer, body=json.dumps(document).encode())


def put(document: Any, places: list[int], value: Any) -> Any:
    """The document with the value instead of what is at the place: turn by turn."""
    if not places or not document or not isinstance(document, dict | list):
        return value
    turn, *further = places
    if isinstance(document, dict):
        name = list(document)[turn % len(document)]
        return {**document, name: put(document[name], further, value)}
    index = turn % len(document)
    return [
        *document[:index],
        put(document[index], further, value),
        *document[index + 1 :],
    ]


def liars(calls: int) -> st.SearchStrategy[Liar]:
    places = st.lists(st.integers(0, 30), max_size=4)
    return st.builds(Liar, st.integers(0, calls - 1), places, documents())


@pytest.fixture
def lied_to(fuzzer: Fuzzer, hasty: None) -> Callable[[Liar, str, str], None]:
    """Open a page, or send a form, while a service answers with a lie."""

    def lie(liar: Liar, method: str, path: str) -> None:
        body = b"" if method == "GET" else b"operation=" + new_key().encode()
        with patch.object(Transport, "_attempt", lambda *args: liar(*args)):
            fuzzer.send(method, path, body=body, upstream=True)

    return lie


PAGES = ("settings", "credentials", "permissions", "permissions-assign", "tokens")
DEEDS = ("disable", "enable", "secret-regenerate", "token-test", "secret-show")


@sends(160)
@pytest.mark.parametrize("name", PAGES)
def test_page_survives_any_answer_of_keycloak(
    fuzzer: Fuzzer, target: str, lied_to: Callable[[Liar, str, str], None], name: str
) -> None:
    path = reverse(f"apiclients:{name}", args=[target])
    htmx: dict[str, Any] = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "clients"}

    def attack(liar: Liar) -> None:
        lied_to(liar, "GET", path)
        fuzzer.get(reverse("apiclients:list"), **htmx)  # shows what was kept of it

    fuzzer.run(liars(2), attack, each=2)


@sends(80)
@pytest.mark.parametrize("name", DEEDS)
def test_deed_survives_any_answer_of_keycloak(
    fuzzer: Fuzzer, target: str, lied_to: Callable[[Liar, str, str], None], name: str
) -> None:
    path = reverse(f"apiclients:{name}", args=[target])

    fuzzer.run(liars(6), lambda liar: lied_to(liar, "POST", path))


@sends(100)
@pytest.mark.parametrize("name", ["overview", "setup", "restart"])
def test_page_survives_any_answer_of_the_manager(
    fuzzer: Fuzzer,
    manager: SandboxControl,
    lied_to: Callable[[Liar, str, str], None],
    name: str,
) -> None:
    path = address(name)

    fuzzer.run(liars(2), lambda liar: lied_to(liar, "GET", path))


@sends(240)
def test_client_may_hold_any_text(
    fuzzer: Fuzzer, target: str, keycloak: SandboxControl
) -> None:
    """Set in the sandbox, as Keycloak's own console would let somebody do."""
    names = ("settings", "credentials", "tokens", "delete", "activity")

    def attack(example: tuple[str, str]) -> None:
        text, other = map(storable, example)
        keycloak.change_client(
            target,
            clientId=f"svc-{text}"[:200],
            description=text,
            attributes={"console.owner": other, "access.token.lifespan": other},
        )
        for name in names:
            fuzzer.get(reverse(f"apiclients:{name}", args=[target]), upstream=True)
        fuzzer.get(reverse("apiclients:list"))

    fuzzer.run(st.tuples(texts(), texts()), attack, each=6)


@sends(100)
def test_role_may_have_any_name(
    fuzzer: Fuzzer, target: str, keycloak: SandboxControl
) -> None:
    names = ("permissions", "permissions-assign")

    def attack(example: tuple[str, str]) -> None:
        name, description = map(storable, example)
        name = name.replace("/", "") or "-"
        keycloak.define_role(name, description=description)
        keycloak.give_roles("service-account-svc-reports", realm=[name])
        for page in names:
            fuzzer.get(reverse(f"apiclients:{page}", args=[target]), upstream=True)
        keycloak.remove_role(name)

    fuzzer.run(st.tuples(texts(), texts()), attack, each=2)


@sends(150)
def test_login_event_may_say_anything(
    fuzzer: Fuzzer, target: str, keycloak: SandboxControl
) -> None:
    """A reading that fails is no reading; what is kept of one can be shown."""
    path = reverse("apiclients:activity", args=[target])
    get_token(keycloak, target)

    def attack(liar: Liar) -> None:
        Watch.objects.filter(pk=1).update(read_up_to=0, read_ids=[])
        with patch.object(Transport, "_attempt", lambda *args: liar(*args)):
            try:
                read_login_events()
            except GatewayError:
                liar.asked = 0
        fuzzer.get(path)

    fuzzer.run(liars(3), attack)
