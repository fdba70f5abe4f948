"""Two requests at the very same time, to a real server."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from audit.models import Outcome
from console.access import Actor
from tests.databases import at_once
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients.changes import (
    CREATE,
    DELETE,
    DISABLE,
    REGENERATE,
    UPDATE,
    Change,
)
from tests.screens.real_server import RealBrowser, serving
from tests.screens.records import assert_recorded, entries, only_entry


@pytest.fixture
def browser(
    shared_db: None, people: dict[str, Actor], keycloak: SandboxControl, reports: str
) -> Iterator[RealBrowser]:
    with serving() as url:
        yield RealBrowser(url, people["client-admin"])


def filled_in(browser: RealBrowser, change: Change, uuid: str) -> dict[str, str]:
    form = browser.open_form(change.address(uuid), change.button)
    return form.filled_in(**change.values)


@pytest.mark.parametrize(
    "change", [REGENERATE, CREATE, UPDATE, DISABLE, DELETE], ids=str
)
@pytest.mark.parametrize("seconds", [0, 0.3], ids=["at once", "slowly"])
def test_a_form_sent_twice_at_once_does_its_work_once(
    browser: RealBrowser,
    keycloak: SandboxControl,
    reports: str,
    change: Change,
    seconds: float,
) -> None:
    values = filled_in(browser, change, reports)
    address = change.address(reports)
    if seconds:
        keycloak.fail(change.method, change.path, "delay", seconds=seconds)

    answers = at_once(*[lambda: browser.post(address, values)] * 2)

    assert keycloak.writes() == change.calls(reports)
    entry = only_entry()
    assert_recorded(entry, change.action, Outcome.SUCCEEDED, name=change.name)
    landing = change.landing_address(entry.object_id)
    places = {answer.headers.get("Location", "").split("?")[0] for answer in answers}
    if change is REGENERATE:
        told = [answer for answer in answers if answer.status_code == 200]
        assert len(told) == 1
        assert keycloak.secret(reports) in told[0].text
        assert places == {"", landing}
    else:
        assert places == {landing}


def test_many_sendings_at_once_do_the_work_once(
    browser: RealBrowser, keycloak: SandboxControl, reports: str
) -> None:
    values = filled_in(browser, REGENERATE, reports)
    address = REGENERATE.address(reports)

    answers = at_once(*[lambda: browser.post(address, values)] * 6)

    assert sorted(answer.status_code for answer in answers) == [200] + [302] * 5
    assert keycloak.writes() == REGENERATE.calls(reports)
    only_entry()


@pytest.mark.parametrize("change", [REGENERATE, DISABLE, DELETE], ids=str)
def test_two_forms_for_one_client_at_once_do_not_run_at_once(
    browser: RealBrowser, keycloak: SandboxControl, reports: str, change: Change
) -> None:
    """The second is told that a change is under way, with a link to it."""
    values = filled_in(browser, change, reports)
    other = {**values, "operation": new_operation()}
    address = change.address(reports)
    # Not "delay": a client that is deleted already would be no longer known.
    keycloak.fail(change.method, change.path, "hold", seconds=2)

    answers = at_once(
        lambda: browser.post(address, values), lambda: browser.post(address, other)
    )

    busy = [answer for answer in answers if answer.status_code == 409]
    assert len(busy) == 1
    assert "Another change of this client is under way" in busy[0].text
    assert "Nothing was changed." in busy[0].text
    entry = only_entry()
    assert reverse("audit:entry", args=[entry.record.id]) in busy[0].text
    assert keycloak.writes() == change.calls(reports)


def test_two_people_creating_the_same_client_at_once_make_one(
    browser: RealBrowser,
    people: dict[str, Actor],
    keycloak: SandboxControl,
    reports: str,
) -> None:
    values = filled_in(browser, CREATE, reports)
    other = {**values, "operation": new_operation()}
    address = CREATE.address(reports)

    answers = at_once(
        lambda: browser.post(address, values), lambda: browser.post(address, other)
    )

    codes = sorted(answer.status_code for answer in answers)
    # Refused by Keycloak, or before that because the other one was under way.
    assert codes in ([302, 409], [302, 422])
    succeeded = [e for e in entries() if e.outcome.value == Outcome.SUCCEEDED.value]
    assert len(succeeded) == 1


def test_a_form_sent_again_while_the_first_is_under_way_waits_for_its_result(
    browser: RealBrowser, keycloak: SandboxControl, reports: str
) -> None:
    values = filled_in(browser, DISABLE, reports)
    address = DISABLE.address(reports)
    keycloak.fail("PUT", "/clients/", "drop_after")

    answers = at_once(*[lambda: browser.post(address, values)] * 2)

    assert sorted(answer.status_code for answer in answers) == [302, 502]
    entry = only_entry()
    second = next(answer for answer in answers if answer.status_code == 302)
    assert second.headers["Location"] == reverse("audit:entry", args=[entry.record.id])
    assert len(keycloak.writes()) == 1
