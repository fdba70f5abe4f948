"""The Access Token Lifespan editor: what may be typed, and what gets a message."""

from typing import Any

import pytest

from apiclients.forms import CreateForm
from apiclients.lifespans import Limits
from tests.unit.apiclients.typed import LIMITS, create, messages, own

ARABIC, FULL_WIDTH = "\u0661\u0665", "\uff11\uff15"  # 15 in other digits


@pytest.mark.parametrize(
    ("number", "unit", "seconds"),
    [
        ("1", "minutes", 60),
        ("60", "seconds", 60),
        ("15", "minutes", 900),
        (" 15 ", "minutes", 900),
        ("015", "minutes", 900),
        ("10", "hours", 36000),
        ("24", "hours", 86400),
        ("1", "days", 86400),
        ("1440", "minutes", 86400),
    ],
)
def test_lifespans_that_are_good(number: str, unit: str, seconds: int) -> None:
    form = own(number, unit)

    assert form.is_valid(), form.errors
    assert form.wanted(enabled=True).access_token_lifespan == seconds


@pytest.mark.parametrize(
    ("number", "unit"),
    [
        *(("", "minutes"), (" ", "minutes"), ("\t", "hours")),
        *(("0", "minutes"), ("0", "days"), ("00", "days"), ("59", "seconds")),
        *(("-1", "minutes"), ("-60", "seconds"), ("+15", "minutes")),
        *(("fifteen", "minutes"), ("15m", "minutes"), ("0x0f", "minutes")),
        *(("0.5", "days"), ("1.0", "hours"), ("1,5", "hours"), ("1e3", "seconds")),
        *(("1 5", "minutes"), ("1_000", "seconds"), ("15\n15", "minutes")),
        *((ARABIC, "minutes"), ("१५", "minutes"), (FULL_WIDTH, "hours"), ("²", "days")),
        *(("11", "days"), ("241", "hours"), ("864001", "seconds")),
        *(("9" * 12, "days"), ("9" * 13, "days"), ("9" * 5000, "days")),
        *(("NaN", "days"), ("inf", "days"), ("\x00", "days"), ("15;", "minutes")),
    ],
)
def test_lifespans_that_are_not(number: str, unit: str) -> None:
    form = own(number, unit, accept_risk="on")

    assert not form.is_valid()
    assert len(messages(form, "lifespan_number")) == 1
    assert set(form.errors) == {"lifespan_number"}


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        ("", "minutes", "Enter a number, or choose the organization default."),
        ("soon", "minutes", "Enter a whole number, for example 15."),
        ("0", "minutes", "At least 1 minute."),
        (
            "11",
            "days",
            "At most 10 days: the organization's session limit caps it.",
        ),
    ],
)
def test_a_lifespan_that_is_not_good_gets_a_reason(
    number: str, unit: str, expected: str
) -> None:
    assert messages(own(number, unit, accept_risk="on"), "lifespan_number") == [
        expected
    ]


def test_the_cap_is_the_organizations() -> None:
    at: dict[str, Any] = {"lifespan_choice": "own", "lifespan_unit": "seconds"}
    limits = Limits(default=300, cap=1800)

    assert create(limits, lifespan_number="1800", **at).is_valid()
    form = create(limits, lifespan_number="1801", **at)
    assert "At most 30 minutes" in messages(form, "lifespan_number")[0]


def test_with_the_default_nothing_that_was_typed_counts() -> None:
    form = create(lifespan_number="nonsense", lifespan_unit="days")

    assert form.is_valid(), form.errors
    assert form.wanted(enabled=True).access_token_lifespan is None


@pytest.mark.parametrize(
    ("number", "unit"), [("86401", "seconds"), ("25", "hours"), ("2", "days")]
)
def test_above_one_day_the_risk_must_be_accepted(number: str, unit: str) -> None:
    form = own(number, unit)

    assert not form.is_valid()
    assert set(form.errors) == {"accept_risk"}
    assert own(number, unit, accept_risk="on").is_valid()


@pytest.mark.parametrize("unit", ["", "weeks", "minute", "MINUTES", "1"])
def test_a_unit_that_nobody_offered(unit: str) -> None:
    form = own("15", unit)

    # Without any unit it is seconds, and 15 of them are too few.
    assert not form.is_valid()
    assert len(form.errors) == 1


@pytest.mark.parametrize("choice", ["", "both", "Own"])
def test_a_choice_that_nobody_offered(choice: str) -> None:
    form = create(lifespan_choice=choice)

    assert not form.is_valid()
    assert set(form.errors) == {"lifespan_choice"}


def test_the_default_is_named_with_its_length() -> None:
    page = str(CreateForm(limits=LIMITS)["lifespan_choice"])

    assert "Organization default (5 minutes)" in page
