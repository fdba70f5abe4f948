"""Nobody guesses the id of a session, and it holds nothing."""

import math
from collections import Counter
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.backends.db import SessionStore

COUNT, ENOUGH = 10_000, 128  # ids, bits


@pytest.fixture(scope="module")
def keys() -> list[str]:
    """As the session store makes them; whether one is taken is not asked here."""
    with patch.object(SessionStore, "exists", return_value=False):
        store: Any = SessionStore()
        return [store._get_new_session_key() for _ in range(COUNT)]


def entropy(letters: str) -> float:
    """Bits a letter, as far as these show."""
    shares = [count / len(letters) for count in Counter(letters).values()]
    return -sum(share * math.log2(share) for share in shares)


def test_no_two_are_alike(keys: list[str]) -> None:
    assert len(set(keys)) == COUNT
    assert len({key[:16] for key in keys}) == COUNT


def test_each_has_more_bits_than_anybody_can_try(keys: list[str]) -> None:
    by_place = [entropy("".join(letters)) for letters in zip(*keys, strict=True)]

    assert sum(by_place) >= ENOUGH


def test_one_does_not_follow_from_another(keys: list[str]) -> None:
    """Letters that meet at the same place of two ids in a row: 1 in 36 by chance."""
    met = sum(a == b for pair in pairwise(keys) for a, b in zip(*pair, strict=True))
    places = (COUNT - 1) * len(keys[0])

    assert 0.9 < met / places * len(set("".join(keys))) < 1.1
