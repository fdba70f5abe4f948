"""Hostile filters, sorts, cursors and exports of the lists."""

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import strategies as st

from audit.exports.formats import FORMATS
from tests.factories import make_entry, make_indexed_client
from tests.screens.fuzz.hostile import (
    CODE,
    CONTROLS,
    MARKUP,
    cursors,
    encoded,
    texts,
    values,
)
from tests.screens.fuzz.sending import Fuzzer, sends

Filters = dict[str, list[str]]
OF_CLIENTS = (
    *("q", "status", "last_used", "secret_age", "lifespan", "permissions", "owner"),
    *("sort", "size", "after", "before", "page", "q__startswith"),
)
OF_ENTRIES = (
    *("since", "until", "person", "action", "object", "outcome", "address"),
    *("after", "before", "format", "_connector"),
)


@pytest.fixture
def shown(target: str) -> list[str]:
    """Hostile texts that are in the index and in the log: a few rows with many."""
    known = [text.replace("\0", "") for text in (*MARKUP, *CODE, *CONTROLS[2:6])]
    for number in range(0, len(known), 5):
        five = (known[number : number + 5] * 5)[:5]
        first, second, third, fourth, fifth = five
        make_indexed_client(f"{number}{first}", description=second, owner=third)
        make_entry(
            object_name=first,
            object_id=second[:36],
            actor_username=third,
            actor_name=fourth,
            address=fifth[:45],
            reason=first,
            explanation=fourth,
            changes={"description": {"before": second, "after": fifth}},
        )
    return known


def filters_of(*names: str) -> st.SearchStrategy[Filters]:
    usual = st.dictionaries(st.sampled_from(names), values(), max_size=3)
    paged = st.sampled_from(["after", "before"])
    pages = st.dictionaries(paged, cursors().map(lambda text: [text]), max_size=1)
    return st.tuples(usual, pages).map(lambda pair: {**pair[0], **pair[1]})


def query_of(filters: Filters) -> bytes:
    return encoded([(name, v) for name, given in filters.items() for v in given])


@sends(400)
@pytest.mark.parametrize(
    ("name", "target_id", "names"),
    [
        ("apiclients:list", "clients", OF_CLIENTS),
        ("audit:list", "entries", OF_ENTRIES),
    ],
)
def test_list_takes_any_filter(
    fuzzer: Fuzzer, shown: list[str], name: str, target_id: str, names: tuple[str, ...]
) -> None:
    address = reverse(name)
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": target_id}

    def attack(filters: Filters) -> None:
        query = query_of(filters)
        fuzzer.get(address, query, **htmx if len(query) % 4 else {})

    fuzzer.run(filters_of(*names), attack)


@sends(800)
def test_a_list_without_rows_takes_any_cursor(fuzzer: Fuzzer, target: str) -> None:
    pages = (
        (reverse("apiclients:list"), "clients"),
        (reverse("audit:list"), "entries"),
    )

    def attack(cursor: str) -> None:
        for address, target_id in pages:
            for name in ("after", "before"):
                query = encoded([("q", "none-has-this"), (name, cursor)])
                htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": target_id}
                fuzzer.get(address, query, **htmx)

    fuzzer.run(cursors(), attack, each=4)


@sends(300)
def test_export_of_clients_takes_any_filter(fuzzer: Fuzzer, shown: list[str]) -> None:
    address = reverse("apiclients:export")

    def attack(filters: Filters) -> None:
        fuzzer.send("POST", address, query=query_of(filters))

    fuzzer.run(filters_of(*OF_CLIENTS), attack)


@sends(300)
def test_export_of_entries_takes_any_filter(fuzzer: Fuzzer, shown: list[str]) -> None:
    address = reverse("audit:export")
    formats = st.sampled_from([*FORMATS])
    chosen = st.one_of(formats, formats, formats, texts())

    def attack(both: tuple[Filters, str]) -> None:
        filters, name = both
        body = encoded([("format", name)])
        fuzzer.send("POST", address, query=query_of(filters), body=body)

    fuzzer.run(st.tuples(filters_of(*OF_ENTRIES), chosen), attack)


@pytest.mark.parametrize("name", [*FORMATS])
def test_export_keeps_hostile_texts_in_their_fields(
    fuzzer: Fuzzer, shown: list[str], name: str
) -> None:
    response: Any = fuzzer.post(reverse("audit:export"), {"format": [name]})

    assert response.status_code == 200
    lines = response.getvalue().decode().splitlines()
    assert len(lines) > len(shown) // 5
    for line in lines:
        assert not set(line) & set("\x00\x07\x08\x1b\x7f"), repr(line)
