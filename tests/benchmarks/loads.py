"""Requests from several people at once, and how long they wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import islice
from statistics import median, quantiles

PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second, and of one request: median and 99th percentile in ms."""

    throughput: float
    p50: float
    p99: float


def load(
    port: int,
    addresses: Iterator[str],
    cookie: str,
    *,
    requests: int,
    codes: frozenset[int] | set[int] = frozenset({200}),
) -> Load:
    """From eight people, each on a connection of its own. Others answers fail."""
    times: list[float] = []
    wanted = islice(addresses, requests)
    unexpected: list[str] = []
    lock = threading.Lock()

    def person() -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            while not unexpected:
                with lock:
                    address = next(wanted, None)
                if address is None:
                    return
                started = time.perf_counter()
                connection.request("GET", address, headers={"Cookie": cookie})
                answer = connection.getresponse()
                answer.read()
                times.append((time.perf_counter() - started) * 1000)
                if answer.status not in codes:
                    unexpected.append(f"{answer.status} {address}")

    people = [threading.Thread(target=person) for _ in range(PEOPLE)]
    started = time.perf_counter()
    for each in people:
        each.start()
    for each in people:
        each.join()
    seconds = time.perf_counter() - started
    assert not unexpected
    assert len(times) == requests
    return Load(requests / seconds, median(times), quantiles(times, n=100)[98])
