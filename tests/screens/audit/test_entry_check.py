"""An entry whose outcome nobody knows: Check now, and Release."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, OpenIntent, Outcome, Record
from audit.reconciling import APART, UNREAD_FOR
from audit.selectors import Standing, get_entry
from tests.factories import make_entry
from tests.outcomes import SECOND, let_pass
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import DELETE, DISABLE
from tests.screens.browser import Form, banners, fill_in, find_form, follow, heading
from tests.screens.records import assert_recorded, entries, only_entry


@pytest.fixture
def lose(admin: Client, keycloak: SandboxControl, reports: str) -> Callable[[str], int]:
    """Disable svc-reports so that the answer is lost; the entry of that."""

    def disable(fault: str) -> int:
        keycloak.fail(DISABLE.method, DISABLE.path, fault)
        DISABLE.make(admin, reports)
        keycloak.heal()
        keycloak.forget_calls()
        return only_entry().record.id

    return disable


def address(entry_id: int) -> str:
    return reverse("audit:entry", args=[entry_id])


def open_entry(browser: Client, entry_id: int) -> Any:
    return read_page(browser.get(address(entry_id)))


def check_now(browser: Client, entry_id: int) -> Any:
    """Press the button; the page where it leads."""
    form = find_form(open_entry(browser, entry_id), "Check now")
    return follow(browser, browser.post(form.action, form.values))


def title(page: Any) -> str:
    return text_of(page.select_one("#outcome-check h2"))


def make_it_take_a_person(
    browser: Client, keycloak: SandboxControl, entry_id: int
) -> None:
    """Someone deletes the client elsewhere, so nobody can tell any more."""
    keycloak.remove_client(get_entry(entry_id).object_id)
    check_now(browser, entry_id)
    let_pass(APART + SECOND)
    check_now(browser, entry_id)


def test_an_unknown_outcome_says_that_it_is_being_checked(
    admin: Client, lose: Callable[[str], int]
) -> None:
    page = open_entry(admin, lose("drop_after"))

    assert title(page) == "The outcome is being checked"
    assert "svc-reports takes no other change" in text_of(page.main)
    assert not page.find("button", string="Release")


def test_check_now_settles_what_happened(
    admin: Client, keycloak: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")

    page = check_now(admin, entry_id)

    assert banners(page) == [
        "Checked: the outcome is known now.",
        "Keycloak has the values that this change set.",
    ]
    assert get_entry(entry_id).outcome is Standing.SUCCEEDED
    assert not page.select("#outcome-check")
    assert keycloak.writes() == []


def test_check_now_does_not_settle_too_early_what_did_not_happen(
    admin: Client, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_before")

    first = check_now(admin, entry_id)
    second = check_now(admin, entry_id)
    let_pass(APART + SECOND)
    third = check_now(admin, entry_id)

    for page in (first, second):
        assert "the request may still be under way" in text_of(page.main)
    assert "Keycloak has the values from before." in banners(third)
    assert get_entry(entry_id).outcome is Standing.FAILED


def test_check_now_while_keycloak_is_away_says_so(
    admin: Client, keycloak: SandboxControl, hasty: None, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")
    keycloak.fail("GET", "/admin/realms/northwind/clients/", "status", status=503)

    response = admin.post(f"{address(entry_id)}check/")

    assert response.status_code == 503
    assert heading(read_page(response)) == "Nothing was changed"
    assert "It could not be read" in text_of(open_entry(admin, entry_id).main)


def test_check_now_for_an_entry_that_is_settled_changes_nothing(admin: Client) -> None:
    entry = make_entry()

    page = follow(admin, admin.post(f"{address(entry.id)}check/"))

    assert "It was checked a moment ago" in banners(page)[0]
    assert Record.objects.count() == 2


def test_what_takes_a_person_says_what_was_found_and_what_to_check(
    admin: Client, keycloak: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")

    make_it_take_a_person(admin, keycloak, entry_id)

    page = open_entry(admin, entry_id)
    assert title(page) == "The outcome needs a person"
    assert "What was found. The API client is not there any more" in text_of(page.main)
    assert "Open the API client and compare it" in text_of(page.main)


def test_a_person_releases_it_with_a_reason_on_record(
    admin: Client, keycloak: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")
    make_it_take_a_person(admin, keycloak, entry_id)

    page = follow(
        admin,
        fill_in(admin, address(entry_id), "Release", reason="It was deleted by hand"),
    )

    assert "Released. It can be changed again." in banners(page)
    assert not OpenIntent.objects.exists()
    release, changed = entries()
    assert_recorded(
        release, Action.OUTCOME_RELEASE, Outcome.SUCCEEDED, name="svc-reports"
    )
    assert release.record.reason == "It was deleted by hand"
    assert release.changes == [
        {"field": "Entry of unknown outcome", "before": "", "after": str(entry_id)}
    ]
    assert changed.outcome is Standing.UNKNOWN
    assert changed.explanation == "Released by Bob Tanaka: It was deleted by hand"


def test_after_a_release_the_object_takes_changes(
    admin: Client, keycloak: SandboxControl, reports: str, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")
    keycloak.fail("GET", f"/clients/{reports}$", "status", status=500)
    check = admin.post(f"{address(entry_id)}check/")
    assert check.status_code == 503
    let_pass(UNREAD_FOR)
    keycloak.heal()
    fill_in(admin, address(entry_id), "Release", reason="Nobody can tell")

    response = DELETE.make(admin, reports)

    assert response.status_code == 302


def release_form(entry_id: int) -> Form:
    """As someone sends it who has no such page."""
    return Form(f"{address(entry_id)}release/", {"reason": "Because"})


def test_a_release_without_a_reason_is_refused(
    admin: Client, keycloak: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")
    make_it_take_a_person(admin, keycloak, entry_id)

    response = fill_in(admin, address(entry_id), "Release", reason=" ")

    assert response.status_code == 422
    assert "Say what you looked at" in text_of(read_page(response).main)
    assert OpenIntent.objects.exists()


@pytest.mark.parametrize("looked", [True, False])
def test_what_is_still_being_checked_cannot_be_released(
    admin: Client, lose: Callable[[str], int], looked: bool
) -> None:
    entry_id = lose("drop_before")
    if looked:
        check_now(admin, entry_id)
    form = release_form(entry_id)

    page = follow(admin, admin.post(form.action, form.values))

    assert "There is nothing to release. Nothing was changed." in banners(page)
    assert OpenIntent.objects.exists()
    only_entry()


def test_a_release_sent_twice_is_recorded_once(
    admin: Client, keycloak: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")
    make_it_take_a_person(admin, keycloak, entry_id)
    form = release_form(entry_id)

    admin.post(form.action, form.values)
    page = follow(admin, admin.post(form.action, form.values))

    assert "There is nothing to release. Nothing was changed." in banners(page)
    released = [e for e in entries() if e.record.action == Action.OUTCOME_RELEASE]
    assert len(released) == 1


def test_someone_whose_role_was_taken_away_releases_nothing(
    admin: Client, keycloak: SandboxControl, lose: Callable[[str], int]
) -> None:
    """The session still has the role; the right is read anew."""
    entry_id = lose("drop_after")
    make_it_take_a_person(admin, keycloak, entry_id)
    keycloak.give_roles("client-admin", realm=["administer-clients"], remove=True)
    form = release_form(entry_id)

    response = admin.post(form.action, form.values)

    assert response.status_code == 403
    assert OpenIntent.objects.exists()
