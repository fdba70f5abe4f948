"""CSV files: what was typed comes back, and nothing in them is a formula."""

import csv
import io
import tracemalloc
from itertools import repeat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.csv_export import csv_response, iter_csv, safe_cell

SIGNS = list("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
CELL = TEXT | st.builds(str.__add__, st.sampled_from(SIGNS), TEXT)
TABLE = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8
    )
)


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def without_guard(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in SIGNS else cell


@pytest.mark.parametrize("sign", SIGNS)
def test_a_cell_that_begins_as_a_formula_gets_a_quote_before_it(sign: str) -> None:
    assert safe_cell(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (900, "900"), ("a=b", "a=b"), ("", ""), (-1, "'-1")]
)
def test_other_cells_are_written_as_they_are(value: object, text: str) -> None:
    assert safe_cell(value) == text


@given(TABLE)
@example([['a"b', "c,d", "e\r\nf", "g;=1", "\x00"]])
@example([["=cmd|' /C calc'!A0"]])
def test_every_table_comes_back_and_holds_no_formula(table: list[list[str]]) -> None:
    content = b"".join(iter_csv(table[0], table[1:]))

    rows = read_back(content)

    assert not [cell for row in rows for cell in row if cell[:1] in SIGNS and cell]
    assert [[without_guard(cell) for cell in row] for row in rows] == [
        [without_guard(cell) for cell in row] for row in table
    ]


def test_a_table_without_rows_has_its_header() -> None:
    assert b"".join(iter_csv(["API Client ID", "Owner"], [])) == (
        b'"API Client ID","Owner"\r\n'
    )


def test_the_download_is_a_csv_file_in_utf_8_that_is_not_stored() -> None:
    response = csv_response("clients-2026-01-02.csv", ["Owner"], [["Zoë"]])

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        'attachment; filename="clients-2026-01-02.csv"'
    )
    assert response["Cache-Control"] == "no-store"
    assert b"".join(response).decode() == '"Owner"\r\n"Zoë"\r\n'


def test_nothing_is_read_before_the_first_chunk_is_asked_for() -> None:
    rows = iter([["Zoë"]])

    csv_response("clients.csv", ["Owner"], rows)

    assert next(rows) == ["Zoë"]


def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        for _ in iter_csv(["Text"], repeat(["x" * 100], rows)):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1_000)  # what is made once

    assert peak(10_000) <= 1.2 * peak(1_000)
