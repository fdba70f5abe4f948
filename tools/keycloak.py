"""A real Keycloak on this machine, for `make run-keycloak` and the contract tests.

Keycloak is taken from KEYCLOAK_HOME, or fetched once with Maven. What is fetched is
never changed: every start runs in a folder of its own, with its own database, so that
parallel and repeated runs find nothing of each other. The first start builds Keycloak
and imports the realm, which takes a minute or more; what it has made is kept, and later
starts begin with a copy of it.
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
from tools.ports import free_port, is_free, wait_until_answers
from tools.processes import start_group, stop_group, tail

VERSION = "26.7.5"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
SHA256 = "30ef87fb7101c43d29688d1ae80c0588ff4a151b3330e9f664bf9692d398658a"
ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
REALM = "northwind"
CONSOLE_URL = "http://localhost:8000"
REALM_FILE = ROOT / "sandbox" / "demo-realm.json"
OPTIONS = (
    "--db=dev-file",
    # Imply serves Keycloak under /auth, so a path is what has to work.
    "--http-relative-path=/auth",
    "--features=client-secret-rotation",
)
START_SECONDS = 600  # a busy machine with two cores imports for minutes
# What a start writes; all else is shared with the Keycloak that was fetched.
WRITTEN = ("lib/quarkus", "data")


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
    console_url: str = CONSOLE_URL,
) -> Iterator[str]:
    """Start Keycloak with the realm imported; its base address, until the block ends.

    console_url fills the placeholder ${CONSOLE_URL} of the realm's redirect addresses.
    """
    prepared = prepare(fetch(), realm_file, console_url)
    home = VAR / "keycloak-running" / str(port)
    clone(prepared, home)
    try:
        with running_in(home, port, console_url) as base_url:
            yield base_url
    finally:
        shutil.rmtree(home, ignore_errors=True)


def prepare(source: Path, realm_file: Path, console_url: str) -> Path:
    """A Keycloak that is built and has the realm; made once, then found again."""
    made_of = [str(source), *OPTIONS, realm_file.read_text("utf-8"), console_url]
    made_of += sorted(path.name for path in (source / "providers").glob("*.jar"))
    fingerprint = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
    prepared = VAR / f"keycloak-prepared-{fingerprint}"
    if not prepared.exists():
        beside = VAR / f"keycloak-preparing-{os.getpid()}"
        clone(source, beside, without_data=True)
        imported = beside / "data" / "import"
        imported.mkdir(parents=True)
        shutil.copy(realm_file, imported / f"{REALM}-realm.json")
        try:
            with running_in(beside, free_port(), console_url, "--import-realm"):
                """It has to stop in good order before its database can be copied."""
            with contextlib.suppress(OSError):  # a parallel start was first
                beside.replace(prepared)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return prepared


@contextlib.contextmanager
def running_in(home: Path, port: int, console_url: str, *options: str) -> Iterator[str]:
    """Start the Keycloak that is in this folder, and stop it after the block."""
    if not is_free(port):
        raise StartError(f"Port {port} is taken, so Keycloak cannot listen there.")
    environ = {
        **os.environ,
        "JAVA_HOME": str(find_java()),
        "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m",
        "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
        "KC_BOOTSTRAP_ADMIN_PASSWORD": "admin",
        "CONSOLE_URL": console_url,
    }
    environ.pop("JAVA", None)  # kc.sh would prefer it to JAVA_HOME
    command = (home / "bin/kc.sh", "start-dev", *OPTIONS, f"--http-port={port}")
    log = VAR / "logs" / f"keycloak-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = start_group((*command, *options), environ=environ, output=output)
    try:
        base_url = f"http://localhost:{port}/auth"
        if not wait_until_answers(
            f"{base_url}/realms/{REALM}/.well-known/openid-configuration",
            seconds=START_SECONDS,
            still_running=lambda: process.poll() is None,
        ):
            raise StartError(f"Keycloak did not start. Its log ends:\n{tail(log)}")
        yield base_url
    finally:
        stop_group(process)


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


def clone(source: Path, target: Path, *, without_data: bool = False) -> None:
    """A second Keycloak that shares its 170 MB of libraries with the first."""
    written = {source / name for name in WRITTEN}
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        source,
        target,
        copy_function=_link_or_copy,
        ignore=lambda folder, names: {n for n in names if Path(folder, n) in written},
    )
    for name in WRITTEN:
        if (source / name).exists() and not (without_data and name == "data"):
            shutil.copytree(source / name, target / name)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.keycloak", description=__doc__
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="fetch and unpack Keycloak, print its folder")
    start = commands.add_parser("start", help="run Keycloak until Ctrl-C")
    start.add_argument("--port", type=int, default=8080)
    start.add_argument("--realm-file", type=Path, default=REALM_FILE)
    start.add_argument("--console-url", default=CONSOLE_URL)
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
