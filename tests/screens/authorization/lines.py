"""The lines of the matrix, read."""

from dataclasses import dataclass

from tests.screens.authorization.matrix import MATRIX

HEADER, *ROWS = (row.split() for row in MATRIX.strip().splitlines())
# In this order: who is let in may change what the others find.
COLUMNS = ("nobody", "over", "visitor", "lost", "beyond", "clients", "account")


@dataclass(frozen=True)
class Line:
    name: str
    method: str
    answers: dict[str, str]
    missing: str
    writes: int

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def writes_for(self, column: str) -> int:
        return self.writes if self.answers[column] == self.answers["account"] else 0


def _read(row: list[str]) -> Line:
    cells = dict(zip(HEADER, row, strict=True))
    return Line(
        name=cells["address"],
        method=cells["method"],
        answers={name: cells[name] for name in COLUMNS if cells[name] != "-"},
        missing=cells["missing"],
        writes=int(cells["writes"]),
    )


LINES = [_read(row) for row in ROWS]
METHODS: dict[str, set[str]] = {}
for line in LINES:
    METHODS.setdefault(line.name, set()).add(line.method)
