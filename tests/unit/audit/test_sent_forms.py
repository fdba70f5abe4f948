"""An operation key is one person's, for one content of a form."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from audit.models import Action, Record, SentForm
from audit.recorder import RepeatedOperationError, prepare, recording
from audit.sent_forms import FormUsedError
from gateways.errors import ConflictError
from tests.databases import at_once
from tests.factories import make_confirmed_actor
from tests.unit.audit.calls import REPORTS, Upstream

MINE: dict[str, Any] = {"subject": "b0b", "form": "a" * 64}
ANOTHERS = [
    {"form": "b" * 64},
    {"subject": "a11ce"},
    {"issuer": "https://id.example/realms/other"},
]


def send(operation: UUID, upstream: Upstream, *, part: str = "", **who: Any) -> None:
    with recording(
        Action.CLIENT_DELETE,
        actor=make_confirmed_actor(**{**MINE, **who}),
        obj=REPORTS,
        operation=operation,
        part=part,
    ):
        upstream.call()


@pytest.mark.parametrize("other", ANOTHERS)
@pytest.mark.parametrize("raising", [None, ConflictError("Keycloak", "x")])
def test_a_key_that_was_used_does_nothing_for_another(
    durable_db: None, other: dict[str, str], raising: Exception | None
) -> None:
    operation, upstream = uuid4(), Upstream(raising)
    try:
        send(operation, upstream)
    except ConflictError:
        assert raising

    with pytest.raises(FormUsedError):
        send(operation, upstream, **other)
    with pytest.raises(FormUsedError):
        prepare(make_confirmed_actor(**{**MINE, **other}), operation)

    assert upstream.calls == 1
    assert Record.objects.count() == 2


@pytest.mark.parametrize("other", ANOTHERS)
def test_another_part_of_the_operation_belongs_to_the_same_person(
    durable_db: None, other: dict[str, str]
) -> None:
    operation, upstream = uuid4(), Upstream()
    send(operation, upstream, part="in realm")

    with pytest.raises(FormUsedError):
        send(operation, upstream, part="in production", **other)
    send(operation, upstream, part="in production")
    with pytest.raises(RepeatedOperationError):
        send(operation, upstream, part="in realm")

    assert upstream.calls == 2
    assert SentForm.objects.count() == 1


def test_another_request_of_the_same_person_is_a_repetition(durable_db: None) -> None:
    operation, upstream = uuid4(), Upstream()
    send(operation, upstream, address="192.0.2.7", request_id="req-1", name="Bob")

    with pytest.raises(RepeatedOperationError):
        send(operation, upstream, address="2001:db8::1", request_id="req-2", name="B")


def test_a_key_that_nothing_was_done_with_is_free(durable_db: None) -> None:
    operation = uuid4()

    prepare(make_confirmed_actor(), operation)
    prepare(make_confirmed_actor(subject="a11ce"), operation)

    assert not SentForm.objects.exists()


def test_of_two_people_with_one_key_at_once_one_gets_through(shared_db: None) -> None:
    operation, upstream = uuid4(), Upstream()

    results = at_once(
        lambda: send(operation, upstream),
        lambda: send(operation, upstream, subject="a11ce"),
    )

    assert upstream.calls == 1
    assert sorted(type(r).__name__ for r in results) == ["FormUsedError", "NoneType"]
