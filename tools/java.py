"""Finds a Java that is new enough for Keycloak."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.errors import MissingError

NEEDED = 21
FOLDERS = (
    "/usr/lib/jvm/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "/opt/java/*",
    "/opt/homebrew/opt/openjdk*",
)


def find_java(environ: Mapping[str, str] = os.environ) -> Path:
    """The home of JAVA_HOME's Java if it is new enough, else of the newest there is."""
    seen: dict[Path, int] = {}
    for home in _candidates(environ):
        version = _version_of(home)
        if version is None:
            continue
        seen[home] = version
        if str(home) == environ.get("JAVA_HOME") and version >= NEEDED:
            return home
    usable = [home for home, version in seen.items() if version >= NEEDED]
    if usable:
        return max(usable, key=lambda home: seen[home])
    found = ", ".join(f"{version} in {home}" for home, version in seen.items())
    raise MissingError(
        f"Keycloak needs Java {NEEDED} or newer; found: {found or 'none'}. "
        "Install one, or name its folder with JAVA_HOME."
    )


def parse_version(text: str) -> int | None:
    """The major version in `release` or in what `java -version` prints.

    Until Java 8 the number that counts came second: "1.8.0_412".
    """
    match = re.search(r'version\s*=?\s*"(?:1\.)?(\d+)', text, re.IGNORECASE)
    return int(match.group(1)) if match else None


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("JAVA_HOME"):
        yield Path(environ["JAVA_HOME"])
    for pattern in FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))
    on_path = shutil.which("java", path=environ.get("PATH", ""))
    if on_path:
        yield Path(on_path).resolve().parent.parent


def _version_of(home: Path) -> int | None:
    java = home / "bin" / "java"
    if not java.exists():
        return None
    release = home / "release"
    if release.exists():
        version = parse_version(release.read_text(encoding="utf-8", errors="replace"))
        if version is not None:
            return version
    answer = subprocess.run(
        [java, "-version"], capture_output=True, text=True, check=False
    )
    return parse_version(answer.stderr + answer.stdout)


if __name__ == "__main__":
    try:
        print(find_java())
    except MissingError as error:
        sys.exit(str(error))
