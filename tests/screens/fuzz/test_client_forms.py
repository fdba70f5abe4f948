"""Hostile values in the forms that create and change an API client."""

from django.urls import reverse
from hypothesis import strategies as st

from tests.screens.fuzz.hostile import new_key, values
from tests.screens.fuzz.sending import Fuzzer, sends

GOOD = {
    "description": ["Reports"],
    "owner": ["data@northwind.example"],
    "lifespan_choice": ["own"],
    "lifespan_number": ["15"],
    "lifespan_unit": ["minutes"],
    "accept_risk": ["on"],
    "enabled": ["on"],
}


def fields_of(*names: str) -> st.SearchStrategy[dict[str, list[str]]]:
    """Values of some fields, to be put over good ones."""
    return st.dictionaries(st.sampled_from(names), values(), min_size=1, max_size=3)


@sends(200)
def test_create_takes_whatever_is_typed(fuzzer: Fuzzer, target: str) -> None:
    address = reverse("apiclients:create")
    numbers = iter(range(10**6))

    def attack(bad: dict[str, list[str]]) -> None:
        name = f"svc-{next(numbers)}"
        good = {**GOOD, "client_id": [name], "operation": [new_key()]}
        response = fuzzer.post(address, {**good, **bad})
        if response.status_code == 302:
            fuzzer.get(response["Location"].partition("?")[0])

    names = (*GOOD, "client_id", "client_id[]", "operation", "csrfmiddlewaretoken")
    fuzzer.run(fields_of(*names), attack)


@sends(200)
def test_settings_take_whatever_is_typed(fuzzer: Fuzzer, target: str) -> None:
    address = reverse("apiclients:settings", args=[target])

    def attack(bad: dict[str, list[str]]) -> None:
        # With the version that was seen it would say what is different.
        good = {**GOOD, "version": ["1"], "operation": [new_key()]}
        fuzzer.post(address, {**good, **bad})

    names = (*GOOD, "version", "operation", "uuid", "__proto__")
    fuzzer.run(fields_of(*names), attack)
