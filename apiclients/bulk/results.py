"""What a bulk run's pages read: what is about to happen, and what came of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone

from apiclients.models import BulkAction, BulkItem, BulkRun, IndexedClient
from apiclients.usage import RECENT, count_tokens
from audit.selectors import Entry, Standing, find_entries
from console.access import Actor

# Once a worker should have taken it up and none has.
SLOW = timedelta(seconds=10)
DONE = {
    BulkAction.DISABLE: "Disabled",
    BulkAction.ENABLE: "Enabled",
    BulkAction.LIFESPAN: "Lifespan set",
    BulkAction.DELETE: "Deleted",
}
# While it runs, and afterwards.
TITLES = {
    BulkAction.DISABLE: ("Disabling", "Disabled"),
    BulkAction.ENABLE: ("Enabling", "Enabled"),
    BulkAction.LIFESPAN: ("Setting the lifespan of", "Set the lifespan of"),
    BulkAction.DELETE: ("Deleting", "Deleted"),
}
# The state's word, and the mark before it.
STANDINGS = {
    Standing.SUCCEEDED: ("Succeeded", "good"),
    Standing.FAILED: ("Refused", "bad"),
    Standing.UNKNOWN: ("Unknown", "unsure"),
    Standing.OPEN: ("Under way", "unsure"),
}
PERHAPS = "It may or may not have happened: check before you repeat it."


@dataclass(frozen=True, slots=True)
class Choice:
    """A client that is about to be changed, as far as the index knows it."""

    item: BulkItem
    client: IndexedClient | None
    tokens: int
    done_already: bool

    @property
    def recent(self) -> bool:
        used = self.client and self.client.last_used_at
        return bool(used and used > timezone.now() - RECENT)


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one client; `state` is `waiting`, `not_sent` or of its entry."""

    item: BulkItem
    state: str
    label: str
    mark: str
    explanation: str
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Result:
    run: BulkRun
    lines: list[Line]
    counts: Counter[str]

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def handled(self) -> int:
        return self.total - self.counts["waiting"]

    @property
    def running(self) -> bool:
        return self.run.due_at is not None

    @property
    def nobody_at_it(self) -> bool:
        """Whether it is due for longer than a worker takes to look for work."""
        due = self.run.due_at
        return due is not None and due < timezone.now() - SLOW

    @property
    def can_resume(self) -> bool:
        left = any(line.item.state == BulkItem.State.WAITING for line in self.lines)
        return left and (not self.running or self.nobody_at_it)

    @property
    def title(self) -> str:
        clients = f"{self.total} API client{'' if self.total == 1 else 's'}"
        doing, done = TITLES[BulkAction(self.run.action)]
        if self.running:
            return f"{doing} {clients}"
        return f"{done} {self.counts['succeeded']} of {clients}"

    @property
    def summary(self) -> str:
        """ "97 succeeded, 1 refused, 2 not sent"."""
        words = {"succeeded": "succeeded", "failed": "refused", "unknown": "unknown"}
        words |= {"open": "under way", "not_sent": "not sent", "waiting": "waiting"}
        told = [f"{self.counts[s]} {w}" for s, w in words.items() if self.counts[s]]
        return f"{', '.join(told)}."

    @property
    def complete(self) -> bool:
        return self.counts["succeeded"] == self.total


def get_run(uuid: UUID, actor: Actor) -> BulkRun:
    """Raises Http404, also for a run of somebody else."""
    return get_object_or_404(
        BulkRun, pk=uuid, actor_issuer=actor.issuer, actor_subject=actor.subject
    )


def list_choices(run: BulkRun) -> list[Choice]:
    """Three queries, whatever the number of clients."""
    items = list(run.items.all())
    rows = IndexedClient.objects.in_bulk([item.uuid for item in items])
    tokens = count_tokens([item.client_id for item in items])
    return [
        Choice(
            item,
            rows.get(item.uuid),
            tokens.get(item.client_id, 0),
            _is_done_already(run, rows.get(item.uuid)),
        )
        for item in items
    ]


def get_result(run: BulkRun) -> Result:
    """Three queries, whatever the number of clients."""
    items = list(run.items.all())
    entries = find_entries(item.operation for item in items)
    lines = [_line(run, item, entries.get(item.operation)) for item in items]
    return Result(run, lines, Counter(line.state for line in lines))


def what_it_does(run: BulkRun) -> str:
    """ "Disable", as before "3 API clients"."""
    is_lifespan = run.action == BulkAction.LIFESPAN
    return "Set the lifespan of" if is_lifespan else BulkAction(run.action).label


def words_to_type(count: int) -> str:
    """What whoever deletes several clients has to type."""
    return f"delete {count} client{'' if count == 1 else 's'}"


def _line(run: BulkRun, item: BulkItem, entry: Entry | None) -> Line:
    if entry:
        label, mark = STANDINGS[entry.outcome]
        explanation = entry.explanation
        if entry.outcome is Standing.SUCCEEDED:
            label = DONE[BulkAction(run.action)]
        if entry.outcome is Standing.UNKNOWN:
            explanation = PERHAPS
        state, entry_id = entry.outcome.value, entry.record.id
        return Line(item, state, label, mark, explanation, entry_id)
    if item.state == BulkItem.State.WAITING and run.due_at:
        return Line(item, "waiting", "Waiting", "", item.explanation, None)
    explanation = item.explanation or "The run stopped before it."
    return Line(item, "not_sent", "Not sent", "", explanation, None)


def _is_done_already(run: BulkRun, client: IndexedClient | None) -> bool:
    wanted = {BulkAction.DISABLE: False, BulkAction.ENABLE: True}
    return client is not None and wanted.get(BulkAction(run.action)) is client.enabled
