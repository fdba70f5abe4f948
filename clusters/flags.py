"""Feature flags: which the console knows, and where each stands in a cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices

from gateways.imply_manager.models import Cluster


class Standing(TextChoices):
    """What is true of a flag now."""

    ON = "on", "On"
    OFF = "off", "Off"
    PENDING = "pending", "Pending restart"
    UNKNOWN = "unknown", "Unknown"


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag by the Manager's name for it; others than ours have no description."""

    key: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class FlagState:
    """What the servers run with, and what is saved. None: nobody can tell."""

    flag: Flag
    running: bool | None
    saved: bool | None

    @property
    def standing(self) -> Standing:
        if self.saved is None or self.running is None:
            return Standing.UNKNOWN
        if self.saved != self.running:
            return Standing.PENDING
        return Standing.ON if self.saved else Standing.OFF


def known_flags() -> list[Flag]:
    """Those that can be ticked. Imply lists no others."""
    text = "The cluster accepts the tokens of API clients"
    return [Flag(settings.IMPLY_OAUTH_FLAG, "OAuth 2.0", text)]


def list_states(cluster: Cluster, former: Cluster | None) -> list[FlagState]:
    """The known flags, then whatever else is set.

    `former` is the version before, where the servers still run with that.
    """
    running = _running(cluster, former)
    known = known_flags()
    keys = {flag.key for flag in known}
    others = [*(cluster.flags or ()), *(running or ())]
    found = [Flag(key, key) for key in dict.fromkeys(others) if key not in keys]
    return [
        FlagState(flag, _holds(running, flag), _holds(cluster.flags, flag))
        for flag in (*known, *found)
    ]


def merged(flags: Iterable[str], wanted: Mapping[str, bool]) -> tuple[str, ...]:
    """The flags with those wanted set or taken out; the others stay, in their order."""
    kept = [flag for flag in flags if wanted.get(flag, True)]
    return tuple(dict.fromkeys([*kept, *(flag for flag, on in wanted.items() if on)]))


def changes(flags: Iterable[str], wanted: Mapping[str, bool]) -> dict[str, bool]:
    """What of the wanted differs, by the label of the flag."""
    now = set(flags)
    labels = {flag.key: flag.label for flag in known_flags()}
    return {labels[k]: on for k, on in wanted.items() if on is not (k in now)}


def _running(cluster: Cluster, former: Cluster | None) -> tuple[str, ...] | None:
    if not cluster.runs_former_version:
        return cluster.flags
    if former is None or former.runs_former_version:
        # The version before never came into force either.
        return None
    return former.flags


def _holds(flags: tuple[str, ...] | None, flag: Flag) -> bool | None:
    return None if flags is None else flag.key in flags
