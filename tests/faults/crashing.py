"""A console that is killed while it works: `python -m tests.faults.crashing`.

It loads the console once and then reads jobs, one a line. Each is done by a process of
its own, forked from here, as it would be by a console that was just started. A job
names the point where its process kills itself, or the moment when it is killed.

Nothing of the console is altered: the points are where Django saves and commits, and
where urllib3 sends and receives.
"""

import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from unittest.mock import patch

import django
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_save, pre_save
from django.test import Client
from urllib3.connection import HTTPConnection

DatabaseWrapper: Any = BaseDatabaseWrapper  # its _commit is known to no stubs


class Point(StrEnum):
    """Where a change can be interrupted, in the order in which it gets there."""

    INTENT_BEGUN = "before the intent is written"
    INTENT_WRITTEN = "before the intent is committed"
    INTENT_COMMITTED = "after the intent is committed"
    CALL_BEGUN = "before the call is sent"
    CALL_HALF_SENT = "when half of the call is sent"
    CALL_SENT = "after the call is sent"
    CALL_ANSWERED = "after the answer has come"
    OUTCOME_BEGUN = "before the outcome is written"
    OUTCOME_WRITTEN = "before the outcome is committed"
    OUTCOME_COMMITTED = "after the outcome is committed"
    PAGE_MADE = "before the page is sent"


@dataclass(frozen=True, slots=True)
class Job:
    """A form to send, or with `settle` the work of the reconciler.

    What the process passes is appended to `trace`, a line each; it prints to `log`.
    """

    trace: str
    log: str
    address: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    die_at: str = ""
    kill_after: float | None = None
    settle: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def main() -> None:
    django.setup()
    browser = Client()
    browser.handler.load_middleware()
    for line in sys.stdin:
        job = Job(**json.loads(line))
        child = os.fork()
        if child == 0:
            _do(job, browser)
        if job.kill_after is not None:
            time.sleep(job.kill_after)
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)  # noqa: T201 - the answer


def _do(job: Job, browser: Client) -> None:
    """Never returns: this is the forked process."""
    status = 1
    try:
        log = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        Hooks(job.trace, job.die_at).work(
            _settle if job.settle else _send, job, browser
        )
        status = 0
    except Exception:  # the process ends here, and its log tells
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _send(job: Job, browser: Client) -> str:
    browser.cookies.load(job.cookies)
    answer = browser.post(job.address, job.values)
    assert answer.status_code in (200, 302), answer.status_code
    return Point.PAGE_MADE


def _settle(job: Job, browser: Client) -> str:
    """As if the times that a reading waits for were over."""
    from audit import locks, reconciling

    with (
        patch.object(locks, "ORPHANED_AFTER", timedelta()),
        patch.object(reconciling, "APART", timedelta()),
    ):
        reconciling.look_at_all()
        reconciling.look_at_all()
    return "settled"


class Hooks:
    """Listens where the console writes and sends, and dies at one of the points."""

    def __init__(self, trace: str, die_at: str) -> None:
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._die_at = die_at
        self._written = ""  # of a change, in the transaction under way
        self._under_way = False  # between the commits of intent and outcome

    def work(self, function: Callable[..., str], *args: Any) -> None:
        pre_save.connect(self._saving)
        post_save.connect(self._saved)
        with (
            patch.object(DatabaseWrapper, "_commit", self._committing()),
            patch.object(HTTPConnection, "request", self._requesting()),
            patch.object(HTTPConnection, "send", self._sending()),
            patch.object(HTTPConnection, "getresponse", self._receiving()),
        ):
            self._reach(function(*args))

    def _reach(self, point: str) -> None:
        self._note(point)
        if point == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, line: str) -> None:
        os.write(self._trace, f"{line}\n".encode())

    def _saving(self, instance: Any, **_signal: object) -> None:
        if _is_of_change(instance):
            self._reach(Point[f"{instance.phase.upper()}_BEGUN"])

    def _saved(self, instance: Any, **_signal: object) -> None:
        if _is_of_change(instance):
            self._written = instance.phase.upper()

    def _committing(self) -> Callable[..., Any]:
        commit = DatabaseWrapper._commit

        def hooked(connection: Any) -> Any:
            written, self._written = self._written, ""
            if written:
                self._reach(Point[f"{written}_WRITTEN"])
            result = commit(connection)
            if written:
                self._under_way = written == "INTENT"
                self._reach(Point[f"{written}_COMMITTED"])
            return result

        return hooked

    def _requesting(self) -> Callable[..., Any]:
        request = HTTPConnection.request

        def hooked(conn: Any, method: str, url: str, *args: Any, **named: Any) -> None:
            # One send has the headers, and another the body where there is one.
            changes = self._under_way and method != "GET"
            conn.sends_left = (2 if named.get("body") else 1) if changes else 0
            if changes:
                self._reach(Point.CALL_BEGUN)
            request(conn, method, url, *args, **named)
            if changes:
                self._reach(Point.CALL_SENT)
                conn.awaited = True

        return hooked

    def _sending(self) -> Callable[..., Any]:
        send = HTTPConnection.send

        def hooked(conn: Any, data: Any) -> None:
            for token in re.findall(rb"Bearer (\S+)", data):
                self._note(f"token {token.decode()}")
            conn.sends_left -= 1
            if conn.sends_left == 0:
                send(conn, data[: len(data) // 2])
                self._reach(Point.CALL_HALF_SENT)
                data = data[len(data) // 2 :]
            send(conn, data)

        return hooked

    def _receiving(self) -> Callable[..., Any]:
        getresponse = HTTPConnection.getresponse

        def hooked(conn: Any) -> Any:
            response = getresponse(conn)
            if getattr(conn, "awaited", False):
                self._reach(Point.CALL_ANSWERED)
            return response

        return hooked


def _is_of_change(instance: Any) -> bool:
    return bool(instance._meta.label == "audit.Record" and instance.phase != "event")


if __name__ == "__main__":
    main()
