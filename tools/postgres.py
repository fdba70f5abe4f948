"""A throw-away PostgreSQL: `python -m tools.postgres -- command with DATABASE_URL`."""

import argparse
import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.errors import MissingError, StartError
from tools.ports import free_port
from tools.processes import tail

NEEDED = 15
USER = "console"
# Nothing in it is worth a wait for the disk: it is deleted after the tests.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def find_binaries() -> Path:
    """The folder of initdb and pg_ctl, the newest of those that are new enough."""
    folders = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql*/bin"),
    ]
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).parent)
    versions = {
        folder: _version_of(folder)
        for folder in folders
        if (folder / "initdb").exists()
    }
    usable = [folder for folder, version in versions.items() if version >= NEEDED]
    if not usable:
        raise MissingError(
            f"These tests need PostgreSQL {NEEDED} or newer (Debian: postgresql)."
        )
    return max(usable, key=lambda folder: versions[folder])


def parse_version(text: str) -> int:
    """The major version in what `pg_ctl --version` prints; 0 when there is none."""
    match = re.search(r"\(PostgreSQL\) (\d+)", text)
    return int(match.group(1)) if match else 0


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Start an empty server on loopback; its DATABASE_URL, until the block ends."""
    binaries, run_as = find_binaries(), _other_user()
    password, port = secrets.token_hex(16), free_port()
    with tempfile.TemporaryDirectory(prefix="console-postgres-") as name:
        folder = Path(name)
        (folder / "password").write_text(password, encoding="ascii")
        if run_as:
            for path in (folder, folder / "password"):
                shutil.chown(path, run_as)
        control = [*_as_user(run_as), binaries / "pg_ctl", "-D", folder / "data", "-w"]
        try:
            _run(
                [
                    *_as_user(run_as),
                    binaries / "initdb",
                    "-D",
                    folder / "data",
                    "-U",
                    USER,
                    "-A",
                    "scram-sha-256",
                    "--pwfile",
                    folder / "password",
                    "-E",
                    "UTF8",
                    "--no-locale",
                    "--no-sync",
                ]
            )
            address = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
            _run(
                [*control, "-l", folder / "log", "-o", f"{OPTIONS} {address}", "start"],
                log=folder / "log",
            )
            yield f"postgres://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                _run([*control, "-m", "immediate", "stop"])


def _run(command: list[str | Path], log: Path | None = None) -> None:
    # Not a pipe: the server would inherit it, and keep us waiting for its end.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")
            raise StartError(f"PostgreSQL: {said}\n{tail(log) if log else ''}")


def _other_user() -> str | None:
    """PostgreSQL refuses to run as root; its package brings a user for it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise MissingError("PostgreSQL needs a user who is not root.") from None


def _as_user(user: str | None) -> list[str | Path]:
    return ["runuser", "-u", user, "--"] if user else []


def _version_of(folder: Path) -> int:
    answer = subprocess.run(
        [folder / "pg_ctl", "--version"], capture_output=True, text=True, check=False
    )
    return parse_version(answer.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.postgres", description=__doc__
    )
    parser.add_argument("command", nargs=argparse.REMAINDER)
    command = parser.parse_args().command
    if command[:1] == ["--"]:
        del command[0]
    if not command:
        parser.error("which command?")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running_postgres() as url:
            environ = {**os.environ, "DATABASE_URL": url}
            return subprocess.run(command, env=environ, check=False).returncode
    except KeyboardInterrupt:
        return 130
    except (MissingError, StartError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
