"""The console as it really runs: gunicorn, a database in a file, a provider."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from tests.conftest import forget_what_was_learned
from tests.environment import DEFAULTS
from tools.checks import BIN
from tools.keycloak import ROOT
from tools.ports import wait_until_answers
from tools.processes import start_group, stop_group, tail


@dataclass(frozen=True, slots=True)
class RunningConsole:
    """One that answers at `url`; `provider_url` is the base address of its Keycloak.

    `environ`: its settings besides, as the environment gives them.
    """

    url: str
    provider_url: str
    database: Path
    log: Path
    environ: Mapping[str, str]

    @contextlib.contextmanager
    def in_this_process(self) -> Iterator[None]:
        """The models, selectors and services of a test are those of this console."""
        own, configured = connections["default"], connections.settings["default"]
        connections.settings["default"] = {
            **configured,
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(self.database),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        }
        del connections["default"]
        issuer = f"{self.provider_url}/realms/{DEFAULTS['KEYCLOAK_REALM']}"
        forget_what_was_learned()
        try:
            with override_settings(
                KEYCLOAK_URL=self.provider_url, KEYCLOAK_ISSUER=issuer
            ):
                yield
        finally:
            forget_what_was_learned()
            connections["default"].close()
            connections.settings["default"] = configured
            connections["default"] = own


@contextlib.contextmanager
def running_console(
    port: int, provider_url: str, folder: Path, *, blocker: Any, **environ: str
) -> Iterator[RunningConsole]:
    """Started as the Procfile does it; `blocker` is pytest-django's.

    Consoles in the same folder have one database.
    """
    console = RunningConsole(
        url=f"http://localhost:{port}",
        provider_url=provider_url,
        database=folder / "console.sqlite3",
        log=folder / f"console-{port}.log",
        environ=environ,
    )
    with blocker.unblock(), console.in_this_process():
        call_command("migrate", verbosity=0)
    command = (BIN / "gunicorn", "console.wsgi", f"--bind=127.0.0.1:{port}")
    options = ("--worker-class=gthread", "--workers=2", "--threads=3")
    with console.log.open("wb") as output:
        process = start_group(
            (*command, *options, "--no-control-socket"),
            environ={
                **os.environ,
                **DEFAULTS,
                "DJANGO_SETTINGS_MODULE": "console.settings",
                "CONSOLE_URL": console.url,
                "DATABASE_URL": f"sqlite:///{console.database}",
                "KEYCLOAK_URL": provider_url,
                **environ,
            },
            output=output,
            folder=ROOT,
        )
    try:
        assert wait_until_answers(
            f"{console.url}/sign-in/",
            seconds=60,
            still_running=lambda: process.poll() is None,
        ), f"The console did not start:\n{tail(console.log)}"
        yield console
    finally:
        stop_group(process)
    written = console.log.read_text(encoding="utf-8", errors="replace")
    assert "Internal Server Error" not in written, written
