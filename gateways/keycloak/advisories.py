"""Holes of Keycloak itself that let somebody round what the console stands for.

A dated table: what was found later is not in it. It has those of which it is published
what closed them; of each minor version that was corrected the first is listed.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

AS_OF = date(2026, 11, 3)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Of Keycloak: "26.7.5"; what follows the numbers is left out."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError."""
        found = re.match(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?!\d)", text)
        if not found:
            raise ValueError("no version of Keycloak")
        return cls(*map(int, found.groups()))

    @property
    def line(self) -> tuple[int, int]:
        return self.major, self.minor


@dataclass(frozen=True, slots=True)
class Advisory:
    """`closed_in`: the first version without it, of each minor version."""

    id: str
    what: str
    closed_in: tuple[str, ...]

    def concerns(self, version: Version) -> bool:
        closed = [Version.parse(text) for text in self.closed_in]
        same_line = any(
            each.line == version.line and version >= each for each in closed
        )
        return not same_line and version < max(closed)


ADVISORIES = (
    Advisory(
        "CVE-2026-3121",
        "manage-clients leads to realm-admin where admin permissions are on",
        ("26.4.11", "26.5.6", "26.6.0"),
    ),
    Advisory(
        "CVE-2026-9704",
        "a refused token exchange falls back to the service account",
        ("26.6.3",),
    ),
    Advisory(
        "CVE-2026-4629",
        "manage-clients leads to realm-admin by a protocol mapper",
        ("26.7.1",),
    ),
    Advisory(
        "CVE-2026-17048",
        "view-clients is enough to read client secrets",
        ("26.6.6", "26.7.2"),
    ),
    Advisory(
        "CVE-2026-17059",
        "fine-grained permissions can be passed by in composites and scopes",
        ("26.7.3",),
    ),
    Advisory(
        "CVE-2026-89298",
        "view-clients is enough to read client secrets",
        ("26.6.8", "26.7.5"),
    ),
)


def known_against(version: Version) -> list[Advisory]:
    return [advisory for advisory in ADVISORIES if advisory.concerns(version)]
