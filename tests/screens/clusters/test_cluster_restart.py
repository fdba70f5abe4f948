"""Changing a flag: asked first, sent once, recorded, and tried again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import banners, find_form, follow, heading
from tests.screens.clusters.clusters import (
    ANALYTICS,
    API,
    CLICKSTREAM,
    STAGING,
    address,
    confirmation,
    flag_row,
    restart,
    setup,
)
from tests.screens.records import assert_recorded, entries, only_entry

PUT = f"PUT {API}/{ANALYTICS}"
QUESTION = (
    "Restart the cluster to apply the changes. "
    "This interrupts service for a few minutes."
)
VERSION = "Version of the configuration"


def test_the_page_that_asks_names_the_cluster_and_what_happens(
    owner: Client, manager: SandboxControl
) -> None:
    setup(owner)
    manager.forget_calls()

    page = read_page(owner.get(f"{address('restart')}?seen=47&wanted=oauth2"))

    assert heading(page) == "Restart analytics-prod?"
    assert QUESTION in text_of(page.main)
    assert "OAuth 2.0 is turned on : analytics-prod accepts the tokens" in text_of(
        page.select_one(".consequences")
    )
    assert manager.calls() == [f"GET {API}/{ANALYTICS}"]
    assert entries() == []


def test_a_restart_sends_the_flag_once_and_is_recorded(
    owner: Client, manager: SandboxControl
) -> None:
    form = confirmation(owner)
    manager.forget_calls()

    response = owner.post(form.action, {**form.values, "reason": "Go live"})

    assert response["Location"].startswith(f"{address('setup')}?heard=")
    assert manager.writes() == [PUT]
    entry = only_entry()
    assert_recorded(
        entry,
        Action.CLUSTER_FLAGS,
        Outcome.SUCCEEDED,
        name="analytics-prod",
        username="account-admin",
    )
    assert entry.summary == "Changed the feature flags of cluster <b>analytics-prod</b>"
    assert entry.changes == [
        {"field": "OAuth 2.0", "before": "off", "after": "on"},
        {"field": VERSION, "before": "47", "after": "48"},
    ]
    assert (entry.record.object_type, entry.object_id) == ("cluster", ANALYTICS)
    assert entry.record.reason == "Go live"
    assert entry.record.request_id == response["X-Request-ID"]


def test_a_restart_is_followed_by_its_progress(owner: Client) -> None:
    page = follow(owner, restart(owner))

    assert text_of(page.select_one("#restart-title")) == (
        "Restarting to apply the changes"
    )
    steps = [text_of(step) for step in page.select(".log li")]
    assert steps[0].startswith("Change sent: OAuth 2.0 on , by Alice Moreau")
    assert steps[1].startswith("Manager accepted the change (version 48)")
    assert "Manager reports UPDATING : Restarting master servers, 0 of 9" in steps[2]
    assert "Asked every 10 s" in steps[2]
    assert flag_row(page) == ["Off", "On", "Pending restart"]


def test_a_flag_can_be_turned_off(owner: Client, manager: SandboxControl) -> None:
    page = follow(owner, restart(owner, CLICKSTREAM, on=False))

    assert flag_row(page) == ["On", "Off", "Pending restart"]
    assert only_entry().changes[0] == {
        "field": "OAuth 2.0",
        "before": "on",
        "after": "off",
    }
    # Whatever else is set stays.
    assert flag_row(page, "async-downloads") == ["On", "On", "On"]


def test_when_it_ended_the_flag_is_in_force(
    owner: Client, manager: SandboxControl
) -> None:
    watched = restart(owner)["Location"]
    manager.set_updates(restart_seconds=0)

    page = read_page(owner.get(watched))

    assert "analytics-prod runs with the saved settings." in banners(page)[0]
    assert flag_row(page) == ["On", "On", "On"]
    assert banners(read_page(setup(owner))) == []


def test_a_failed_restart_shows_what_the_manager_said_and_what_is_true(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    manager.set_updates(restart_seconds=0, end="fail", message="Disk <full>")

    page = read_page(setup(owner))

    assert text_of(page.select_one("#restart-title")) == "The restart failed"
    assert banners(page) == ["The Manager says: Disk <full>"]
    assert flag_row(page) == ["Off", "On", "Pending restart"]
    again = page.select_one("#restart .buttons a")
    assert again is not None
    assert (text_of(again), again["href"]) == ("Restart cluster", address("restart"))


def test_a_failed_restart_can_be_tried_again(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    manager.set_updates(restart_seconds=0, end="fail")
    page = read_page(owner.get(address("restart")))
    form = find_form(page, "Restart cluster")
    manager.set_updates(restart_seconds=3600)
    manager.forget_calls()

    after = follow(owner, owner.post(form.action, form.values))

    assert "The saved settings are tried once more" in text_of(page.main)
    assert manager.writes() == [PUT]
    assert text_of(after.select_one(".log li")).startswith(
        "Restart asked for by Alice Moreau"
    )
    entry = entries()[0]
    assert entry.summary == "Restarted cluster <b>analytics-prod</b>"
    began, version = entry.changes
    assert began["field"] == "Update began"
    assert version == {"field": VERSION, "before": "48", "after": "48"}


def test_a_failed_change_can_be_taken_back(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    manager.set_updates(restart_seconds=0, end="fail")
    form = confirmation(owner, on=False)
    manager.set_updates(restart_seconds=0, end="succeed")

    page = follow(owner, owner.post(form.action, form.values))

    assert flag_row(page) == ["Off", "Off", "Off"]


def test_after_two_failures_nobody_can_tell_what_runs(
    owner: Client, manager: SandboxControl
) -> None:
    manager.set_updates(restart_seconds=0, end="fail")
    restart(owner)
    restart(owner, on=False)

    assert flag_row(read_page(setup(owner))) == ["Unknown", "Off", "Unknown"]


def test_a_cancelled_restart_shows_that_it_was_reverted(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    manager.set_updates(restart_seconds=0, end="cancel")

    page = read_page(setup(owner))

    assert "The last restart was cancelled" in banners(page)[0]
    assert "All servers were reverted" in banners(page)[0]
    assert flag_row(page) == ["Off", "Off", "Off"]


def test_what_is_so_already_is_not_sent(owner: Client, manager: SandboxControl) -> None:
    response = owner.get(f"{address('restart', CLICKSTREAM)}?seen=112&wanted=oauth2")

    page = follow(owner, response)
    assert "the flags are as you want them already" in banners(page)[0]
    assert owner.get(address("restart", STAGING)).status_code == 302
    assert manager.writes() == []


def test_what_became_so_meanwhile_is_not_sent(
    owner: Client, manager: SandboxControl
) -> None:
    form = confirmation(owner)
    manager.change_cluster("analytics-prod", spec={"featureFlags": ["oauth2"]})

    response = owner.post(form.action, form.values)

    assert response.status_code == 302
    assert manager.writes() == []
    assert entries() == []


def test_a_form_sent_twice_restarts_once(
    owner: Client, manager: SandboxControl
) -> None:
    form = confirmation(owner)
    owner.post(form.action, form.values)

    second = owner.post(form.action, form.values)

    assert second["Location"] == address("setup")
    page = follow(owner, second)
    assert "This form was sent twice. It was done once." in text_of(page.main)
    assert manager.writes() == [PUT]
    only_entry()


def test_a_form_overtaken_by_itself_says_so(
    owner: Client,
    manager: SandboxControl,
    overtake: Callable[[Callable[[], Any]], None],
) -> None:
    form = confirmation(owner)

    overtake(lambda: owner.post(form.action, form.values))

    second = owner.post(form.action, form.values)

    page = follow(owner, second)
    assert "This form was sent twice. It was done once." in text_of(page.main)
    assert manager.writes() == [PUT]
    only_entry()


def test_the_address_that_asks_sends_nothing_by_itself(
    owner: Client, manager: SandboxControl
) -> None:
    for method in ("get", "head"):
        getattr(owner, method)(f"{address('restart')}?seen=47&wanted=oauth2")

    assert manager.writes() == []


@pytest.mark.parametrize(
    "query", ["?seen=x", "?seen=-1", "?seen=47&wanted=drop-tables", "?wanted=%00"]
)
def test_an_address_that_makes_no_sense_leads_back_to_the_dialog(
    owner: Client, manager: SandboxControl, query: str
) -> None:
    response = owner.get(address("restart") + query)

    assert response["Location"] == address("flags")
    assert "Nothing was sent" in text_of(follow(owner, response).main)


@pytest.mark.parametrize("name", ["seen", "operation"])
@pytest.mark.parametrize("value", ["", "x"])
def test_a_form_that_is_not_whole_sends_nothing(
    owner: Client, manager: SandboxControl, name: str, value: str
) -> None:
    form = confirmation(owner)

    response = owner.post(form.action, {**form.values, name: value})

    assert response["Location"] == address("flags")
    assert manager.writes() == []
    assert entries() == []


def test_a_reason_that_is_too_long_is_kept_to_be_shortened(
    owner: Client, manager: SandboxControl
) -> None:
    form = confirmation(owner)

    response = owner.post(form.action, {**form.values, "reason": "x" * 501})

    page = read_page(response)
    assert response.status_code == 422
    assert page.select_one("[name=reason]")["value"] == "x" * 501  # type: ignore[index]
    again = find_form(page, "Restart cluster")
    assert again.values["wanted"] == "oauth2"
    owner.post(again.action, {**again.values, "reason": "short"})
    assert manager.writes() == [PUT]


def test_a_role_in_the_environment_is_enough(
    as_person: Callable[[str], Client], manager: SandboxControl
) -> None:
    # The session still knows the roles of before: for reading, up to a minute.
    browser = as_person("client-admin")
    form = confirmation(as_person("account-admin"))
    manager.give_roles("client-admin", client={"production": ["manage-clusters"]})

    response = browser.post(form.action, form.values)

    assert response["Location"].startswith(address("setup"))
    assert_recorded(
        only_entry(), Action.CLUSTER_FLAGS, Outcome.SUCCEEDED, name="analytics-prod"
    )


def test_the_audit_log_finds_the_cluster(owner: Client) -> None:
    restart(owner)

    page = read_page(owner.get(f"{reverse('audit:list')}?object=analytics-prod"))

    assert "Changed the feature flags of cluster analytics-prod" in text_of(page.main)
