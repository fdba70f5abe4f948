"""What is counted of calls to other services (docs/operations.md lists it)."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each

NOT_SENT = "not sent"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

_calls = Counter(
    "console_upstream_calls",
    "Calls to another service; outcome: a status, a kind of failure, or not sent.",
    ["service", "method", "outcome"],
)
_seconds = Histogram(
    "console_upstream_seconds",
    "How long calls to another service took.",
    ["service", "method"],
    buckets=BUCKETS,
)
_breaker = Gauge(
    "console_upstream_breaker_open",
    "1 while a service that does not answer is left alone.",
    ["service"],
    multiprocess_mode="livemax",
)


def count_call(
    service: str, method: str, outcome: str, seconds: float | None = None
) -> None:
    _calls.labels(service, method, outcome).inc()
    if seconds is not None:
        _seconds.labels(service, method).observe(seconds)


def show_breaker(service: str, *, is_open: bool) -> None:
    _breaker.labels(service).set(int(is_open))
