"""Synchronising the client index with a real Keycloak: time, requests and memory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from tools.bench.fresh import new_console
from tools.demo import Demo
from tools.errors import StartError
from tools.keycloak import ROOT

FEW, CLIENTS = 1_000, 10_000
RUNS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """`kilobytes`: the largest size that the process had."""

    seconds: float
    requests: float
    kilobytes: float

    def __str__(self) -> str:
        """The last columns of a table."""
        megabytes = self.kilobytes / 1024
        return f"{self.seconds:.1f} s | {self.requests:,.0f} | {megabytes:.0f} MB"


@dataclass(frozen=True, slots=True)
class Synchronisation:
    """Medians. `first`: into an empty index; `again`: nothing has changed since."""

    pages: Cost
    first: Cost
    again: Cost


def synchronisation_table(few: Synchronisation, many: Synchronisation) -> str:
    """As Markdown."""
    lines = [
        f"| Synchronising {CLIENTS:,} clients | Time | Requests | Memory at most |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, cost in (
        ("Reading the pages alone", many.pages),
        ("First pass, into an empty index", many.first),
        ("A pass in which nothing has changed", many.again),
        (f"The same with {FEW:,} clients", few.again),
    ):
        lines.append(f"| {name} | {cost} |")
    return "\n".join(lines)


def missed_by(few: Synchronisation, many: Synchronisation) -> list[str]:
    """The budgets that this run missed."""
    budgets = {
        "a pass in 1.3 of the time of its pages": (
            many.again.seconds <= 1.3 * many.pages.seconds
        ),
        "the first pass in 1.3 of the time of its pages": (
            many.first.seconds <= 1.3 * many.pages.seconds
        ),
        f"memory 1.2 of that with {FEW:,} clients": (
            many.again.kilobytes <= 1.2 * few.again.kilobytes
        ),
    }
    return [name for name, kept in budgets.items() if not kept]


def measure_synchronisation(demo: Demo) -> Synchronisation:
    """Of the Keycloak of `demo`, each time into an empty database. Nobody else works.

    Reading and passing take turns, so that a Keycloak that warms up does so for all.
    """
    pages, first, again = zip(*(_take_turns(demo) for _ in range(RUNS)), strict=True)
    return Synchronisation(_median(pages), _median(first), _median(again))


def _take_turns(demo: Demo) -> tuple[Cost, Cost, Cost]:
    environ = new_console(demo)
    run(environ, "manage.py", "migrate", "--verbosity=0")
    return (
        run_reading(environ, "pages"),
        run_reading(environ, "pass"),
        run_reading(environ, "pass"),
    )


def _median(costs: tuple[Cost, ...]) -> Cost:
    return Cost(
        seconds=median(cost.seconds for cost in costs),
        requests=median(cost.requests for cost in costs),
        kilobytes=median(cost.kilobytes for cost in costs),
    )


def run_reading(environ: Mapping[str, str], what: str) -> Cost:
    """A process of its own that reads `what` (tools.bench.reading)."""
    return Cost(**json.loads(run(environ, "-m", "tools.bench.reading", what)))


def run(environ: Mapping[str, str], *arguments: str) -> str:
    """What a Python process with these arguments prints. Raises StartError."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"{' '.join(arguments)} failed")
    return done.stdout
