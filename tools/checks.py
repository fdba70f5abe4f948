"""`make check` and `make test`: every check and every test, and one summary at the end.

A part whose program is missing on this machine is left out, and the summary says so
loudly; with CI=true or REQUIRE_ALL=1 it fails.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.environment import DEFAULTS
from tools import junit, postgres
from tools.chromium import find_chromium
from tools.errors import MissingError, StartError
from tools.java import find_java
from tools.keycloak import REALM, ROOT, START_SECONDS, VAR, fetch
from tools.ports import free_port, wait_until_answers
from tools.processes import start_group, stop_group, tail

BIN = Path(sys.executable).parent
HANGS_AFTER = 1800  # seconds that a test run may take
# A process for each core, with a database and a sandbox of its own.
AT_ONCE = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")
# Where no test wants what another of its file has made.
EACH_ALONE = (*AT_ONCE, "--dist=worksteal")
WITHOUT_DATABASE = ("gateways", "sandbox", "tools")


@dataclass(slots=True)
class Summary:
    """What has been run so far, and how it went."""

    required: bool
    counts: junit.Counts = field(default_factory=junit.Counts)
    lines: list[str] = field(default_factory=list)
    failed: bool = False

    def add(self, name: str, *, good: bool, said: str, seconds: float) -> None:
        mark = "ok" if good else "FAILED"
        self.lines.append(f"{mark:<9} {name:<34} {said:<32} {seconds:6.1f} s")
        self.failed = self.failed or not good

    def leave_out(self, name: str, reason: MissingError | StartError) -> None:
        """A part that cannot run; one that is here but does not start has failed."""
        failed = self.required or isinstance(reason, StartError)
        if failed:
            self.counts += junit.Counts(failed=1)
            self.failed = True
        self.lines.append(
            f"{'FAILED' if failed else 'LEFT OUT':<9} {name:<34} {reason}"
        )

    def __str__(self) -> str:
        rule = "-" * 88
        skipped = f"{self.counts.skipped} tests were skipped.\n" * bool(
            self.counts.skipped
        )
        total = f"{self.counts.passed} passed, {self.counts.failed} failed"
        return "\n".join(["", rule, *self.lines, rule, f"{skipped}{total}"])


def run_checks(summary: Summary) -> None:
    """The checks that are no tests. A failed one counts as one failure."""
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    manage = (sys.executable, "manage.py")
    checks: dict[str, tuple[str, ...]] = {
        "format": (_tool("ruff"), "format", "--check", "."),
        "lint": (_tool("ruff"), "check", "."),
        "templates": (_tool("djade"), "--check", "--target-version=5.2", *templates),
        "types": (_tool("mypy"), "--strict"),
        "imports": (
            _tool("lint-imports"),
            "--no-logo",
            f"--cache-dir={VAR / 'import-linter'}",
        ),
        "django": (*manage, "check", "--fail-level=WARNING"),
        "migrations": (*manage, "makemigrations", "--check", "--dry-run"),
        "static files": (*manage, "collectstatic", "--no-input", "--verbosity=0"),
    }
    for name, command in checks.items():
        started = time.monotonic()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=_environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        good = done.returncode == 0
        print(f"{'ok' if good else 'FAILED':<9} {name}", flush=True)
        if not good:
            print(done.stdout, flush=True)
            summary.counts += junit.Counts(failed=1)
        seconds = time.monotonic() - started
        summary.add(name, good=good, said="", seconds=seconds)


def run_tests(summary: Summary) -> None:
    """Keycloak starts first, because it takes longest and needs nobody to wait."""
    with _starting_keycloak() as keycloak:
        run_checks(summary)
        _pytest(summary, "SQLite", "unit", "screens", "architecture", "faults")
        try:
            with postgres.running_postgres() as url:
                folders = ("screens", "faults", *_units_with_a_database())
                _pytest(summary, "PostgreSQL", *folders, environ={"DATABASE_URL": url})
        except (MissingError, StartError) as error:
            summary.leave_out("PostgreSQL", error)
        environ = _keycloak_environ(summary, keycloak)
        sandbox = (*EACH_ALONE, "-m", "not keycloak")
        _pytest(summary, "contract, sandbox", "contract", options=sandbox)
        real = ("-m", "keycloak")
        _pytest(
            summary, "contract, Keycloak", "contract", options=real, environ=environ
        )
        chromium = find_chromium(os.environ)
        if chromium:
            environ["CHROMIUM"] = chromium
            _pytest(summary, "browser", "browser", options=EACH_ALONE, environ=environ)
        else:
            missing = MissingError("Install Chromium, or name it with CHROMIUM.")
            summary.leave_out("browser", missing)


def _units_with_a_database() -> list[str]:
    units = sorted((ROOT / "tests" / "unit").iterdir())
    folders = [path.name for path in units if any(path.rglob("test_*.py"))]
    return [f"unit/{name}" for name in folders if name not in WITHOUT_DATABASE]


@dataclass(frozen=True, slots=True)
class _Keycloak:
    """One that is being started, or why there is none."""

    url: str = ""
    process: subprocess.Popen[bytes] | None = None
    log: Path = Path()
    missing: str = ""

    def wait(self) -> None:
        process = self.process
        if process is None:
            raise MissingError(self.missing)
        discovery = f"{self.url}/realms/{REALM}/.well-known/openid-configuration"
        if not wait_until_answers(
            discovery,
            seconds=START_SECONDS,
            still_running=lambda: process.poll() is None,
        ):
            raise StartError(f"Keycloak did not start:\n{tail(self.log)}")


@contextlib.contextmanager
def _starting_keycloak() -> Iterator[_Keycloak]:
    try:
        find_java()
        fetch()
    except (MissingError, StartError) as error:
        yield _Keycloak(missing=str(error))
        return
    port = free_port()
    log = VAR / "logs" / "keycloak-for-tests.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = (sys.executable, "-m", "tools.keycloak", "start", f"--port={port}")
    with log.open("wb") as output:
        process = start_group(command, environ=_environ(), output=output, folder=ROOT)
    try:
        yield _Keycloak(f"http://localhost:{port}/auth", process, log)
    finally:
        stop_group(process, seconds=30)


def _keycloak_environ(summary: Summary, keycloak: _Keycloak) -> dict[str, str]:
    """Tells tests where it is, as soon as it answers."""
    try:
        keycloak.wait()
    except (MissingError, StartError) as error:
        summary.leave_out("what needs a real Keycloak", error)
        return {}
    return {"KEYCLOAK_FOR_TESTS": keycloak.url}


def _pytest(
    summary: Summary,
    name: str,
    *folders: str,
    options: tuple[str, ...] = AT_ONCE,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Run the tests of these folders and add up what pytest reports."""
    print(f"\n== {name}: {', '.join(folders)}", flush=True)
    report = VAR / "reports" / f"{name.lower()}.xml"
    report.unlink(missing_ok=True)
    paths = [f"tests/{folder}" for folder in folders]
    started = time.monotonic()
    status = _run(
        [_tool("pytest"), "--quiet", f"--junit-xml={report}", *options, *paths],
        environ=_environ(environ),
    )
    counts = junit.count(report, exit_status=status)
    summary.counts += counts
    said = f"{counts.passed} passed, {counts.failed} failed"
    if counts.skipped:
        said += f", {counts.skipped} skipped"
    good = not counts.failed
    summary.add(name, good=good, said=said, seconds=time.monotonic() - started)
    for reason in junit.skip_reasons(report):
        summary.lines.append(f"{'':<9} skipped: {reason}")


def _run(command: list[str], *, environ: Mapping[str, str]) -> int:
    """The exit status; one that hangs is ended, with whatever it has started."""
    process = start_group(command, environ=environ, folder=ROOT)
    try:
        return process.wait(timeout=HANGS_AFTER)
    except subprocess.TimeoutExpired:
        print(f"Ended after {HANGS_AFTER} s: {' '.join(command)}", flush=True)
        return 1
    finally:
        stop_group(process)


def _environ(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Those of the tests, on top of this machine's; not somebody's configuration."""
    required = {"REQUIRE_ALL": "1"} if is_required(os.environ) else {}
    return {**os.environ, **DEFAULTS, **required, **(more or {})}


def is_required(environ: Mapping[str, str]) -> bool:
    return any(
        environ.get(name, "").lower() in {"1", "true", "yes"}
        for name in ("CI", "REQUIRE_ALL")
    )


def _tool(name: str) -> str:
    return str(BIN / name)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.checks", description=__doc__)
    parser.add_argument("what", choices=["check", "test"])
    what = parser.parse_args().what
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    VAR.mkdir(exist_ok=True)
    summary = Summary(required=is_required(os.environ))
    try:
        (run_tests if what == "test" else run_checks)(summary)
    except KeyboardInterrupt:
        return 130
    print(summary, flush=True)
    return int(summary.failed)


if __name__ == "__main__":
    sys.exit(main())
