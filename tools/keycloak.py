"""A real Keycloak on this machine, for `make run-keycloak` and the contract tests.

Keycloak is taken from KEYCLOAK_HOME, or fetched once with Maven. What is fetched is
never changed: every start runs in a folder of its own, with an empty database, so that
parallel and repeated runs find nothing of each other.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools.errors import MissingError, StartError
from tools.java import find_java
from tools.ports import is_free, wait_until_answers
from tools.processes import start_group, stop_group, tail

VERSION = "26.7.5"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
SHA256 = "30ef87fb7101c43d29688d1ae80c0588ff4a151b3330e9f664bf9692d398658a"
ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
REALM = "northwind"
REALM_FILE = ROOT / "sandbox" / "demo-realm.json"
# Imply serves Keycloak under /auth, so a path is what has to work. The database in
# memory starts faster than a file and is as empty as a new one.
OPTIONS = (
    "--db=dev-mem",
    "--http-relative-path=/auth",
    "--features=client-secret-rotation",
)
START_SECONDS = 240


def fetch() -> Path:
    """The folder of an unpacked Keycloak; takes a minute when it is fetched first."""
    if os.environ.get("KEYCLOAK_HOME"):
        home = Path(os.environ["KEYCLOAK_HOME"]).resolve()
        if not (home / "bin" / "kc.sh").exists():
            raise MissingError(f"KEYCLOAK_HOME holds no Keycloak: {home}/bin/kc.sh")
        return home
    home = VAR / f"keycloak-{VERSION}"
    if not home.exists():
        _unpack(_download(), home)
    return home


@contextlib.contextmanager
def running_keycloak(
    port: int,
    *,
    realm_file: Path = REALM_FILE,
    console_url: str = "http://localhost:8000",
) -> Iterator[str]:
    """Start Keycloak with the realm imported; its base address, until the block ends.

    console_url fills the placeholder ${CONSOLE_URL} of the realm's redirect addresses.
    """
    if not is_free(port):
        raise StartError(f"Port {port} is taken, so Keycloak cannot listen there.")
    java, source = find_java(), fetch()
    home = VAR / "keycloak-running" / str(port)
    built = VAR / f"keycloak-built-{_fingerprint(source)}"
    _clone(source, home, quarkus=built if built.exists() else source / "lib/quarkus")
    imported = home / "data" / "import"
    imported.mkdir(parents=True)
    shutil.copy(realm_file, imported / f"{REALM}-realm.json")
    log = VAR / "logs" / f"keycloak-{port}.log"
    log.parent.mkdir(exist_ok=True)
    environ = {
        **os.environ,
        "JAVA_HOME": str(java),
        "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
        "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
        "KC_BOOTSTRAP_ADMIN_PASSWORD": "admin",
        "CONSOLE_URL": console_url,
    }
    environ.pop("JAVA", None)  # kc.sh would prefer it to JAVA_HOME
    command = (home / "bin/kc.sh", "start-dev", "--import-realm", *OPTIONS)
    with log.open("wb") as output:
        process = start_group(
            (*command, f"--http-port={port}"), environ=environ, output=output
        )
    try:
        base_url = f"http://localhost:{port}/auth"
        discovery = f"{base_url}/realms/{REALM}/.well-known/openid-configuration"
        if not wait_until_answers(
            discovery,
            seconds=START_SECONDS,
            still_running=lambda: process.poll() is None,
        ):
            raise StartError(f"Keycloak did not start. Its log ends:\n{tail(log)}")
        _keep_build(home / "lib" / "quarkus", built)
        yield base_url
    finally:
        stop_group(process)
        shutil.rmtree(home, ignore_errors=True)


def _download() -> Path:
    archive = VAR / "downloads" / f"keycloak-quarkus-dist-{VERSION}.zip"
    if not archive.exists():
        if not shutil.which("mvn"):
            raise MissingError(
                f"To fetch Keycloak {VERSION}, install Maven (mvn); or unpack it "
                "yourself and name its folder with KEYCLOAK_HOME."
            )
        print(f"Fetching Keycloak {VERSION} (174 MB, once) ...", file=sys.stderr)
        fetched = subprocess.run(
            [
                *("mvn", "--quiet", "--batch-mode", "-Dstyle.color=never"),
                *("dependency:copy", f"-Dartifact={ARTIFACT}"),
                f"-DoutputDirectory={archive.parent}",
            ],
            check=False,
            cwd="/",  # where there is no pom.xml
            stdout=sys.stderr,
        )
        if fetched.returncode:
            raise StartError(f"Maven could not fetch Keycloak {VERSION}.")
    with archive.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SHA256:
            raise StartError(f"{archive} is not Keycloak {VERSION}: delete it.")
    return archive


def _unpack(archive: Path, home: Path) -> None:
    """Unpack beside the target first, so that a half unpacked one is never used."""
    beside = home.with_name(f"{home.name}.{os.getpid()}")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(beside)
    for script in (beside / f"keycloak-{VERSION}" / "bin").glob("*.sh"):
        script.chmod(0o755)  # zipfile forgets the permissions
    (beside / f"keycloak-{VERSION}").replace(home)
    beside.rmdir()


def _clone(source: Path, target: Path, *, quarkus: Path) -> None:
    """A second Keycloak that shares its 170 MB of libraries with the first.

    lib/quarkus is copied: that is where Keycloak writes what it builds at its first
    start, which takes longer than the start itself.
    """
    own = {source / "data", source / "lib" / "quarkus"}
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        source,
        target,
        copy_function=_link_or_copy,
        ignore=lambda folder, names: {n for n in names if Path(folder, n) in own},
    )
    shutil.copytree(quarkus, target / "lib" / "quarkus")


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)


def _keep_build(quarkus: Path, built: Path) -> None:
    """Keep what the first start has built, for the next ones."""
    if not built.exists():
        beside = built.with_name(f"{built.name}.{os.getpid()}")
        shutil.copytree(quarkus, beside)
        with contextlib.suppress(OSError):  # a parallel start was first
            beside.replace(built)


def _fingerprint(source: Path) -> str:
    """Changes when what Keycloak would build changes."""
    providers = sorted(str(path) for path in (source / "providers").glob("*.jar"))
    version = (source / "version.txt").read_text(encoding="utf-8")
    parts = [str(source), version, *OPTIONS, *providers]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.keycloak", description=__doc__
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="fetch and unpack Keycloak, print its folder")
    start = commands.add_parser("start", help="run Keycloak until Ctrl-C")
    start.add_argument("--port", type=int, default=8080)
    start.add_argument("--realm-file", type=Path, default=REALM_FILE)
    start.add_argument("--console-url", default="http://localhost:8000")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if options.command == "fetch":
            print(fetch())
            return 0
        with running_keycloak(
            options.port, realm_file=options.realm_file, console_url=options.console_url
        ) as base_url:
            print(
                f"Keycloak {VERSION} answers at {base_url} (admin, admin).", flush=True
            )
            signal.pause()
    except KeyboardInterrupt:
        return 130
    except (MissingError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
