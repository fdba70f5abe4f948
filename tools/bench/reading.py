"""One reading of the whole realm by the console's own code, and what it cost.

    python -m tools.bench.reading pages     every page, and nothing done with it
    python -m tools.bench.reading pass      a whole synchronisation
    python -m tools.bench.reading events    the login events since the last reading

A process for each, since only a process knows the largest size that it ever had.
"""

import json
import resource
import sys
import time

import django

django.setup()

from prometheus_client import REGISTRY  # noqa: E402

from apiclients.login_events import read_login_events  # noqa: E402
from apiclients.synchronisation import synchronise  # noqa: E402
from gateways import configured  # noqa: E402


def read_pages() -> None:
    for _ in configured.clients().iter_pages():
        pass


def count_requests() -> int:
    """So far, by the console's own metric."""
    [metric] = [m for m in REGISTRY.collect() if m.name == "console_upstream_calls"]
    return sum(int(s.value) for s in metric.samples if s.name.endswith("_total"))


def main() -> None:
    """Prints seconds, requests, and kB of memory at most."""
    work = {"pages": read_pages, "pass": synchronise, "events": read_login_events}[
        sys.argv[1]
    ]
    configured.realm().get_defaults()  # a token and a connection, which each has
    before = count_requests()
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cost = {
        "seconds": seconds,
        "requests": count_requests() - before,
        "kilobytes": kilobytes,
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
