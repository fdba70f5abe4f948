"""Access token lifespans: what is allowed, and what tokens really get."""

from dataclasses import dataclass

SHORT = 300  # what Imply calls the usual lifespan
MINIMUM = 60  # seconds
LONG = 3600  # above it a warning
RISKY = 86400  # above it a tick "I understand the risk"
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


@dataclass(frozen=True, slots=True)
class Limits:
    """The organization's default and cap, in seconds."""

    default: int
    cap: int

    def caps(self, lifespan: int | None) -> bool:
        """Whether tokens live shorter than the client's own lifespan says."""
        return lifespan is not None and self.issued(lifespan) != lifespan

    def is_long(self, lifespan: int | None) -> bool:
        """Whether tokens live longer than the usual five minutes."""
        return self.issued(lifespan) > SHORT

    def issued(self, lifespan: int | None) -> int:
        """How long tokens really live (Keycloak TokenManager.getTokenExpiration).

        A negative lifespan means "as long as the session"; the session limit caps all.
        """
        wanted = self.default if lifespan is None else lifespan
        return self.cap if wanted < 0 else min(wanted, self.cap)


def split(seconds: int) -> tuple[int, str]:
    """900 -> (15, "minutes"): in the largest unit that leaves no rest."""
    unit = max(
        (unit for unit, size in UNITS.items() if seconds % size == 0),
        key=UNITS.__getitem__,
    )
    return seconds // UNITS[unit], unit
