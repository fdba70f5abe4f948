"""When a reading counts, who may act on it, and what is appended."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from audit import locks, reconciling
from audit.models import Action, OpenIntent, Outcome, Phase, Record
from audit.reconciling import (
    APART,
    Finding,
    Loss,
    Progress,
    Reader,
    Verdict,
    can_settle,
    look_at,
    look_at_all,
    may_release,
)
from audit.recorder import NotRecordedError, recording
from gateways.errors import AccessDeniedError, OutcomeUnknownError, UnavailableError
from tests.databases import at_once
from tests.factories import make_confirmed_actor
from tests.outcomes import SECOND, leave_open, let_pass, look_twice
from tests.unit.audit.calls import OTHER, REPORTS, refuse_to_write

HAPPENED = Finding(Verdict.HAPPENED, "It is gone.")
DID_NOT_HAPPEN = Finding(Verdict.DID_NOT_HAPPEN, "It is still there.")
NEEDS_PERSON = Finding(Verdict.NEEDS_PERSON, "Somebody else changed it.")

Says = Callable[..., list[Loss]]


@pytest.fixture
def says(durable_db: None, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Let the reader of deletions say this each time; the losses it was asked about."""

    def install(*answers: Finding | Exception | Reader) -> list[Loss]:
        asked: list[Loss] = []

        def read(loss: Loss) -> Finding:
            asked.append(loss)
            answer = answers[min(len(asked), len(answers)) - 1]
            if isinstance(answer, Exception):
                raise answer
            return answer if isinstance(answer, Finding) else answer(loss)

        monkeypatch.setitem(reconciling._readers, Action.CLIENT_DELETE, read)
        return asked

    return install


def lose_outcome() -> Record:
    """A deletion whose answer was lost a moment ago; its intent."""
    with (
        pytest.raises(OutcomeUnknownError),
        recording(
            Action.CLIENT_DELETE,
            actor=make_confirmed_actor(),
            obj=REPORTS,
            operation=uuid4(),
            changes={"owner": {"before": "a", "after": None}},
        ),
    ):
        raise OutcomeUnknownError("Keycloak", "no answer")
    return Record.objects.filter(phase=Phase.INTENT).latest("id")


def outcomes(intent: Record) -> list[tuple[str, str]]:
    found = Record.objects.filter(intent=intent).order_by("id")
    return list(found.values_list("outcome", "explanation"))


def test_what_happened_is_settled_by_the_first_reading(says: Says) -> None:
    says(HAPPENED)
    intent = lose_outcome()

    progress = look_at(intent.id)

    assert progress is Progress.SETTLED
    assert outcomes(intent) == [
        (Outcome.UNKNOWN, "no answer"),
        (Outcome.SUCCEEDED, "It is gone."),
    ]
    assert not OpenIntent.objects.exists()


def test_an_appended_outcome_repeats_its_intent_and_adds_what_was_learned(
    says: Says,
) -> None:
    changes = {"fingerprint": {"before": "1", "after": "2"}}
    says(Finding(Verdict.HAPPENED, "Found.", object_id="0007", changes=changes))
    intent = lose_outcome()

    look_at(intent.id)

    outcome = Record.objects.filter(intent=intent).latest("id")
    assert outcome.actor_subject == intent.actor_subject
    assert outcome.operation == intent.operation
    assert outcome.object_id == "0007"
    assert outcome.changes == {"owner": {"before": "a", "after": None}, **changes}


def test_what_did_not_happen_is_settled_when_a_second_reading_agrees(
    says: Says,
) -> None:
    says(DID_NOT_HAPPEN)
    intent = lose_outcome()

    first = look_at(intent.id)
    let_pass(APART - 2 * SECOND)
    too_early = look_at(intent.id)
    let_pass(3 * SECOND)
    second = look_at(intent.id)

    assert (first, too_early) == (Progress.WAITING, Progress.WAITING)
    assert second is Progress.SETTLED
    assert outcomes(intent)[1:] == [(Outcome.FAILED, "It is still there.")]


def test_a_request_that_was_still_under_way_is_not_taken_for_failed(
    says: Says,
) -> None:
    says(DID_NOT_HAPPEN, HAPPENED)
    intent = lose_outcome()

    progress = look_twice(intent.id)

    assert progress is Progress.SETTLED
    assert outcomes(intent)[1:] == [(Outcome.SUCCEEDED, "It is gone.")]


@pytest.mark.parametrize(
    "between", [NEEDS_PERSON, UnavailableError("Keycloak", "no answer")]
)
def test_readings_that_disagree_or_fail_begin_anew(
    says: Says, between: Finding | Exception
) -> None:
    says(DID_NOT_HAPPEN, between, DID_NOT_HAPPEN)
    intent = lose_outcome()
    look_at(intent.id)
    let_pass(APART + SECOND)
    if isinstance(between, Exception):
        with pytest.raises(type(between)):
            look_at(intent.id)
    else:
        look_at(intent.id)
    let_pass(APART + SECOND)

    progress = look_at(intent.id)

    assert progress is Progress.WAITING
    assert outcomes(intent)[1:] == []


def test_what_cannot_be_told_is_left_to_a_person_with_words(says: Says) -> None:
    says(NEEDS_PERSON)
    intent = lose_outcome()

    progress = look_twice(intent.id)

    lock = OpenIntent.objects.get()
    assert progress is Progress.NEEDS_PERSON
    assert lock.finding == "Somebody else changed it."
    assert may_release(lock)
    assert outcomes(intent)[1:] == []
    assert not locks.has_lost(), "reading it again and again would not help"


def test_what_takes_a_person_is_settled_once_it_becomes_clear(says: Says) -> None:
    says(NEEDS_PERSON, NEEDS_PERSON, HAPPENED)
    intent = lose_outcome()
    look_twice(intent.id)

    progress = look_at(intent.id)

    assert progress is Progress.SETTLED
    assert outcomes(intent)[1:] == [(Outcome.SUCCEEDED, "It is gone.")]


def test_a_reader_is_told_when_the_change_was_lost(says: Says) -> None:
    asked = says(HAPPENED)
    lost, orphan = lose_outcome(), leave_open(OTHER)

    look_at(lost.id)
    look_at(orphan.id)

    assert [loss.intent.id for loss in asked] == [lost.id, orphan.id]
    assert timezone.now() - asked[0].lost_at < timedelta(seconds=30)
    assert asked[1].lost_at == orphan.at + locks.ORPHANED_AFTER


def test_what_a_console_that_was_killed_left_open_gets_its_one_outcome(
    says: Says,
) -> None:
    says(HAPPENED)
    orphan = leave_open(REPORTS)

    look_at_all()

    assert outcomes(orphan) == [(Outcome.SUCCEEDED, "It is gone.")]
    assert not OpenIntent.objects.exists()


def test_a_change_that_is_under_way_is_nobodys_to_settle(says: Says) -> None:
    asked = says(HAPPENED)
    intent = leave_open(REPORTS, ago=timedelta(seconds=50))

    progress = look_at(intent.id)
    look_at_all()

    assert progress is Progress.ELSEWHERE
    assert asked == []
    assert outcomes(intent) == []


def test_without_a_reader_it_takes_a_person(durable_db: None) -> None:
    intent = leave_open(REPORTS, action=Action.LIST_EXPORT)

    progress = look_twice(intent.id)

    assert progress is Progress.NEEDS_PERSON
    assert OpenIntent.objects.get().finding == reconciling.NO_READER


def test_a_mistake_in_a_reader_gives_the_lease_back(says: Says) -> None:
    says(ZeroDivisionError(), HAPPENED)
    intent = lose_outcome()

    with pytest.raises(ZeroDivisionError):
        look_at(intent.id)

    assert look_at(intent.id) is Progress.SETTLED


def test_one_that_cannot_be_read_does_not_hold_up_the_others(says: Says) -> None:
    def read(loss: Loss) -> Finding:
        if loss.intent.object_id == REPORTS.id:
            raise AccessDeniedError("Keycloak", "HTTP 403")
        return HAPPENED

    says(read)
    refused, other = leave_open(REPORTS), leave_open(OTHER)

    look_at_all()

    assert outcomes(refused) == []
    assert outcomes(other) == [(Outcome.SUCCEEDED, "It is gone.")]


def test_while_a_service_is_away_each_round_waits_once_and_for_another(
    says: Says,
) -> None:
    asked = says(UnavailableError("Keycloak", "no answer"))
    first, second = leave_open(REPORTS), leave_open(OTHER)

    look_at_all()
    look_at_all()

    assert {loss.intent.id for loss in asked} == {first.id, second.id}
    assert len(asked) == 2


def test_an_outcome_that_cannot_be_written_leaves_it_open(
    says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(HAPPENED)
    intent = lose_outcome()
    with monkeypatch.context() as broken:
        refuse_to_write(broken, Phase.OUTCOME)
        with pytest.raises(NotRecordedError):
            look_at(intent.id)
    let_pass(locks.LEASE + SECOND)

    assert look_at(intent.id) is Progress.SETTLED


def test_many_workers_settle_each_outcome_once(shared_db: None, says: Says) -> None:
    says(HAPPENED)
    intents = [leave_open(REPORTS), leave_open(OTHER)]

    results = at_once(*[look_at_all] * 6)

    assert results == [None] * 6
    for intent in intents:
        assert outcomes(intent) == [(Outcome.SUCCEEDED, "It is gone.")]


def test_while_one_worker_reads_no_other_does(shared_db: None, says: Says) -> None:
    reading, turned_away = threading.Event(), threading.Event()

    def read(loss: Loss) -> Finding:
        reading.set()
        assert turned_away.wait(20)
        return HAPPENED

    def second() -> Progress:
        assert reading.wait(20)
        progress = look_at(intent.id)
        turned_away.set()
        return progress

    asked = says(read)
    intent = leave_open(REPORTS)

    results = at_once(lambda: look_at(intent.id), second)

    assert results == [Progress.SETTLED, Progress.ELSEWHERE]
    assert len(asked) == 1


def test_a_worker_that_was_slower_than_its_lease_appends_nothing(says: Says) -> None:
    def read(loss: Loss) -> Finding:
        """Meanwhile the lease runs out, and another worker takes one."""
        let_pass(locks.LEASE + SECOND)
        assert locks.lease(loss.intent.id) is not None
        return HAPPENED

    says(read)
    intent = lose_outcome()

    progress = look_at(intent.id)

    assert progress is Progress.ELSEWHERE
    assert outcomes(intent)[1:] == []
    assert OpenIntent.objects.exists()


def test_a_console_that_comes_back_in_time_keeps_the_last_word(says: Says) -> None:
    """It was taken for dead, but has its answer while a worker reads."""

    def read(loss: Loss) -> Finding:
        recorder_of_it.__exit__(None, None, None)
        return DID_NOT_HAPPEN

    says(read)
    recorder_of_it = recording(
        Action.CLIENT_DELETE,
        actor=make_confirmed_actor(),
        obj=REPORTS,
        operation=uuid4(),
    )
    attempt = recorder_of_it.__enter__()
    let_pass(locks.ORPHANED_AFTER + SECOND)

    look_at(attempt.entry_id)

    intent = Record.objects.get(pk=attempt.entry_id)
    assert outcomes(intent) == [(Outcome.SUCCEEDED, "")]
    assert not OpenIntent.objects.exists()


def test_what_nothing_could_be_read_of_for_long_may_be_released(says: Says) -> None:
    says(UnavailableError("Keycloak", "no answer"))
    lose_outcome()
    look_at_all()
    early = may_release(OpenIntent.objects.get())

    let_pass(reconciling.UNREAD_FOR)

    assert not early
    assert may_release(OpenIntent.objects.get())


@pytest.mark.parametrize(
    "action",
    [
        action
        for action in Action
        if action.startswith(("client.", "client_role.", "cluster."))
        or action in (Action.SECRET_REGENERATE, Action.TOKEN_REVOKE)
    ],
)
def test_each_change_has_a_reader(action: Action) -> None:
    assert can_settle(action)
