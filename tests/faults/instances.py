"""Consoles as they really run: gunicorn, each a process group of its own."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from tests.environment import DEFAULTS
from tools.checks import BIN
from tools.keycloak import ROOT
from tools.ports import free_port, wait_until_answers
from tools.processes import start_group, stop_group, tail


@dataclass
class Instance:
    """One console. It can be killed, and started again on the same port.

    `environ` is added to the environment that it starts with.
    """

    port: int
    keycloak_url: str
    log: Path
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as output:
            process = start_group(
                (BIN / "gunicorn", "--config", ROOT / "gunicorn.conf.py"),
                environ=self.environment,
                output=output,
                folder=ROOT,
            )
        self.process = process
        assert wait_until_answers(
            f"{self.url}/readyz",
            seconds=120,
            still_running=lambda: process.poll() is None,
        ), f"The console did not start:\n{tail(self.log)}"

    def restart(self) -> None:
        """As a supervisor does it: SIGTERM to the first process, wait, start anew."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=60)
        self.start()

    def kill(self) -> None:
        """At once, as a machine that loses its power."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process:
            stop_group(self.process)

    @property
    def environment(self) -> dict[str, str]:
        """What it starts with."""
        return {
            **os.environ,
            **DEFAULTS,
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "CONSOLE_URL": self.url,
            "DATABASE_URL": database_url(),
            "KEYCLOAK_URL": self.keycloak_url,
            **self.environ,
        }


@contextlib.contextmanager
def running_instances(
    count: int, keycloak_url: str, folder: Path, **environ: str
) -> Iterator[list[Instance]]:
    """So many on the database of this test, which must be one that others can share."""
    instances = [
        Instance(free_port(), keycloak_url, folder / f"console-{number}.log", environ)
        for number in range(count)
    ]
    try:
        for instance in instances:
            instance.start()
        yield instances
    finally:
        for instance in instances:
            instance.stop()


def database_url() -> str:
    """That of the connection, for another process."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    who = f"{settings['USER']}:{settings['PASSWORD']}"
    where = f"{settings['HOST']}:{settings['PORT']}"
    return f"postgres://{who}@{where}/{settings['NAME']}"
