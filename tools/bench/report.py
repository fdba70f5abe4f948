"""The two consoles side by side, as tables, and the budgets that were missed."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime

from tools.bench.synchronisation import CLIENTS
from tools.bench.visits import LINE, RUNS, Result
from tools.keycloak import VERSION

SIZES = (("requests", "requests", ""), ("kilobytes", "transferred", " kB"))
TIMES = (
    ("largest_paint", "largest contentful paint", " ms"),
    ("rows_stand", "until the rows stand", " ms"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """The same of each console; `cached`: Keycloak's, as it caches in production."""

    theirs: Result
    cached: Result
    own: Result


@dataclass(frozen=True, slots=True)
class Measured:
    """`near`: browser and server on one machine; `far`: with a line between them."""

    near: Compared
    far: Compared
    chromium: str


def table(measured: Measured) -> str:
    """As Markdown, with what it was measured on."""
    machine = (
        f"{os.cpu_count()} cores ({platform.system()}, "
        f"Python {platform.python_version()})"
    )
    caption = (
        f"Keycloak {VERSION} with {CLIENTS:,} API clients, Chromium "
        f"{measured.chromium}, on one machine with {machine}, "
        f"{datetime.now(UTC):%-d %B %Y}. Medians of {RUNS} runs, signed in already."
    )
    line = f"{LINE['latency']} ms of latency and 10 Mbit/s between browser and server"
    return "\n\n".join(
        (
            caption,
            "Browser and server on the same machine:",
            _table_of(measured.near, SIZES + TIMES),
            f"With {line}:",
            _table_of(measured.far, TIMES),
        )
    )


def _table_of(compared: Compared, fields: tuple[tuple[str, str, str], ...]) -> str:
    consoles = compared.theirs, compared.cached, compared.own
    lines = [
        "| | Keycloak's | Keycloak's, caching | This console | Ratio | Ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in ("cold", "warm"):
        visits = [getattr(console, name) for console in consoles]
        lines += [
            _line(f"List, {name}: {what}", unit, *(getattr(v, field) for v in visits))
            for field, what, unit in fields
        ]
    what = "From the list to one client's credentials, by a part of its id"
    lines.append(_line(what, " ms", *(console.find for console in consoles)))
    return "\n".join(lines)


def _line(what: str, unit: str, theirs: float, cached: float, own: float) -> str:
    values = (f"{value:,.0f}{unit}" for value in (theirs, cached, own))
    ratios = (f"1/{value / own:.1f}" for value in (theirs, cached))
    return f"| {' | '.join([what, *values, *ratios])} |"


def missed_by_consoles(measured: Measured) -> list[str]:
    """The budgets of the list that this run missed."""
    near, far = measured.near, measured.far
    budgets = {
        "6 requests, cold": near.own.cold.requests <= 6,
        "2 requests, warm": near.own.warm.requests <= 2,
    }
    for name, lightness in (("cold", 40), ("warm", 100)):
        a, b = getattr(near.theirs, name), getattr(near.own, name)
        budgets[f"transfer 1/{lightness}, {name}"] = (
            b.kilobytes * lightness <= a.kilobytes
        )
        for where, both in (("the same machine", near), ("a line", far)):
            a, b = getattr(both.theirs, name), getattr(both.own, name)
            budgets[f"rows stand in 1/10 of the time, {name}, {where}"] = (
                b.rows_stand * 10 <= a.rows_stand
            )
    return [name for name, kept in budgets.items() if not kept]
