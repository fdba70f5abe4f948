"""Hostile values in the forms round every screen: signing in, theme, bulk."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import strategies as st

from tests.screens.fuzz.hostile import encoded, values
from tests.screens.fuzz.sending import Fuzzer, sends

Fields = dict[str, list[str]]


@pytest.fixture
def stranger(fuzzer: Fuzzer) -> Fuzzer:
    other = Fuzzer(Client())
    other.wanted = fuzzer.wanted
    return other


@sends(600)
@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("console:theme", ("theme", "next")),
        ("console:sign-in-start", ("next", "again")),
        ("console:back-channel-logout", ("logout_token",)),
        ("console:sign-out", ("next",)),
    ],
)
def test_form_for_everybody_takes_whatever_is_sent(
    stranger: Fuzzer, name: str, names: tuple[str, ...]
) -> None:
    address = reverse(name)
    fields = st.dictionaries(st.sampled_from(names), values(), min_size=1)

    def attack(bad: Fields) -> None:
        stranger.post(address, bad, upstream=True)

    stranger.run(fields, attack)


@sends(800)
def test_sign_in_takes_any_query(stranger: Fuzzer) -> None:
    addresses = [reverse(f"console:sign-in{end}") for end in ("", "-callback")]
    names = ("next", "code", "state", "iss", "error", "error_description")
    fields = st.dictionaries(st.sampled_from(names), values(), min_size=1)

    def attack(bad: Fields) -> None:
        pairs = [(name, value) for name, given in bad.items() for value in given]
        for address in addresses:
            stranger.get(address, encoded(pairs))

    stranger.run(fields, attack, each=2)


@sends(800)
@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("apiclients:bulk", ("clients", "action", "next")),
        ("apiclients:refresh", ("next",)),
        ("console:theme", ("theme", "next")),
        ("console:sign-in-start", ("next", "again")),
    ],
)
def test_form_that_redirects_takes_whatever_is_sent(
    fuzzer: Fuzzer, target: str, name: str, names: tuple[str, ...]
) -> None:
    address = reverse(name)
    good = {"clients": [target], "action": ["disable"]}
    fields = st.dictionaries(st.sampled_from(names), values(), min_size=1)

    def attack(bad: Fields) -> None:
        fuzzer.post(address, {**good, **bad}, upstream=True)

    fuzzer.run(fields, attack)


@sends(200)
@pytest.mark.parametrize("action", ["disable", "lifespan", "delete"])
def test_bulk_confirmation_takes_whatever_is_typed(
    fuzzer: Fuzzer, target: str, action: str
) -> None:
    choice = {"clients": [target], "action": [action], "next": ["/api-clients/"]}
    address = fuzzer.post(reverse("apiclients:bulk"), choice)["Location"]
    path, _, _ = address.partition("?")
    names = ("reason", "confirm", "lifespan_choice", "lifespan_number", "next")
    fields = st.dictionaries(st.sampled_from(names), values(), min_size=1)

    def attack(bad: Fields) -> None:
        fuzzer.post(path, {"lifespan_choice": ["own"], "lifespan_number": ["x"], **bad})

    fuzzer.run(fields, attack)
