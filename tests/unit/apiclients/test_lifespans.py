"""What is allowed, and what tokens really get."""

import pytest

from apiclients.lifespans import Limits, split

LIMITS = Limits(default=300, cap=36000)


@pytest.mark.parametrize(
    ("lifespan", "issued"),
    [
        (None, 300),
        (60, 60),
        (900, 900),
        (35999, 35999),
        (36000, 36000),
        (36001, 36000),
        (864000, 36000),
        (0, 0),
        (-1, 36000),
        (-300, 36000),
    ],
)
def test_tokens_live_as_long_as_the_session_at_most(
    lifespan: int | None, issued: int
) -> None:
    assert LIMITS.issued(lifespan) == issued


def test_a_default_above_the_cap_is_capped_as_well() -> None:
    assert Limits(default=7200, cap=3600).issued(None) == 3600
    assert Limits(default=-1, cap=3600).issued(None) == 3600


@pytest.mark.parametrize(
    ("lifespan", "capped"),
    [(None, False), (36000, False), (36001, True), (-1, True), (60, False)],
)
def test_a_client_is_told_when_its_own_lifespan_is_not_what_tokens_get(
    lifespan: int | None, capped: bool
) -> None:
    assert LIMITS.caps(lifespan) is capped


@pytest.mark.parametrize(
    ("lifespan", "long"),
    [(None, False), (300, False), (301, True), (-1, True), (60, False)],
)
def test_tokens_above_five_minutes_are_long_lived(
    lifespan: int | None, long: bool
) -> None:
    assert LIMITS.is_long(lifespan) is long
    assert Limits(default=600, cap=3600).is_long(None)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1, (1, "seconds")),
        (59, (59, "seconds")),
        (60, (1, "minutes")),
        (61, (61, "seconds")),
        (90, (90, "seconds")),
        (900, (15, "minutes")),
        (3600, (1, "hours")),
        (5400, (90, "minutes")),
        (86400, (1, "days")),
        (90000, (25, "hours")),
        (864000, (10, "days")),
    ],
)
def test_a_lifespan_is_split_into_its_largest_whole_unit(
    seconds: int, expected: tuple[int, str]
) -> None:
    assert split(seconds) == expected
