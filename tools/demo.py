"""`make run` and `make run-keycloak`: the whole console with a demonstration realm."""

import argparse
import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.errors import MissingError, StartError
from tools.keycloak import ROOT, VAR, fetch, running_keycloak
from tools.ports import is_free, wait_until_answers
from tools.processes import start_group, stop_group

BIN = Path(sys.executable).parent
WEB_SECONDS = 90
# Bytes of chance in each. Signing takes a seed of exactly 32.
KEY_SIZES = {"SECRET_KEY": 48, "FINGERPRINT_KEY": 48, "AUDIT_SIGNING_KEY": 32}


@dataclass(frozen=True, slots=True)
class Demo:
    """Where everything of one demonstration listens and what it is kept in."""

    port: int
    provider_port: int
    keycloak: bool
    folder: str = "demo"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], *, keycloak: bool) -> "Demo":
        variable, usual = provider_variable(keycloak=keycloak)
        return cls(
            port=int(environ.get("PORT") or 8000),
            provider_port=int(environ.get(variable) or usual),
            keycloak=keycloak,
        )

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://localhost:{self.provider_port}"

    @property
    def provider_url(self) -> str:
        return f"{self.sandbox_url}/auth"

    def file(self, suffix: str) -> Path:
        """Kept from run to run. Each kind and port has its own: the index of one
        provider is not true of the other, and a realm knows the console's address.
        """
        kind = "keycloak" if self.keycloak else "sandbox"
        return VAR / self.folder / f"{kind}-{self.port}.{suffix}"


def provider_variable(*, keycloak: bool) -> tuple[str, int]:
    """The variable that moves the provider's port, and the usual port."""
    return ("KEYCLOAK_PORT", 8080) if keycloak else ("SANDBOX_PORT", 8180)


def taken_ports(demo: Demo) -> str:
    """Which ports somebody else listens on, and how to move; empty when none."""
    variable, _ = provider_variable(keycloak=demo.keycloak)
    wanted = {"PORT": demo.port, variable: demo.provider_port}
    taken = {name: port for name, port in wanted.items() if not is_free(port)}
    if not taken:
        return ""
    ports = " and ".join(str(port) for port in taken.values())
    moves = " ".join(f"{name}={_free_after(port)}" for name, port in taken.items())
    target = "run-keycloak" if demo.keycloak else "run"
    return f"Somebody listens on port {ports} already. Move: make {target} {moves}"


def _free_after(port: int) -> int:
    return next(filter(is_free, range(port + 1, 65536)))


def demo_environ(demo: Demo) -> dict[str, str]:
    """A whole configuration; nothing of it is secret outside the demonstration."""
    return {
        **os.environ,
        **_kept_keys(VAR / "demo" / "keys.env"),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DEBUG": "False",
        "HOST": os.environ.get("HOST", "127.0.0.1"),
        "PORT": str(demo.port),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CONSOLE_URL": demo.url,
        "SECURE_COOKIES": "False",  # there is no TLS here
        "DATABASE_URL": f"sqlite:///{demo.file('sqlite3')}",
        "AUDIT_CHECKPOINT_FILE": str(demo.file("checkpoints")),
        "KEYCLOAK_URL": demo.provider_url,
        "KEYCLOAK_REALM": "northwind",
        "KEYCLOAK_CLIENT_ID": "api-client-console",
        "KEYCLOAK_CLIENT_SECRET": "demonstration-only",
        # A real Keycloak comes without a Manager.
        "IMPLY_MANAGER_URL": "" if demo.keycloak else demo.sandbox_url,
        "IMPLY_FLAG_WRITES": "live",
        # What client-admin may assign, who holds none of it.
        "DELEGABLE_ROLES": "reports-reader,"
        "production:access-datasets,staging:access-datasets",
        "ORGANIZATION_NAME": "Northwind Analytics",
        "TRUSTED_PROXIES": "0",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def banner(demo: Demo) -> str:
    provider = "Keycloak" if demo.keycloak else "Sandbox"
    hint = "   (its own console: admin, admin)" if demo.keycloak else ""
    lines = [
        f"{'Console':<9} {demo.url}/",
        f"{provider:<9} {demo.provider_url}/{hint}",
        "",
        "Sign in (the password is the name):",
        "  client-admin     may manage API clients",
        "  account-admin    may manage the whole organization",
        "  visitor          may do neither, and is told so",
        "",
        "Try first: Create API Client, show its secret, regenerate it, then",
        "look into the Audit log.",
        "",
        "Ctrl-C stops everything.",
    ]
    width = max(map(len, lines))
    edge = "+" + "-" * (width + 4) + "+"
    return "\n".join([edge, *(f"|  {line:<{width}}  |" for line in lines), edge])


def _kept_keys(file: Path) -> dict[str, str]:
    """Made once, so that sessions and fingerprints outlive a restart."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    kept = dict(line.split("=", 1) for line in file.read_text("ascii").splitlines())
    for name, size in KEY_SIZES.items():
        if name not in kept:
            kept[name] = secrets.token_urlsafe(size)
    lines = [f"{name}={value}\n" for name, value in kept.items()]
    file.write_text("".join(lines), encoding="ascii")
    return kept


def _prepare(environ: Mapping[str, str]) -> None:
    for command in (["migrate", "--no-input"], ["collectstatic", "--no-input"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity=0"],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartError(f"manage.py {command[0]}:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def _running(
    command: list[str], environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = start_group(command, environ=environ, folder=ROOT)
    try:
        yield process
    finally:
        stop_group(process)


@contextlib.contextmanager
def _running_provider(demo: Demo, environ: Mapping[str, str]) -> Iterator[None]:
    """Up before the console starts, whose first work is to read every client."""
    if demo.keycloak:
        print("Starting Keycloak; the first time takes minutes ...", flush=True)
        with running_keycloak(demo.provider_port, console_url=demo.url):
            yield
        return
    command = [sys.executable, "-m", "sandbox", f"--port={demo.provider_port}"]
    state = demo.file("json")
    with _running([*command, f"--state={state}"], environ) as process:
        discovery = "realms/northwind/.well-known/openid-configuration"
        if not wait_until_answers(
            f"{demo.provider_url}/{discovery}",
            seconds=30,
            still_running=lambda: process.poll() is None,
        ):
            raise StartError(
                f"The sandbox did not start. Is {state} of another version?"
            )
        yield


@contextlib.contextmanager
def running_demo(
    demo: Demo, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Provider and console, when both answer; the console's process."""
    with _running_provider(demo, environ), running_console(demo, environ) as console:
        yield console


@contextlib.contextmanager
def running_console(
    demo: Demo, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """The console alone, when it answers; its provider has to run already."""
    _prepare(environ)
    # honcho would read .env, which may be somebody's own configuration.
    honcho = [str(BIN / "honcho"), "-f", "Procfile", "-e", os.devnull, "start"]
    with _running(honcho, environ) as console:
        if not wait_until_answers(
            f"http://127.0.0.1:{demo.port}/sign-in/",
            seconds=WEB_SECONDS,
            still_running=lambda: console.poll() is None,
        ):
            raise StartError("The console did not start; its output is above.")
        yield console


def _run(demo: Demo) -> None:
    """Everything, until it is stopped or one of its processes ends."""
    if demo.keycloak:
        fetch()
    print("Preparing database and static files ...", flush=True)
    with running_demo(demo, demo_environ(demo)) as console:
        print(banner(demo), flush=True)
        console.wait()
        raise StartError("A process of the console has ended, so all were stopped.")


def _stop(_number: int, _frame: object) -> None:
    """Leave through every `finally`; a second Ctrl-C must not cut them short."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    print("\nStopping ...", flush=True)
    sys.exit(0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--keycloak", action="store_true", help="a real Keycloak")
    demo = Demo.from_environ(os.environ, keycloak=parser.parse_args().keycloak)
    taken = taken_ports(demo)
    if taken:
        print(taken, file=sys.stderr)
        return 1
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    try:
        _run(demo)
    except (MissingError, StartError) as error:
        print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
