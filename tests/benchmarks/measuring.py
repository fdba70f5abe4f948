"""Measuring a page: the median of many, with the time that its SQL takes."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection

ROUNDS = 11


@dataclass(frozen=True)
class Cost:
    """Medians, in milliseconds; how many queries."""

    page: float
    sql: float
    queries: int


def measure(open_page: Callable[[], Any]) -> Cost:
    open_page()  # templates are compiled and statements planned once
    costs = [_once(open_page) for _ in range(ROUNDS)]
    return Cost(
        page=median(cost.page for cost in costs),
        sql=median(cost.sql for cost in costs),
        queries=max(cost.queries for cost in costs),
    )


def report(
    title: str, rows: dict[str, tuple[Cost, Cost]], heads: tuple[str, str]
) -> None:
    """Two costs of each, side by side, and what the second is of the first."""
    few, many = heads
    lines = [
        "",
        f"{title}, {connection.vendor}, median of {ROUNDS}",
        f"{'':<28}{few:>22}{many:>22}{'ratio':>16}",
        f"{'':<28}{'page':>12}{'SQL':>10}{'page':>12}{'SQL':>10}{'page':>9}{'SQL':>7}",
    ]
    for name, (a, b) in rows.items():
        lines.append(
            f"{name:<28}{a.page:>9.1f} ms{a.sql:>7.2f} ms{b.page:>9.1f} ms"
            f"{b.sql:>7.2f} ms{b.page / a.page:>8.2f}x{b.sql / a.sql:>6.1f}x"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def _once(open_page: Callable[[], Any]) -> Cost:
    spent: list[float] = []

    def timed(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - started)

    started = time.perf_counter()
    with connection.execute_wrapper(timed):
        open_page()
    seconds = time.perf_counter() - started
    return Cost(seconds * 1000, sum(spent) * 1000, len(spent))
