"""Sending many requests from one browser, and counting them."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.screens.fuzz.holding import hold_to_account
from tests.screens.fuzz.hostile import encoded

Test = TypeVar("Test", bound=Callable[..., None])

REQUESTS = "requests"
LONGEST_QUERY = 4000  # gunicorn takes no longer line
FORM = "application/x-www-form-urlencoded"


class Fuzzer:
    """A browser that counts, and holds each answer to account."""

    def __init__(self, browser: Client, wanted: int = 0) -> None:
        self.browser = browser
        self.wanted = share_of(wanted)
        self.sent = 0

    def get(self, path: str, query: bytes = b"", **more: Any) -> Any:
        return self.send("GET", path, query=query, **more)

    def post(
        self, path: str, fields: Mapping[str, Sequence[str]] | bytes, **more: Any
    ) -> Any:
        if not isinstance(fields, bytes):
            fields = encoded([(n, v) for n, values in fields.items() for v in values])
        return self.send("POST", path, body=fields, **more)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: bytes = b"",
        body: bytes = b"",
        content_type: str = FORM,
        upstream: bool = False,
        **environ: Any,
    ) -> Any:
        self.sent += 1
        response = self.browser.generic(
            method,
            path,
            body,
            content_type,
            QUERY_STRING=query[:LONGEST_QUERY].decode("latin-1"),
            **environ,
        )
        hold_to_account(response, upstream=upstream)
        return response

    def run(
        self,
        strategy: SearchStrategy[Any],
        attack: Callable[[Any], None],
        *,
        each: int = 1,
    ) -> None:
        """Call `attack` with examples, the same in every run, until enough was sent.

        `each`: how many requests an example makes at least.
        """

        @settings(
            max_examples=-(-self.wanted // each),
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def run(example: Any) -> None:
            attack(example)

        run()
        assert self.sent >= self.wanted > 0, f"{self.sent} of {self.wanted} requests"


def sends(requests: int) -> Callable[[Test], Test]:
    """How many requests each run of a test makes: test_plan.py adds them up."""

    def noted(test: Test) -> Test:
        vars(test)[REQUESTS] = requests
        return test

    return noted


def share_of(requests: int) -> int:
    """On PostgreSQL a tenth: there only what goes into the database differs."""
    share = os.environ.get(
        "FUZZ_SHARE", "0.1" if connection.vendor != "sqlite" else "1"
    )
    return round(requests * float(share))
