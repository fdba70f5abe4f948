"""What a format is given: an entry as it stands now, or a single record."""

from dataclasses import dataclass
from typing import Any, Self

from audit import wording
from audit.exports.text import instant
from audit.models import Outcome, Phase, Record
from audit.selectors import Entry, Standing


@dataclass(frozen=True, slots=True)
class Item:
    """`phase` is "entry", or that of the record where records are sent one by one.

    `settled` is the record that the outcome is from: its own where it has one.
    """

    record: Record
    settled: Record | None
    phase: str
    outcome: str

    @classmethod
    def of_entry(cls, entry: Entry) -> Self:
        return cls(entry.record, entry.settled, "entry", entry.outcome.value)

    @classmethod
    def of_record(cls, record: Record) -> Self:
        intent = record.phase == Phase.INTENT
        outcome = Standing.OPEN.value if intent else record.outcome
        return cls(record, None if intent else record, record.phase, outcome)

    @property
    def latest(self) -> Record:
        """It knows all that came of it: the id of what was created, the changes."""
        return self.settled or self.record

    @property
    def succeeded(self) -> bool:
        return self.outcome == Outcome.SUCCEEDED

    @property
    def summary(self) -> str:
        return wording.plain(self.record, done=self.succeeded)

    @property
    def explanation(self) -> str:
        return self.settled.explanation if self.settled else ""

    @property
    def settled_at(self) -> str:
        """When an intent got its outcome; empty for what stands alone."""
        waited = self.settled and self.settled.id != self.record.id
        return instant(self.settled.at) if self.settled and waited else ""

    def document(self) -> dict[str, Any]:
        """All of it, by the names of the log itself (docs/audit-log.md)."""
        record = self.record
        return {
            "id": record.id,
            "phase": self.phase,
            "intent": record.intent_id,
            "schema_version": record.schema_version,
            "time": instant(record.at),
            "action": record.action,
            "category": wording.category(record),
            "summary": self.summary,
            "outcome": self.outcome,
            "explanation": self.explanation,
            "settled_at": self.settled_at or None,
            "actor": {
                "issuer": record.actor_issuer,
                "subject": record.actor_subject,
                "username": record.actor_username,
                "name": record.actor_name,
            },
            "address": record.address,
            "object": {
                "type": record.object_type,
                "id": self.latest.object_id,
                "name": record.object_name,
            },
            "changes": self.latest.changes,
            "reason": record.reason,
            "request_id": record.request_id,
            "operation": str(record.operation) if record.operation else None,
        }
