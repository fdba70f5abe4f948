"""Signed statements of how long the chain was and how it ended.

Kept in the database, and outside of it in a file and in the log stream: who rewrites
the database cannot rewrite those.
"""

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from audit.canonical import canonical
from audit.chain import lock_head, writing
from audit.models import Checkpoint, Purpose
from audit.signing import FORMAT, sign, statement

logger = logging.getLogger("audit.checkpoint")


class UnreadableCheckpointError(Exception):
    """A line that is no checkpoint."""


def make_checkpoint() -> Checkpoint | None:
    """Sign where the chain ends, unless nothing came since the last time."""
    with writing(durable=True):
        head = lock_head()
        latest = Checkpoint.objects.order_by("-sequence").first()
        if head.sequence == (latest.sequence if latest else 0):
            return None
        checkpoint = sign_position(Purpose.CHECKPOINT, head.sequence, head.hash)
        checkpoint.save(force_insert=True)
        # While the head is held, so that the lines of the file are in order. One that
        # is not committed after all is true nevertheless.
        publish(checkpoint)
    return checkpoint


def sign_position(purpose: Purpose, sequence: int, hash_: str) -> Checkpoint:
    checkpoint = Checkpoint(
        purpose=purpose, sequence=sequence, hash=hash_, at=timezone.now()
    )
    sign(checkpoint)
    return checkpoint


def publish(checkpoint: Checkpoint) -> None:
    """To the file, durably, and to the log stream."""
    line = to_line(checkpoint)
    if settings.AUDIT_CHECKPOINT_FILE:
        with Path(settings.AUDIT_CHECKPOINT_FILE).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
    logger.info("%s", line)


def to_line(checkpoint: Checkpoint) -> str:
    signed = {**statement(checkpoint), "signature": checkpoint.signature}
    return canonical(signed).decode()


def from_line(line: str) -> Checkpoint:
    """Raises UnreadableCheckpointError."""
    try:
        said = json.loads(line)
        if said.pop("type") != FORMAT:
            raise UnreadableCheckpointError(line[:80])
        return Checkpoint(
            purpose=str(said["purpose"]),
            sequence=int(said["sequence"]),
            hash=str(said["hash"]),
            at=datetime.fromisoformat(said["at"]),
            key_id=str(said["key_id"]),
            signature=str(said["signature"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise UnreadableCheckpointError(line[:80]) from exc


def iter_file(path: Path) -> Iterator[Checkpoint]:
    """Raises UnreadableCheckpointError, OSError."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield from_line(line)
