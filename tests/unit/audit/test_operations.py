"""A form that is sent twice works once, and one change of an object at a time."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from audit import locks, recorder
from audit.models import Action, OpenIntent, Outcome, Phase, Record
from audit.recorder import (
    NotRecordedError,
    Object,
    ObjectBusyError,
    OutcomeLostError,
    RepeatedOperationError,
    recording,
)
from gateways.errors import ConflictError, OutcomeUnknownError
from tests.databases import at_once
from tests.factories import make_confirmed_actor
from tests.outcomes import SECOND, leave_open
from tests.unit.audit.calls import (
    OTHER,
    REPORTS,
    Upstream,
    delete,
    raises,
)

LONG_AGO = locks.ORPHANED_AFTER + SECOND


@pytest.mark.parametrize(
    "raising",
    [None, ConflictError("Keycloak", "x"), OutcomeUnknownError("Keycloak", "x")],
)
def test_the_same_operation_again_is_not_done_again(
    durable_db: None, raising: Exception | None
) -> None:
    operation, upstream = uuid4(), Upstream(raising)
    with raises(raising):
        delete(upstream, operation=operation)
    first = Record.objects.get(phase=Phase.INTENT)

    with pytest.raises(RepeatedOperationError) as caught:
        delete(upstream, operation=operation)

    assert caught.value.entry_id == first.id
    assert upstream.calls == 1
    assert Record.objects.count() == 2


def test_the_same_operation_on_another_object_is_a_repetition_too(
    durable_db: None,
) -> None:
    operation, upstream = uuid4(), Upstream()
    delete(upstream, operation=operation)

    with pytest.raises(RepeatedOperationError):
        delete(upstream, obj=OTHER, operation=operation)

    assert upstream.calls == 1


def test_another_change_of_the_object_waits_for_the_first(durable_db: None) -> None:
    upstream = Upstream()
    intent = leave_open(REPORTS, ago=timedelta(seconds=30))

    with pytest.raises(ObjectBusyError) as caught:
        delete(upstream)

    assert caught.value.entry_id == intent.id
    assert upstream.calls == 0
    assert Record.objects.get() == intent
    delete(upstream, obj=OTHER)
    assert upstream.calls == 1


def test_while_a_change_is_under_way_its_own_form_is_a_repetition(
    durable_db: None,
) -> None:
    upstream = Upstream()
    intent = leave_open(REPORTS, ago=timedelta(seconds=1))

    with pytest.raises(RepeatedOperationError) as caught:
        delete(upstream, operation=intent.operation)

    assert caught.value.entry_id == intent.id


def test_a_client_that_is_being_created_is_locked_by_its_name(durable_db: None) -> None:
    new = Object("client", "svc-new")
    leave_open(new, ago=timedelta(seconds=1))

    with pytest.raises(ObjectBusyError):
        delete(Upstream(), obj=new)


@pytest.mark.parametrize(
    ("raising", "kept"),
    [
        (None, False),
        (ConflictError("Keycloak", "x"), False),
        (OutcomeUnknownError("Keycloak", "x"), True),
        (ValueError(), True),
    ],
)
def test_an_object_is_locked_until_its_outcome_is_known(
    durable_db: None, raising: Exception | None, kept: bool
) -> None:
    with raises(raising):
        delete(Upstream(raising))
    first = Record.objects.get(phase=Phase.INTENT)
    upstream = Upstream()

    with raises(OutcomeLostError(first.id) if kept else None):
        delete(upstream)

    assert upstream.calls == int(not kept)
    delete(upstream, obj=OTHER)


def test_what_a_console_that_was_killed_left_open_stays_locked(
    durable_db: None,
) -> None:
    left, upstream = leave_open(REPORTS, ago=LONG_AGO), Upstream()

    with pytest.raises(OutcomeLostError) as caught:
        delete(upstream)

    assert caught.value.entry_id == left.id
    assert upstream.calls == 0
    assert Record.objects.get() == left


def test_a_reading_without_an_answer_locks_nothing(durable_db: None) -> None:
    actor = make_confirmed_actor()

    with (
        pytest.raises(OutcomeUnknownError),
        recording(Action.SECRET_SHOW, actor=actor, obj=REPORTS),
    ):
        raise OutcomeUnknownError("Keycloak", "x")

    assert not OpenIntent.objects.exists()


@pytest.mark.parametrize("known", [True, False])
def test_whoever_was_slower_than_the_settling_still_records_what_came_of_it(
    durable_db: None, known: bool
) -> None:
    lost = None if known else OutcomeUnknownError("Keycloak", "x")
    with (
        raises(lost),
        recording(
            Action.CLIENT_UPDATE,
            actor=make_confirmed_actor(),
            obj=REPORTS,
            operation=uuid4(),
        ) as attempt,
    ):
        OpenIntent.objects.all().delete()  # settled, as it seemed to be orphaned
        if lost:
            raise lost

    outcome = Record.objects.get(intent_id=attempt.entry_id)
    assert outcome.outcome == (Outcome.SUCCEEDED if known else Outcome.UNKNOWN)
    assert OpenIntent.objects.exists() is not known


def test_the_loss_of_an_outcome_is_told_to_whoever_settles_it(durable_db: None) -> None:
    told = []

    def listen(**signal: object) -> None:
        told.append(signal["intent"])

    recorder.outcome_lost.connect(listen)
    for raising in (OutcomeUnknownError("Keycloak", "x"), None):
        with raises(raising):
            delete(Upstream(raising), obj=OTHER if raising is None else REPORTS)
    recorder.outcome_lost.disconnect(listen)

    assert told == [Record.objects.filter(phase=Phase.INTENT).earliest("id")]


def test_two_identical_forms_at_once_make_one_call(shared_db: None) -> None:
    operation, upstream = uuid4(), Upstream()

    results = at_once(*[lambda: delete(upstream, operation=operation)] * 4)

    assert upstream.calls == 1
    assert results.count(None) == 1
    assert sum(isinstance(r, RepeatedOperationError) for r in results) == 3
    assert Record.objects.count() == 2


def test_two_changes_of_one_object_at_once_make_one_call(shared_db: None) -> None:
    refused = threading.Event()

    class Slow(Upstream):
        """Its answer comes after the other change was turned away."""

        def call(self) -> None:
            super().call()
            assert refused.wait(20)

    def change() -> None:
        try:
            delete(upstream)
        except ObjectBusyError:
            refused.set()
            raise

    upstream = Slow()
    results = at_once(change, change)

    assert upstream.calls == 1
    assert sorted(type(r).__name__ for r in results) == ["NoneType", "ObjectBusyError"]


def test_changes_of_different_objects_do_not_wait_for_each_other(
    shared_db: None,
) -> None:
    meeting = threading.Barrier(2)

    class Together(Upstream):
        def call(self) -> None:
            meeting.wait(20)

    upstream = Together()

    results = at_once(lambda: delete(upstream), lambda: delete(upstream, obj=OTHER))

    assert results == [None, None]


def test_a_lock_that_is_given_back_at_this_moment_is_no_reason_to_refuse(
    durable_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_open(REPORTS, ago=timedelta(seconds=1))
    upstream = Upstream()

    def given_back(*_: object) -> None:
        OpenIntent.objects.all().delete()

    monkeypatch.setattr(recorder, "_say_what_stood_in_the_way", given_back)
    delete(upstream)

    assert upstream.calls == 1
    assert Record.objects.filter(outcome=Outcome.SUCCEEDED).count() == 1


def test_what_stays_in_the_way_without_a_name_means_no_call(
    durable_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_open(REPORTS, ago=timedelta(seconds=1))
    upstream = Upstream()
    monkeypatch.setattr(recorder, "_say_what_stood_in_the_way", lambda *_: None)

    with pytest.raises(NotRecordedError):
        delete(upstream)

    assert upstream.calls == 0
