"""How the tests of the recorder play a service that makes its one call."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError

from audit.models import Action, Phase, Record
from audit.recorder import Object, recording
from tests.factories import make_confirmed_actor

REPORTS = Object("client", "svc-reports", "5e0fd8ea-0000-4000-8000-000000000001")
OTHER = Object("client", "svc-other", "5e0fd8ea-0000-4000-8000-000000000002")


class Upstream:
    """Counts the calls that reach it."""

    def __init__(self, raising: BaseException | None = None) -> None:
        self.calls = 0
        self._raising = raising

    def call(self) -> None:
        self.calls += 1
        if self._raising:
            raise self._raising


def delete(
    upstream: Upstream,
    *,
    obj: Object = REPORTS,
    operation: UUID | None = None,
    **details: Any,
) -> None:
    """A change, as a service makes it."""
    with recording(
        Action.CLIENT_DELETE,
        actor=make_confirmed_actor(),
        obj=obj,
        operation=operation or uuid4(),
        **details,
    ):
        upstream.call()


def raises(expected: BaseException | None) -> AbstractContextManager[Any]:
    """That the block raises the like of it; None: that it raises nothing."""
    return pytest.raises(type(expected)) if expected else nullcontext()


def refuse_to_write(
    monkeypatch: pytest.MonkeyPatch, *phases: Phase, error: Exception | None = None
) -> None:
    """The database takes no record of these phases, of any if none is named."""
    save = Record.save

    def failing(record: Record, **options: Any) -> None:
        if not phases or record.phase in phases:
            raise error or DatabaseError("disk full")
        save(record, **options)

    monkeypatch.setattr(Record, "save", failing)
