"""What the Imply Manager answers, reduced to what the console uses.

Imply publishes few of the fields (docs/adr/0008), so whatever is not needed may be
missing or have another shape. Texts are anybody's: they are cut, and only ever shown.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

FLAGS_PATH = "spec.featureFlags"
LONGEST_ID = 100  # what the audit log keeps
LONGEST_NAME = 200
LONGEST_TEXT = 500
KEPT_EVENTS = 20

# States in which the Manager is at work on the cluster; others are shown as they come.
AT_WORK = frozenset({"STARTING", "UPDATING", "STOPPING", "TERMINATING"})
ACTIVE = frozenset({"PENDING", "IN_PROGRESS"})


@dataclass(frozen=True, slots=True)
class Update:
    """The latest update of a cluster: one that runs, or how it ended."""

    type: str
    state: str
    message: str
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def from_json(cls, data: object) -> Self | None:
        if not isinstance(data, Mapping) or not data:
            return None
        return cls(
            type=_text(data.get("type"), LONGEST_NAME),
            state=_text(data.get("state"), LONGEST_NAME),
            message=_text(data.get("message"), LONGEST_TEXT),
            started_at=_instant(data.get("startedAt")),
            finished_at=_instant(data.get("finishedAt")),
        )

    @property
    def runs(self) -> bool:
        return self.state in ACTIVE

    @property
    def leaves_servers_behind(self) -> bool:
        """Whether the servers still run with the version before.

        A cancelled update does not: it reverts the configuration as well. A rolling
        one never brings a flag into force, which takes a restart.
        """
        return (self.runs or self.state == "FAILED") and self.type != "ROLLING"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a cluster."""

    at: datetime | None
    type: str
    message: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            _instant(data.get("time")),
            _text(data.get("type"), LONGEST_NAME),
            _text(data.get("message"), LONGEST_TEXT),
        )


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as it is configured, or was at an earlier version.

    `flags` is None where the configuration has no such field: then nobody can tell.
    `representation` is what the Manager sent without the status, which must not be sent
    back. It may hold passwords, so it stays out of repr.
    """

    id: str
    name: str
    environment: str
    version: str
    state: str
    resource_version: int | None
    masters: int | None
    flags: tuple[str, ...] | None
    update: Update | None
    events: tuple[Event, ...]
    representation: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], flags_path: str = FLAGS_PATH) -> Self:
        metadata, spec = _mapping(data, "metadata"), _mapping(data, "spec")
        status = _mapping(data, "status")
        cluster_id = metadata.get("uid") or data.get("id")
        if not isinstance(cluster_id, str) or len(cluster_id) > LONGEST_ID:
            raise ValueError("no usable id")
        return cls(
            id=cluster_id,
            name=_text(metadata.get("name"), LONGEST_NAME) or cluster_id,
            environment=_text(metadata.get("environment"), LONGEST_NAME),
            version=_text(spec.get("version"), LONGEST_NAME),
            state=_text(status.get("state"), LONGEST_NAME),
            resource_version=_integer(status.get("resourceVersion")),
            masters=_integer(_mapping(spec, "master").get("replicas")),
            flags=_flags(data, flags_path),
            update=Update.from_json(status.get("update")),
            events=_events(status.get("events")),
            representation={k: v for k, v in data.items() if k != "status"},
        )

    @property
    def is_busy(self) -> bool:
        """Whether the Manager works on it, so that it takes no other change."""
        return self.state in AT_WORK or bool(self.update and self.update.runs)

    @property
    def runs_former_version(self) -> bool:
        """Whether the servers run with the version before this one."""
        return bool(self.update and self.update.leaves_servers_behind)

    def with_flags(self, flags: tuple[str, ...], flags_path: str) -> dict[str, Any]:
        """The representation to send. Raises LookupError: there is no such field."""
        changed = deepcopy(dict(self.representation))
        *way, last = flags_path.split(".")
        place: Any = changed
        for name in way:
            place = place[name]
        if last not in place:
            raise LookupError(flags_path)
        place[last] = list(flags)
        return changed


def _flags(data: Mapping[str, Any], path: str) -> tuple[str, ...] | None:
    place: Any = data
    for name in path.split("."):
        if not isinstance(place, Mapping) or name not in place:
            return None
        place = place[name]
    if not isinstance(place, list) or not all(isinstance(flag, str) for flag in place):
        return None
    return tuple(place)


def _mapping(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def _events(data: object) -> tuple[Event, ...]:
    rows = data[:KEPT_EVENTS] if isinstance(data, list) else []
    return tuple(Event.from_json(row) for row in rows if isinstance(row, Mapping))


def _text(value: object, length: int) -> str:
    return str(value)[:length] if isinstance(value, str | int | float) else ""


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instant(value: object) -> datetime | None:
    """ISO 8601, with UTC where no zone is given."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
        if instant is None:
            return None
        with_zone = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return with_zone.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
