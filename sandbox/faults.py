"""Failures on demand: what a test wants the next requests to run into.

`status` and `drop_before` leave the request undone. With `drop_after`, `garbage`,
`delay`, `drip` and `cut` the work is done, and only its answer suffers. With `hold`
the work is done late.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from sandbox.messages import JSON, Request, Response, unknown_error

_GARBAGE = b"\x00\xff<html>this is { not JSON"


class Action(StrEnum):
    """What happens to a request."""

    STATUS = "status"
    DROP_BEFORE = "drop_before"
    HOLD = "hold"
    DROP_AFTER = "drop_after"
    GARBAGE = "garbage"
    DELAY = "delay"
    DRIP = "drip"
    CUT = "cut"

    @property
    def leaves_undone(self) -> bool:
        return self in {Action.STATUS, Action.DROP_BEFORE}


@dataclass(frozen=True)
class Fault:
    """One rule. `times` None: until the faults are cleared."""

    action: Action
    method: str = ""
    path: re.Pattern[str] = re.compile("")
    status: int = 500
    body: str | None = None
    seconds: float = 1
    times: int | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises KeyError, ValueError or re.error for a rule that makes no sense."""
        return cls(
            action=Action(data["action"]),
            method=str(data.get("method") or "").upper().replace("*", ""),
            path=re.compile(data.get("path") or ""),
            status=int(data.get("status") or 500),
            body=data.get("body"),
            seconds=float(data.get("seconds") or 1),
            times=None if data.get("times") is None else int(data["times"]),
        )

    def meets(self, request: Request) -> bool:
        right_method = self.method in {"", request.method}
        return right_method and bool(self.path.search(request.path))

    def answer(self) -> Response:
        """The answer instead of the real one."""
        if self.action is Action.GARBAGE:
            return Response(200, _GARBAGE, [("Content-Type", JSON)])
        if self.body is None:
            return Response(
                self.status,
                unknown_error().response.body,
                [("Content-Type", JSON)],
            )
        return Response(
            self.status, self.body.encode(), [("Content-Type", _type_of(self.body))]
        )


class Faults:
    """The rules in the order in which they were given; the first that fits is used."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._rules.append(fault)

    def clear(self) -> None:
        self._rules.clear()

    def take(self, request: Request) -> Fault | None:
        """The fault for this request; a rule with `times` is used up by it."""
        for index, rule in enumerate(self._rules):
            if not rule.meets(request):
                continue
            if rule.times is not None:
                if rule.times > 1:
                    self._rules[index] = replace(rule, times=rule.times - 1)
                else:
                    del self._rules[index]
            return rule
        return None


def _type_of(body: str) -> str:
    return JSON if body.lstrip().startswith(("{", "[")) else "text/plain;charset=utf-8"
