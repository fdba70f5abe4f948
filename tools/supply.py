"""What the console is made of: the lock file, and what was copied into the tree.

`make sbom` writes docs/sbom.json from it, `make audit` asks whether anything is known
against it.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import django_htmx
from packageurl import PackageURL

from tools.keycloak import ROOT

LOCK = ROOT / "requirements.txt"
VENDORED = ROOT / "vendor" / "README.md"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Something that others made, at the version that we ship."""

    kind: str  # as package URLs name it: pypi, npm
    name: str
    version: str

    @property
    def url(self) -> PackageURL:
        namespace, _, name = self.name.rpartition("/")
        return PackageURL(self.kind, namespace or None, name, self.version)


def lock_digest() -> str:
    """The hash of the lock file, by which a review says what it was about."""
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def locked() -> dict[str, str]:
    """The version of each Python package that runs in production."""
    lines = re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK.read_text(), re.MULTILINE)
    return dict(lines)


def parts() -> list[Part]:
    python = [Part("pypi", name, version) for name, version in locked().items()]
    return sorted([*python, *_vendored(), Part("npm", "htmx.org", _htmx_version())])


def _vendored() -> list[Part]:
    """As vendor/README.md says: a table, and a sentence on the icons."""
    text = VENDORED.read_text()
    rows = re.findall(r"^\| `[^`]+` \| \S+ (\S+) \| npm package `([^`]+)`", text, re.M)
    found = [Part("npm", name, version) for version, name in rows]
    icons = re.findall(r"from the npm package `([^`]+)` (\S+)", text)
    return found + [Part("npm", name, version) for name, version in icons]


def _htmx_version() -> str:
    """It comes inside django-htmx, which names it in the file alone."""
    script = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    (version,) = re.findall(r'version:"([0-9.]+)"', script.read_text())
    return str(version)
