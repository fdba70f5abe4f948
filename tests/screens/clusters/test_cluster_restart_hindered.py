"""What stands in the way of a restart: said in words, recorded, nothing half done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, OpenIntent, Outcome
from audit.selectors import Standing
from tests.databases import at_once
from tests.factories import make_record
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.broken_log import broken_log
from tests.screens.browser import Form, follow, heading
from tests.screens.clusters.clusters import ANALYTICS, API, address, confirmation
from tests.screens.records import (
    assert_names_the_entry,
    assert_recorded,
    entries,
    only_entry,
)

PUT = f"PUT {API}/{ANALYTICS}"
PERHAPS = "It may or may not have happened: check before you repeat it"
TRIED = "Tried to change the feature flags of cluster <b>analytics-prod</b>"


@pytest.fixture
def form(owner: Client) -> Form:
    """Filled in while everything was still right."""
    return confirmation(owner)


def assert_tried(outcome: Outcome, username: str = "account-admin") -> Any:
    entry = only_entry()
    assert_recorded(
        entry,
        Action.CLUSTER_FLAGS,
        outcome,
        name="analytics-prod",
        username=username,
    )
    assert entry.summary == TRIED
    return entry


def test_a_cluster_that_changed_meanwhile_is_left_alone(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    manager.change_cluster("analytics-prod", spec={"version": "2026.12.0"})

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "Someone else changed this cluster meanwhile"
    assert "Nothing was sent." in text_of(page.main)
    assert "is at version 48 now" in text_of(page.main)
    assert manager.writes() == []
    entry = assert_tried(Outcome.FAILED)
    assert "changed meanwhile" in entry.explanation
    assert page.find("a", href=reverse("audit:entry", args=[entry.record.id]))


def test_a_cluster_that_changed_since_the_dialog_is_told_before_the_question(
    owner: Client, manager: SandboxControl
) -> None:
    response = owner.get(f"{address('restart')}?seen=46&wanted=oauth2")

    assert response.status_code == 409
    assert heading(read_page(response)) == (
        "Someone else changed this cluster meanwhile"
    )
    assert entries() == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"state": "UPDATING"},
        {"state": "STOPPING"},
        {"update": {"state": "IN_PROGRESS", "type": "ROLLING", "message": "Busy"}},
    ],
)
def test_while_an_update_runs_nothing_is_sent(
    owner: Client, manager: SandboxControl, form: Form, elsewhere: dict[str, Any]
) -> None:
    manager.change_cluster("analytics-prod", **elsewhere)

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "An update of this cluster is running"
    assert manager.writes() == []
    assert (
        "An update of the cluster is running"
        in assert_tried(Outcome.FAILED).explanation
    )


def test_a_field_that_is_gone_stops_it(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    # The same version, so that only the field is missing.
    gone = (
        '{"metadata": {"uid": "%s", "name": "analytics-prod"}, "spec": {}, '
        '"status": {"resourceVersion": 47, "state": "RUNNING"}}'
    )
    manager.fail("GET", f"{API}/", "status", status=200, body=gone % ANALYTICS)

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "This cluster has no such setting"
    assert manager.writes() == []
    assert_tried(Outcome.FAILED)


def test_a_conflict_at_the_manager_is_told_with_its_words(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    body = '{"error": {"code": "Conflict", "message": "Busy <b>scaling</b>"}}'
    manager.fail("PUT", API, "status", status=409, body=body)

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "Imply Manager refused the change"
    assert "The Manager says: Busy <b>scaling</b>" in text_of(page.main)
    entry = assert_tried(Outcome.FAILED)
    assert entry.explanation == "Busy <b>scaling</b>"
    assert page.find("a", href=reverse("audit:entry", args=[entry.record.id]))


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (400, 422, "Imply Manager did not accept these values. Bad flags"),
        (401, 502, "Imply Manager does not accept this console's own credentials."),
        (403, 502, "Imply Manager denies this console that"),
        (429, 503, "Imply Manager is not answering."),
    ],
)
def test_a_refusal_is_recorded_and_said_to_have_changed_nothing(
    owner: Client,
    manager: SandboxControl,
    form: Form,
    answer: int,
    status: int,
    words: str,
) -> None:
    body = '{"error": {"code": "Unauthorized", "message": "Bad flags"}}'
    manager.fail("PUT", API, "status", status=answer, body=body)

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert (response.status_code, heading(page)) == (status, "Nothing was changed")
    assert words in text_of(page.main)
    assert_names_the_entry(page, assert_tried(Outcome.FAILED), response)


def test_a_cluster_that_is_gone_is_not_found_and_that_is_recorded(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    manager.fail("PUT", API, "status", status=404)

    assert owner.post(form.action, form.values).status_code == 404
    assert_tried(Outcome.FAILED)


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_after"},
        {"action": "drop_before"},
        {"action": "status", "status": 500},
        {"action": "status", "status": 502, "body": "<h1>Bad gateway</h1>"},
        {"action": "status", "status": 503},
        {"action": "status", "status": 200, "body": "<h1>Sign in</h1>"},
        {"action": "garbage"},
        {"action": "cut"},
    ],
)
def test_a_lost_answer_is_recorded_as_unknown_and_not_repeated(
    owner: Client, manager: SandboxControl, form: Form, fault: dict[str, Any]
) -> None:
    manager.forget_calls()
    manager.fail("PUT", API, **fault)

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert (response.status_code, heading(page)) == (502, PERHAPS)
    assert manager.writes() == [PUT]
    entry = assert_tried(Outcome.UNKNOWN)
    assert_names_the_entry(page, entry, response)
    told = read_page(owner.get(reverse("audit:entry", args=[entry.record.id])))
    assert "Open the Setup of the cluster" in text_of(told.main)


def test_who_lost_the_right_meanwhile_sends_nothing(
    as_person: Callable[[str], Client], manager: SandboxControl, form: Form
) -> None:
    manager.forget_calls()

    response = as_person("client-admin").post(form.action, form.values)

    page = read_page(response)
    assert (response.status_code, heading(page)) == (403, "Nothing was changed")
    assert "administer-account, or manage-clusters in production" in text_of(page.main)
    assert manager.writes() == []
    entry = assert_tried(Outcome.FAILED, "client-admin")
    assert page.find("a", href=reverse("audit:entry", args=[entry.record.id]))


def test_who_may_change_another_environment_sends_nothing(
    as_person: Callable[[str], Client], manager: SandboxControl, form: Form
) -> None:
    manager.give_roles("client-admin", client={"staging": ["manage-clusters"]})

    response = as_person("client-admin").post(form.action, form.values)

    assert response.status_code == 403
    assert manager.writes() == []


def test_without_keycloaks_word_on_the_roles_nothing_is_sent(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    manager.fail("GET", "generate-example-access-token$", "status", status=500)

    response = owner.post(form.action, form.values)

    assert response.status_code == 503
    assert manager.writes() == []
    assert entries() == []


def test_without_a_record_nothing_is_asked_of_anybody(
    durable_db: None, owner: Client, manager: SandboxControl, form: Form
) -> None:
    manager.forget_calls()

    with broken_log():
        response = owner.post(form.action, form.values)

    assert heading(read_page(response)) == "Nothing was changed"
    assert manager.calls() == []
    assert entries() == []


def test_a_form_that_was_refused_leads_to_its_entry_when_it_is_sent_again(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    manager.fail("PUT", API, "status", status=400, times=1)
    owner.post(form.action, form.values)

    second = owner.post(form.action, form.values)

    entry = only_entry()
    assert second["Location"] == reverse("audit:entry", args=[entry.record.id])
    assert "Tried to change the feature flags" in text_of(follow(owner, second).main)
    assert len(manager.writes()) == 1


def test_two_people_at_once_restart_it_once(
    shared_db: None, owner: Client, manager: SandboxControl
) -> None:
    first, second = confirmation(owner), confirmation(owner)
    manager.fail("PUT", API, "delay", seconds=0.5)

    answers = at_once(
        *(lambda f=form: owner.post(f.action, f.values) for form in (first, second))
    )

    # The second is told that it is busy, or finds that it is done already.
    assert {answer.status_code for answer in answers} <= {302, 409}
    assert manager.writes() == [PUT]
    succeeded = [e for e in entries() if e.outcome is Standing.SUCCEEDED]
    assert len(succeeded) == 1


def test_while_another_change_is_under_way_the_page_says_so(
    owner: Client, manager: SandboxControl, form: Form
) -> None:
    held = make_record(
        action=Action.CLUSTER_FLAGS,
        object_type="cluster",
        object_name="analytics-prod",
        object_id=ANALYTICS,
    )
    OpenIntent.objects.create(
        object_key=f"cluster/{ANALYTICS}", intent=held, taken_at=held.at
    )

    response = owner.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == 409
    assert heading(page) == "Another change of this cluster is under way"
    assert manager.writes() == []
