"""A cluster as the pages show it: as the Manager told of it a moment ago."""

from dataclasses import dataclass
from datetime import datetime

from clusters.flags import FlagState, Standing, list_states
from gateways.imply_manager.models import AT_WORK, Cluster

# How a state is marked; one that nobody knows is shown as it comes.
MARKS = {
    "RUNNING": "good",
    "STOPPED": "",
    "ERROR": "bad",
    **dict.fromkeys(AT_WORK, "unsure"),
}


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """`former` is the version before, where the servers still run with that."""

    cluster: Cluster
    former: Cluster | None
    read_at: datetime
    may_change: bool

    @property
    def state_label(self) -> str:
        state = self.cluster.state
        return state.capitalize() if state in MARKS else state or "Unknown"

    @property
    def state_mark(self) -> str:
        return MARKS.get(self.cluster.state, "unsure")

    @property
    def update_seconds(self) -> int | None:
        """How long the latest update took, or has taken so far."""
        update = self.cluster.update
        if update is None or update.started_at is None:
            return None
        until = self.read_at if update.runs else update.finished_at
        if until is None:
            return None
        return max(0, int((until - update.started_at).total_seconds()))

    @property
    def flags(self) -> list[FlagState]:
        return list_states(self.cluster, self.former)

    @property
    def oauth(self) -> Standing:
        return self.flags[0].standing

    @property
    def others(self) -> list[FlagState]:
        """Flags that are kept as they are."""
        return [state for state in self.flags if not state.flag.description]

    @property
    def waits_for_restart(self) -> bool:
        """Whether what is saved did not come into force, and nothing is under way."""
        return self.cluster.runs_former_version and not self.cluster.is_busy

    @property
    def can_edit(self) -> bool:
        return (
            self.may_change
            and not self.cluster.is_busy
            and self.cluster.flags is not None
            and self.cluster.resource_version is not None
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the Manager's word is missing, in words; with the status of such a page."""

    title: str
    text: str
    status: int


@dataclass(frozen=True, slots=True)
class SentChange:
    """The change that the Manager is applying, if this console sent it."""

    words: list[str]
    by: str
    sent_at: datetime
    accepted_at: datetime | None
    entry_id: int
