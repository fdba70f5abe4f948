"""Whether something can be recorded, and entries that stand alone."""

from uuid import uuid4

import pytest

from audit.models import Action, Outcome, Phase, Record
from audit.recorder import (
    NotRecordedError,
    RepeatedOperationError,
    prepare,
    record_event,
)
from tests.factories import make_actor, make_entry
from tests.unit.audit.calls import REPORTS, refuse_to_write


def test_preparing_leaves_no_record_and_uses_up_no_number(durable_db: None) -> None:
    before = make_entry(None)

    prepare(make_actor())
    prepare(make_actor(), uuid4())

    assert Record.objects.get() == before
    assert make_entry(None).id == before.id + 1


def test_preparing_an_operation_that_was_sent_before_raises(durable_db: None) -> None:
    intent = make_entry(operation=uuid4())
    assert intent.operation is not None

    with pytest.raises(RepeatedOperationError) as caught:
        prepare(make_actor(), intent.operation)

    assert caught.value.entry_id == intent.id


@pytest.mark.parametrize("sent_before", [True, False])
def test_preparing_says_when_nothing_can_be_recorded(
    durable_db: None, monkeypatch: pytest.MonkeyPatch, sent_before: bool
) -> None:
    refuse_to_write(monkeypatch)

    with pytest.raises(NotRecordedError):
        prepare(make_actor(), uuid4() if sent_before else None)


def test_a_repetition_is_told_even_when_nothing_can_be_recorded(
    durable_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = make_entry(operation=uuid4())
    assert intent.operation is not None
    refuse_to_write(monkeypatch)

    with pytest.raises(RepeatedOperationError):
        prepare(make_actor(), intent.operation)


def test_an_event_stands_alone(durable_db: None) -> None:
    record = record_event(
        Action.SECRET_SHOW,
        actor=make_actor(),
        outcome=Outcome.FAILED,
        obj=REPORTS,
        explanation="x" * 900,
    )

    record.refresh_from_db()
    assert (record.phase, record.outcome) == (Phase.EVENT, Outcome.FAILED)
    assert (record.object_name, record.object_id) == (REPORTS.name, REPORTS.id)
    assert record.actor_username == "client-admin"
    assert len(record.explanation) == 500
    assert (record.intent, record.operation) == (None, None)


def test_an_event_about_nothing_but_the_person(durable_db: None) -> None:
    record = record_event(Action.SIGN_IN, actor=make_actor())

    assert (record.outcome, record.object_type) == (Outcome.SUCCEEDED, "")


def test_an_event_that_cannot_be_written_is_said(
    durable_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_to_write(monkeypatch)

    with pytest.raises(NotRecordedError):
        record_event(Action.SIGN_IN, actor=make_actor())
