"""Not asking a service that does not answer, and not all asking it at once.

All of it is this process's own: each finds out for itself, and nothing is shared.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from gateways import metrics
from gateways.errors import UnavailableError

FAILURES = 5  # calls in a row without an answer, after which it is left alone
REST = 10.0  # seconds for which it is left alone
PATIENCE = 1.0  # seconds that a call waits for its turn


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Closed: calls go out. Open: none does. Half-open: one goes out, and decides."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest: float = REST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._rest, self._clock = failures, rest, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until: float | None = None

    @property
    def state(self) -> State:
        with self._lock:
            return self._state()

    def admits(self) -> bool:
        """Whether a call may go out. Half-open, only the first that asks may."""
        with self._lock:
            state = self._state()
            if state is State.HALF_OPEN:
                # The next one may try if nothing is heard of this one.
                self._rests_until = self._clock() + self._rest
            return state is not State.OPEN

    def answered(self) -> None:
        """Whatever the answer was, the service is there."""
        with self._lock:
            self._failures, self._rests_until = 0, None

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._rests_until = self._clock() + self._rest

    def _state(self) -> State:
        if self._rests_until is None:
            return State.CLOSED
        resting = self._clock() < self._rests_until
        return State.OPEN if resting else State.HALF_OPEN


class Upstream:
    """A service as all transports of this process to it see it.

    `at_once`: so many threads may wait for it; the others go on with what needs it not.
    """

    def __init__(
        self,
        service: str,
        *,
        at_once: int = 100,
        patience: float = PATIENCE,
        breaker: Breaker | None = None,
    ) -> None:
        self.service = service
        self.breaker = breaker or Breaker()
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience = patience

    @contextmanager
    def asking(
        self, method: str, unanswered: tuple[type[BaseException], ...]
    ) -> Iterator[None]:
        """A turn for one call; what it raises of `unanswered` was no answer.

        Raises UnavailableError: nothing was sent.
        """
        with self._turn(method):
            if not self.breaker.admits():
                metrics.count_call(self.service, method, metrics.NOT_SENT)
                raise UnavailableError(
                    self.service, "not asked, as it has not been answering"
                )
            try:
                yield
            except unanswered:
                self.breaker.failed()
                raise
            else:
                self.breaker.answered()
            finally:
                is_open = self.breaker.state is not State.CLOSED
                metrics.show_breaker(self.service, is_open=is_open)

    @contextmanager
    def _turn(self, method: str) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._patience):
            metrics.count_call(self.service, method, metrics.NOT_SENT)
            raise UnavailableError(
                self.service, "not asked, as too many are waiting for it"
            )
        try:
            yield
        finally:
            self._turns.release()
