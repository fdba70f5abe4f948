"""docs/asvs.md names tests that there are, enough of them, and every table."""

import ast
import re
from dataclasses import dataclass

import pytest
from django.apps import apps

from tests.architecture.code import ROOT, list_tests

PAGE = (ROOT / "docs" / "asvs.md").read_text()
ROWS, SHOWN_AT_LEAST = 66, 60
ID = re.compile(r"(\d+\.\d+\.\d+) L([123])")
OPEN = re.compile(r"Not (?:met|applicable): .{20,}")


@dataclass(frozen=True)
class Row:
    number: int
    ids: str
    does: str
    shown_by: str

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(tests/[^`]+)`", self.shown_by)

    @property
    def levels(self) -> set[int]:
        return {int(level) for _, level in ID.findall(self.ids)}


def read_rows() -> list[Row]:
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in PAGE.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    return [Row(int(number), *rest) for number, *rest in cells]


TABLE = read_rows()
KNOWN = {
    f"{module.name}::{node.name}"
    for module in list_tests()
    for node in module.tree.body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
}


def test_the_rows_are_numbered_and_complete() -> None:
    assert [row.number for row in TABLE] == list(range(1, ROWS + 1))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.number))
def test_a_row_names_requirements_and_the_tests_that_show_them(row: Row) -> None:
    assert re.fullmatch(rf"{ID.pattern}(, {ID.pattern})*", row.ids)
    assert len(row.does) > 20
    assert set(row.tests) <= KNOWN
    assert row.tests or OPEN.fullmatch(row.shown_by)


def test_no_requirement_is_in_two_rows() -> None:
    ids = [found for row in TABLE for found, _ in ID.findall(row.ids)]

    assert len(ids) == len(set(ids))


def test_most_rows_are_shown_and_what_is_open_is_of_level_3() -> None:
    is_open = [row for row in TABLE if not row.tests]

    assert len(TABLE) - len(is_open) >= SHOWN_AT_LEAST
    assert all(row.levels == {3} for row in is_open)


def test_every_table_of_the_database_is_told_of() -> None:
    told = set(re.findall(r"`(\w+\.\w+)`", PAGE.partition("## What is kept")[2]))

    assert told == {model._meta.label for model in apps.get_models()}
