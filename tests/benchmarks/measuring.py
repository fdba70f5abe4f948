"""Measuring a page: the least of many, with the time that its SQL takes."""

import re
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.benchmarks.second_database import as_default

ROUNDS = 15
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Cost:
    """The least, in milliseconds: what else a machine does only adds. The queries."""

    page: float
    sql: float
    queries: int


def measure(open_page: Callable[[], Any]) -> Cost:
    return measure_in_turn({"page": (connections["default"], open_page)})["page"]


def measure_in_turn(
    pages: Mapping[Name, tuple[BaseDatabaseWrapper, Callable[[], Any]]],
) -> dict[Name, Cost]:
    """Of each page, with its database.

    Round by round, so that a busy while of the machine is nobody's alone.
    """
    for page in pages.values():
        _once(*page)  # templates are compiled and statements planned once
    rounds = [
        {name: _once(*page) for name, page in pages.items()} for _ in range(ROUNDS)
    ]
    return {
        name: Cost(
            page=min(each[name].page for each in rounds),
            sql=min(each[name].sql for each in rounds),
            queries=max(each[name].queries for each in rounds),
        )
        for name in pages
    }


def report(
    title: str, rows: dict[str, tuple[Cost, Cost]], heads: tuple[str, str]
) -> None:
    """Two costs of each, side by side, and what the second is of the first."""
    few, many = heads
    lines = [
        "",
        f"{title}, {connection.vendor}, least of {ROUNDS}",
        f"{'':<28}{few:>22}{many:>22}{'ratio':>16}",
        f"{'':<28}{'page':>12}{'SQL':>10}{'page':>12}{'SQL':>10}{'page':>9}{'SQL':>7}",
    ]
    for name, (a, b) in rows.items():
        lines.append(
            f"{name:<28}{a.page:>9.1f} ms{a.sql:>7.2f} ms{b.page:>9.1f} ms"
            f"{b.sql:>7.2f} ms{b.page / a.page:>8.2f}x{b.sql / a.sql:>6.1f}x"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def _once(database: BaseDatabaseWrapper, open_page: Callable[[], Any]) -> Cost:
    asked: list[tuple[str, Any]] = []

    def noted(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with as_default(database):
        started = time.perf_counter()
        with connection.execute_wrapper(noted):
            open_page()
        seconds = time.perf_counter() - started
        return Cost(seconds * 1000, _ask_again(asked) * 1000, len(asked))


def _ask_again(asked: list[tuple[str, Any]]) -> float:
    """How long its queries take to the last row: SQLite looks for each when asked."""
    queries = [pair for pair in asked if re.match(r"[\s(]*SELECT", pair[0])]
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in queries:
            cursor.execute(sql, params)
            cursor.fetchall()
    return time.perf_counter() - started
