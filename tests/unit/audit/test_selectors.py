"""What the audit screens read: outcomes as they stand, and each filter."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from audit.models import Action, Outcome, Phase, Record
from audit.selectors import (
    Standing,
    count_people_who_saw_secret,
    get_entry,
    list_entries,
    list_latest,
)
from tests.factories import make_entry, make_event, settle

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = timedelta(hours=1)
FILTERS = ("since", "until", "person", "action", "object", "outcome", "address")


def listed(**filters: Any) -> list[int]:
    return [entry.record.id for entry in list_entries(filters, {}).rows]


def ids(*records: Record) -> list[int]:
    """Newest first."""
    return [record.id for record in reversed(records)]


@pytest.mark.parametrize("outcome", Outcome)
def test_an_entry_has_the_outcome_that_was_recorded(outcome: Outcome) -> None:
    intent, event = make_entry(outcome), make_event(outcome=outcome)

    for record in (intent, event):
        entry = get_entry(record.id)
        assert entry.outcome.value == outcome.value
        assert entry.outcome.label == outcome.label


def test_the_latest_outcome_counts() -> None:
    intent = make_entry(Outcome.UNKNOWN)
    settle(intent, Outcome.FAILED, at=NOW + HOUR)
    last = settle(intent, Outcome.SUCCEEDED, at=NOW - HOUR, explanation="found")

    entry = get_entry(intent.id)

    assert entry.outcome is Standing.SUCCEEDED
    assert (entry.settled, entry.explanation) == (last, "found")
    assert listed(outcome="succeeded") == [intent.id]
    assert listed(outcome="unknown") == listed(outcome="failed") == []


def test_without_an_outcome_it_is_under_way_and_after_60_s_unknown() -> None:
    young = make_entry(None, at=timezone.now() - timedelta(seconds=50))
    old = make_entry(None, at=timezone.now() - timedelta(seconds=61))

    assert get_entry(young.id).outcome is Standing.OPEN
    assert get_entry(young.id).outcome.label == "Under way"
    assert get_entry(old.id).outcome is Standing.UNKNOWN
    assert get_entry(old.id).settled_at is None
    assert get_entry(old.id).explanation == ""


def test_a_sentence_says_tried_unless_it_succeeded() -> None:
    for outcome in (Outcome.FAILED, Outcome.UNKNOWN, None):
        assert "Tried" in get_entry(make_entry(outcome).id).summary
    assert get_entry(make_entry().id).summary == "Deleted <b>svc-reports</b>"


def test_what_was_learned_by_the_call_is_shown() -> None:
    intent = make_entry(None, action=Action.CLIENT_CREATE, object_id="", changes={})
    changes = {"owner": {"before": None, "after": "data"}}
    settle(intent, Outcome.SUCCEEDED, object_id="0001", changes=changes)

    entry = get_entry(intent.id)

    assert entry.object_id == "0001"
    assert entry.changes == [{"field": "Owner", "before": "", "after": "data"}]


def test_entries_are_listed_newest_first_without_outcomes_of_their_own() -> None:
    first, second, third = make_entry(), make_event(), make_entry(None)

    assert listed() == ids(first, second, third)


def test_the_latest_of_an_object_are_listed_with_its_creation() -> None:
    creation = make_entry(None, action=Action.CLIENT_CREATE, object_id="")
    settle(creation, Outcome.SUCCEEDED, object_id="0001")
    change = make_entry(object_id="0001")
    other = make_entry(object_id="0002")

    assert [e.record.id for e in list_latest(object_id="0001")] == ids(creation, change)
    assert [e.record.id for e in list_latest(count=1)] == [other.id]


def test_listing_costs_two_queries_however_many_there_are(
    django_assert_num_queries: Any,
) -> None:
    for _ in range(40):
        make_entry(Outcome.UNKNOWN)
    with django_assert_num_queries(2):
        rows = list_entries({}, {}).rows
        assert {entry.outcome for entry in rows} == {Standing.UNKNOWN}
        assert all(entry.summary for entry in rows)


def test_by_time() -> None:
    old, middle, new = (make_event(at=NOW + n * HOUR) for n in (-2, -1, 0))

    assert listed(since=NOW - HOUR) == ids(middle, new)
    assert listed(until=NOW - HOUR) == ids(old, middle)
    assert listed(since=NOW - HOUR, until=NOW - HOUR) == [middle.id]
    assert listed(since=None, until=None) == ids(old, middle, new)


def test_by_person_with_the_whole_username_or_name_in_any_case() -> None:
    bob = make_event(actor_username="client-admin", actor_name="Bob Tanaka")
    alice = make_event(actor_username="account-admin", actor_name="Alice Moreau")

    assert listed(person="bob tanaka") == listed(person="CLIENT-ADMIN") == [bob.id]
    assert listed(person="Alice Moreau") == [alice.id]
    assert listed(person="Alice") == listed(person="account-") == []


def test_by_person_a_username_goes_before_a_name() -> None:
    named = make_event(actor_username="robert", actor_name="Bob")
    assert listed(person="bob") == [named.id]

    called = make_event(actor_username="bob", actor_name="Robert")

    assert listed(person="bob") == [called.id]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "b%"])
def test_by_person_signs_have_no_meaning(text: str) -> None:
    make_event()

    assert listed(person=text) == listed(object=text) == []


def test_by_action() -> None:
    deletion, _ = make_entry(), make_event()

    assert listed(action=Action.CLIENT_DELETE) == [deletion.id]
    assert listed(action="client.frobnicate") == []


def test_by_object_with_its_whole_name_in_any_case_or_its_whole_id() -> None:
    reports = make_entry(object_id="5e0fd8ea-0001")
    other = make_entry(object_name="etl-prod", object_id="5e0fd8ea-0002")
    make_event()

    assert listed(object="SVC-Reports") == [reports.id]
    assert listed(object="5e0fd8ea-0002") == [other.id]
    assert listed(object="5e0fd8ea") == listed(object="reports") == []


def test_by_object_finds_its_creation_by_the_id_that_came_of_it() -> None:
    creation = make_entry(None, action=Action.CLIENT_CREATE, object_id="")
    settle(creation, Outcome.SUCCEEDED, object_id="5e0fd8ea-0001")

    assert listed(object="5e0fd8ea-0001") == [creation.id]


def test_by_address() -> None:
    make_event(address="192.0.2.77")
    event = make_event(address="192.0.2.7")

    assert listed(address="192.0.2.7") == [event.id]
    assert listed(address="192.0.2") == []


def test_by_outcome() -> None:
    made = {
        outcome: [make_entry(outcome), make_event(outcome=outcome)]
        for outcome in Outcome
    }
    left = make_entry(None, at=NOW - HOUR)

    assert listed(outcome="succeeded") == ids(*made[Outcome.SUCCEEDED])
    assert listed(outcome="failed") == ids(*made[Outcome.FAILED])
    assert listed(outcome="unknown") == [
        *ids(*made[Outcome.UNKNOWN]),
        left.id,
    ]


def test_what_is_under_way_is_not_listed_as_unknown() -> None:
    make_entry(None)

    assert listed(outcome="unknown") == []


def test_entries_of_the_same_instant_are_listed_by_number() -> None:
    made = [make_event(at=NOW) for _ in range(3)]

    assert listed() == ids(*made)


@pytest.mark.parametrize("filters", [{}, dict.fromkeys(FILTERS, "")])
def test_no_filter_shows_everything(filters: Mapping[str, str]) -> None:
    record = make_event()

    assert listed(**filters) == [record.id]


def test_filters_narrow_each_other() -> None:
    wanted = make_entry(Outcome.FAILED, at=NOW - HOUR)
    make_entry(Outcome.FAILED, at=NOW - HOUR, object_name="etl-prod")
    make_entry(Outcome.SUCCEEDED, at=NOW - HOUR)
    make_entry(Outcome.FAILED, at=NOW - 9 * HOUR)

    assert listed(
        person="bob tanaka",
        object="svc-reports",
        address="192.0.2.7",
        action=Action.CLIENT_DELETE,
        outcome="failed",
        since=NOW - 2 * HOUR,
    ) == [wanted.id]


def test_one_entry_that_is_not_there() -> None:
    outcome = settle(make_entry(None), Outcome.SUCCEEDED)
    assert outcome.phase == Phase.OUTCOME

    for number in (outcome.id, outcome.id + 1, 0, 10**30):
        with pytest.raises(Http404):
            get_entry(number)


def seen(person: str, action: Action = Action.SECRET_SHOW, **values: Any) -> None:
    values = {"object_id": "0001", "actor_subject": person, **values}
    outcome = values.pop("outcome", Outcome.SUCCEEDED)
    intent = make_entry(None, action=action, **values)
    settle(intent, outcome, actor_subject=person, at=intent.at)


def test_people_who_saw_a_secret_are_counted_once() -> None:
    seen("alice")
    seen("alice", Action.SECRET_COPY)
    seen("bob", Action.SECRET_REGENERATE)
    seen("bob", actor_issuer="https://id.example/realms/other")
    seen("carol", outcome=Outcome.FAILED)
    seen("dora", outcome=Outcome.UNKNOWN)
    seen("erik", Action.CLIENT_UPDATE)
    seen("finn", object_id="0002")

    assert count_people_who_saw_secret("0001", since=None) == 2


def test_only_those_who_saw_the_present_secret_count() -> None:
    seen("alice", at=NOW - HOUR)
    seen("bob", at=NOW + HOUR)

    assert count_people_who_saw_secret("0001", since=NOW) == 1
    assert count_people_who_saw_secret("0003", since=None) == 0
