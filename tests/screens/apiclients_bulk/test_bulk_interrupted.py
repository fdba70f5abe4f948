"""What happens in between: clients that changed, workers that die, Keycloak away."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apiclients.bulk import work as worker
from apiclients.bulk.runs import resume_abandoned_runs
from apiclients.models import BulkItem, BulkRun
from apiclients.permission_counts import note_count
from audit.models import OpenIntent, Outcome, Phase, Record
from gateways.keycloak.clients import ClientGateway
from tests.databases import at_once
from tests.factories import make_entry
from tests.pages import as_htmx, read_page, read_part, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_bulk.steps import (
    CLIENTS,
    add_client,
    confirm,
    confirmation,
    fill_in,
    lines,
    resume_address,
    run_of,
    work,
)
from tests.screens.broken_log import broken_log
from tests.screens.browser import banners, follow
from tests.screens.records import entries


class Killed(BaseException):
    """A worker that is killed does not even tidy up."""


def kill_before(monkeypatch: pytest.MonkeyPatch, place: int, name: str) -> None:
    """The worker dies at this client, just before this function of its module."""
    really, seen = getattr(worker, name), []

    def killed(*args: Any, **kwargs: Any) -> Any:
        seen.append(args)
        if len(seen) == place:
            raise Killed
        return really(*args, **kwargs)

    monkeypatch.setattr(worker, name, killed)


def die(monkeypatch: pytest.MonkeyPatch, form: Any) -> None:
    """Let the worker begin, and leave everything as it is where it dies."""
    run = run_of(form)
    with pytest.raises(Killed):
        work()
    monkeypatch.undo()
    DBTaskResult.objects.all().delete()
    late = timezone.now() - timedelta(seconds=1)
    BulkRun.objects.filter(pk=run.pk).update(due_at=late)  # its lease is over


MEANWHILE = {
    "gone": "There is no such API client any more.",
    "public": "There is no such API client any more.",
    "protected": "There is no such API client any more.",
    "renamed": (
        "Somebody changed it after you chose it. Look at it, and choose it again."
    ),
    "changed": (
        "Somebody changed it after you chose it. Look at it, and choose it again."
    ),
    "disabled": "It is disabled already.",
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_client_that_is_not_as_it_was_chosen_is_left_as_it_is(
    admin: Client, keycloak: SandboxControl, uuids: list[str], what: str
) -> None:
    form = confirm(admin, uuids, "disable")
    second = uuids[1]
    if what == "gone":
        keycloak.remove_client(second)
    elif what == "public":
        keycloak.change_client(second, publicClient=True)
    elif what == "protected":
        keycloak.give_roles(
            "service-account-svc-b", client={"realm-management": ["manage-users"]}
        )
    elif what == "renamed":
        keycloak.change_client(second, clientId="svc-z")
    elif what == "changed":
        keycloak.change_client(second, description="In use again")
    else:
        keycloak.change_client(second, enabled=False)
    work()

    page = read_page(admin.get(form.action))

    assert lines(page) == [
        ("svc-a", "Disabled", ""),
        ("svc-b", "Not sent", MEANWHILE[what]),
        ("svc-c", "Disabled", ""),
    ]
    assert banners(page) == ["2 succeeded, 1 not sent."]
    assert keycloak.writes() == [f"PUT {CLIENTS}/{uuid}" for uuid in uuids[::2]]
    assert len(entries()) == 2
    assert not page.find("button", string="Resume"), "it would end the same"


def test_what_the_index_learns_besides_is_no_change(
    admin: Client, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    note_count(uuids[1], 7)
    work()

    assert {line[1] for line in lines(read_page(admin.get(form.action)))} == {
        "Disabled"
    }


def test_keycloak_away_stops_the_run_and_resume_sends_the_rest(
    admin: Client, keycloak: SandboxControl, hasty: None, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    keycloak.fail("GET", f"{uuids[1]}$", "drop_before", times=None)
    work()
    page = read_page(admin.get(form.action))
    assert [line[1] for line in lines(page)] == ["Disabled", "Not sent", "Not sent"]
    assert text_of(page.select_one(".banner")).startswith("It stopped early: Keycloak")
    keycloak.heal()

    answer = admin.post(resume_address(form))
    work()

    page = follow(admin, answer)
    assert {line[1] for line in lines(page)} == {"Disabled"}
    assert keycloak.writes() == [f"PUT {CLIENTS}/{uuid}" for uuid in uuids]
    assert run_of(form).request_id == answer["X-Request-ID"]


def test_sending_the_form_again_resumes_a_stopped_run(
    admin: Client, keycloak: SandboxControl, hasty: None, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    keycloak.fail("PUT", f"{uuids[0]}$", "drop_after")
    work()

    admin.post(form.action, form.values)
    work()

    page = read_page(admin.get(form.action))
    # What got no answer was read meanwhile: it had happened.
    assert {line[1] for line in lines(page)} == {"Disabled"}
    assert keycloak.writes() == [f"PUT {CLIENTS}/{uuid}" for uuid in uuids]


def test_a_worker_killed_before_a_write_repeats_nothing(
    admin: Client,
    keycloak: SandboxControl,
    uuids: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = confirm(admin, uuids, "delete")
    kill_before(monkeypatch, 2, "send_deletion")
    die(monkeypatch, form)
    assert len(keycloak.writes()) == 1

    resume_abandoned_runs()
    assert work() == 1

    assert keycloak.writes() == [f"DELETE {CLIENTS}/{uuid}" for uuid in uuids]
    assert {line[1] for line in lines(read_page(admin.get(form.action)))} == {"Deleted"}


def test_a_worker_killed_after_a_write_does_not_send_it_again(
    admin: Client,
    keycloak: SandboxControl,
    uuids: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = confirm(admin, uuids, "disable")
    kill_before(monkeypatch, 2, "_note")
    die(monkeypatch, form)

    resume_abandoned_runs()
    work()

    assert keycloak.writes() == [f"PUT {CLIENTS}/{uuid}" for uuid in uuids]
    assert len(entries()) == 3
    page = read_page(admin.get(form.action))
    assert {line[1] for line in lines(page)} == {"Disabled"}


def test_a_write_whose_outcome_nobody_recorded_is_unknown_and_not_sent_again(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    item = run_of(form).items.get(client_id="svc-b")
    ago = timezone.now() - timedelta(minutes=2)
    make_entry(None, at=ago, operation=item.operation, object_name="svc-b")
    work()

    page = read_page(admin.get(form.action))

    assert [line[1] for line in lines(page)] == ["Disabled", "Unknown", "Disabled"]
    assert keycloak.writes() == [f"PUT {CLIENTS}/{uuid}" for uuid in uuids[::2]]


def test_the_page_follows_the_log_when_an_unknown_is_settled(
    admin: Client, keycloak: SandboxControl, hasty: None, uuids: list[str]
) -> None:
    form = confirm(admin, uuids[:1], "disable")
    keycloak.fail("PUT", f"{uuids[0]}$", "drop_after")
    work()

    work()
    page = read_page(admin.get(form.action))

    outcomes = Record.objects.filter(phase=Phase.OUTCOME).order_by("id")
    assert [o.outcome for o in outcomes] == [Outcome.UNKNOWN, Outcome.SUCCEEDED]
    assert [line[1] for line in lines(page)] == ["Disabled"]


def test_a_client_that_is_busy_can_be_resumed(
    durable_db: None, admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    other = make_entry(None, object_id=uuids[1], object_name="svc-b")
    lock = OpenIntent.objects.create(
        object_key=f"client/{uuids[1]}", intent=other, taken_at=timezone.now()
    )
    work()
    page = read_page(admin.get(form.action))
    assert lines(page)[1] == (
        *("svc-b", "Not sent", "Another change of it was under way."),
    )
    lock.delete()

    admin.post(resume_address(form))
    work()

    assert lines(read_page(admin.get(form.action)))[1] == ("svc-b", "Disabled", "")


def test_what_cannot_be_recorded_is_not_sent(
    durable_db: None, admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")

    with broken_log():
        work()

    assert keycloak.writes() == []
    assert "could not be recorded" in run_of(form).stopped
    states = set(run_of(form).items.values_list("state", flat=True))
    assert states == {BulkItem.State.WAITING}


def test_while_it_runs_the_page_looks_again_and_then_stops(
    admin: Client, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    waiting = read_page(admin.get(form.action))
    poll = waiting.select_one("#bulk-poll")
    assert poll is not None
    assert {line[1] for line in lines(waiting)} == {"Waiting"}
    assert "0 of 3 done" in text_of(waiting.select_one(".banner"))
    work()

    answer = admin.get(str(poll["hx-get"]), headers=as_htmx("bulk-result"))

    part = read_part(answer, "bulk-result")
    assert not part.select("#bulk-poll")
    assert "Disabled 3 of 3 API clients. 3 succeeded." in answer.text


def test_nothing_is_resumed_that_is_done_or_that_somebody_is_at(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    run = run_of(form)
    BulkRun.objects.update(due_at=timezone.now() + worker.LEASE)

    resume_abandoned_runs()
    assert "There is nothing to resume." in banners(
        follow(admin, admin.post(resume_address(form)))
    )
    worker.work_off(str(run.pk))

    assert keycloak.writes() == []
    BulkRun.objects.update(due_at=timezone.now())
    work()
    admin.post(resume_address(form))
    assert work() == 0
    assert len(keycloak.writes()) == 3


def test_a_draft_is_not_worked_off(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = fill_in(confirmation(admin, uuids, "delete"), "delete")

    resume_abandoned_runs()
    admin.post(resume_address(form))
    worker.work_off(str(run_of(form).pk))

    assert work() == 0
    assert keycloak.writes() == []


def test_a_hundred_clients(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    many = [*uuids, *(add_client(keycloak, f"svc-{n:03}") for n in range(97))]
    form = confirm(admin, many, "disable")
    work()

    page = read_page(admin.get(form.action))

    assert banners(page) == ["100 succeeded."]
    assert len(set(keycloak.writes())) == len(keycloak.writes()) == 100


def test_two_workers_at_once_send_each_write_once(
    shared_db: None, admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = confirm(admin, uuids, "disable")
    run = run_of(form)

    def go() -> None:
        worker.work_off(str(run.pk))

    assert at_once(go, go) == [None, None]

    assert sorted(keycloak.writes()) == sorted(f"PUT {CLIENTS}/{u}" for u in uuids)
    assert {line[1] for line in lines(read_page(admin.get(form.action)))} == {
        "Disabled"
    }


def test_an_unexpected_failure_stops_the_run_and_is_not_swallowed(
    admin: Client,
    keycloak: SandboxControl,
    uuids: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = confirm(admin, uuids, "disable")

    def break_down(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ClientGateway, "update_client", break_down)

    with pytest.raises(ZeroDivisionError):
        work()

    assert "nobody expected" in run_of(form).stopped
    page = read_page(admin.get(form.action))
    assert [line[1] for line in lines(page)] == ["Unknown", "Not sent", "Not sent"]
    assert page.find("button", string="Resume")
