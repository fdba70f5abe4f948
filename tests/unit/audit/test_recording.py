"""A change is on record before it is made, and what came of it afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from audit.models import Action, OpenIntent, Outcome, Phase, Record
from audit.recorder import (
    NotRecordedError,
    Object,
    OutcomeNotRecordedError,
    recording,
)
from gateways import errors
from tests.factories import make_confirmed_actor
from tests.unit.audit.calls import (
    REPORTS,
    Upstream,
    delete,
    raises,
    refuse_to_write,
)

pytestmark = pytest.mark.usefixtures("durable_db")

REFUSALS = (
    errors.RefusedError,
    errors.NotFoundError,
    errors.ConflictError,
    errors.InvalidError,
    errors.AccessDeniedError,
    errors.CredentialsRefusedError,
    errors.UnavailableError,
    errors.UnreadableAnswerError,
)


def written() -> tuple[Record, Record]:
    intent, outcome = Record.objects.order_by("id")
    assert (intent.phase, outcome.phase) == (Phase.INTENT, Phase.OUTCOME)
    assert outcome.intent == intent
    return intent, outcome


def test_the_intent_is_written_before_the_call_and_the_outcome_after_it() -> None:
    operation, actor = uuid4(), make_confirmed_actor()

    with recording(
        Action.CLIENT_UPDATE,
        actor=actor,
        obj=REPORTS,
        operation=operation,
        changes={"owner": {"before": "a", "after": "b"}},
        reason="Moved to another team",
    ) as attempt:
        intent = Record.objects.get()
        lock = OpenIntent.objects.get()

    assert attempt.entry_id == intent.id
    assert (intent.phase, intent.outcome) == (Phase.INTENT, "")
    assert intent.action == Action.CLIENT_UPDATE
    assert intent.operation == operation
    assert intent.actor_issuer == actor.issuer
    assert intent.actor_subject == actor.subject
    assert intent.actor_username == actor.username
    assert intent.actor_name == actor.name
    assert intent.address == actor.address
    assert intent.request_id == actor.request_id
    assert intent.object_type == "client"
    assert intent.object_name == "svc-reports"
    assert intent.object_id == REPORTS.id
    assert intent.changes == {"owner": {"before": "a", "after": "b"}}
    assert intent.reason == "Moved to another team"
    assert timezone.now() - intent.at < timedelta(seconds=10)
    assert (lock.object_key, lock.intent) == (f"client/{REPORTS.id}", intent)
    assert written()[1].outcome == Outcome.SUCCEEDED


def test_an_outcome_can_be_read_without_its_intent() -> None:
    delete(Upstream(), changes={"owner": {"before": "a"}}, reason="Gone")

    intent, outcome = written()
    own = {"id", "at", "phase", "intent", "outcome", "explanation"}
    own |= {"previous_hash", "hash"}
    for field in Record._meta.fields:
        if field.name not in own:
            said = getattr(outcome, field.name)
            assert said == getattr(intent, field.name), field.name
    assert outcome.at >= intent.at


def test_what_the_call_taught_is_in_the_outcome_only() -> None:
    with recording(
        Action.CLIENT_CREATE,
        actor=make_confirmed_actor(),
        obj=Object("client", "svc-new"),
        operation=uuid4(),
        changes={"fingerprint": {"before": None}},
    ) as attempt:
        attempt.object_id = "0001"
        attempt.changes["fingerprint"]["after"] = "9f2c 41aa 7be0"

    intent, outcome = written()
    assert (intent.object_id, outcome.object_id) == ("", "0001")
    assert intent.changes == {"fingerprint": {"before": None}}
    assert outcome.changes["fingerprint"]["after"] == "9f2c 41aa 7be0"


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_recorded_as_failed(kind: type[errors.RefusedError]) -> None:
    refusal = kind("Keycloak", "HTTP 409", detail="Client already exists")

    with pytest.raises(kind) as caught:
        delete(Upstream(refusal))

    intent, outcome = written()
    assert caught.value is refusal
    assert caught.value.entry_id == intent.id
    assert outcome.outcome == Outcome.FAILED
    assert outcome.explanation == "Client already exists"


def test_a_refusal_without_explanation_gives_its_reason() -> None:
    with pytest.raises(errors.NotFoundError):
        delete(Upstream(errors.NotFoundError("Keycloak", "HTTP 404")))

    assert written()[1].explanation == "HTTP 404"


def test_no_clear_answer_is_recorded_as_unknown() -> None:
    lost = errors.OutcomeUnknownError("Keycloak", "no answer", detail="half a secret")

    with pytest.raises(errors.OutcomeUnknownError) as caught:
        delete(Upstream(lost))

    intent, outcome = written()
    assert caught.value.entry_id == intent.id
    assert outcome.outcome == Outcome.UNKNOWN
    assert outcome.explanation == "no answer"


@pytest.mark.parametrize("kind", [ValueError, KeyError, DatabaseError, MemoryError])
def test_what_nobody_expected_is_recorded_as_unknown_without_its_text(
    kind: type[Exception],
) -> None:
    with pytest.raises(kind):
        delete(Upstream(kind("a secret")))

    outcome = written()[1]
    assert outcome.outcome == Outcome.UNKNOWN
    assert outcome.explanation == kind.__name__


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_stopping_the_process_is_recorded_as_unknown(kind: type[BaseException]) -> None:
    with pytest.raises(kind):
        delete(Upstream(kind()))

    assert written()[1].outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    "raising",
    [
        errors.OutcomeUnknownError("Keycloak", "no answer"),
        ValueError(),
        KeyboardInterrupt(),
    ],
)
def test_the_lock_stays_where_nobody_knows_the_outcome(
    raising: BaseException,
) -> None:
    with raises(raising):
        delete(Upstream(raising))

    lock = OpenIntent.objects.get()
    assert lock.intent == written()[0]
    assert lock.lost_at is not None
    assert timezone.now() - lock.lost_at < timedelta(seconds=10)


@pytest.mark.parametrize("raising", [None, errors.ConflictError("Keycloak", "x")])
def test_the_lock_is_given_back_with_an_outcome_that_is_known(
    raising: Exception | None,
) -> None:
    with raises(raising):
        delete(Upstream(raising))

    assert not OpenIntent.objects.exists()


def test_an_explanation_is_cut_to_its_column() -> None:
    with pytest.raises(errors.InvalidError):
        delete(Upstream(errors.InvalidError("Keycloak", "x" * 900)))

    assert written()[1].explanation == "x" * 500


@pytest.mark.parametrize("kind", [DatabaseError, OperationalError, InterfaceError])
def test_an_intent_that_cannot_be_written_means_no_call(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    upstream = Upstream()
    refuse_to_write(monkeypatch, error=kind("disk full"))

    with pytest.raises(NotRecordedError):
        delete(upstream)

    assert upstream.calls == 0
    assert not Record.objects.exists()
    assert not OpenIntent.objects.exists()


@pytest.mark.parametrize("kind", [DatabaseError, OperationalError, InterfaceError])
@pytest.mark.parametrize(
    "raising", [None, errors.ConflictError("Keycloak", "HTTP 409"), ValueError()]
)
def test_an_outcome_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, raising: Exception | None, kind: type[Exception]
) -> None:
    upstream = Upstream(raising)
    refuse_to_write(monkeypatch, Phase.OUTCOME, error=kind("disk full"))

    with pytest.raises(OutcomeNotRecordedError) as caught:
        delete(upstream)

    assert upstream.calls == 1
    assert caught.value.entry_id == Record.objects.get().id
    assert OpenIntent.objects.exists(), "nobody knows how it stands"


def test_a_reading_is_recorded_and_takes_no_lock() -> None:
    actor = make_confirmed_actor()

    with (
        recording(Action.SECRET_SHOW, actor=actor, obj=REPORTS),
        recording(Action.SECRET_COPY, actor=actor, obj=REPORTS),
    ):
        assert not OpenIntent.objects.exists()
        upstream = Upstream()
        delete(upstream)

    assert upstream.calls == 1
    assert Record.objects.filter(outcome=Outcome.SUCCEEDED).count() == 3


def test_inside_a_transaction_nothing_is_recorded_and_nothing_called() -> None:
    """A failure would take the intent away again."""
    upstream = Upstream()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        delete(upstream)

    assert upstream.calls == 0
    assert not Record.objects.exists()
