"""What became of a change of a cluster whose answer was lost: read from the Manager."""

from collections.abc import Callable

import pytest
from django.test import Client

from audit.models import Action, OpenIntent
from audit.reconciling import Progress, look_at
from audit.selectors import Standing, get_entry
from tests.outcomes import look_twice
from tests.pages import read_page
from tests.sandbox_control import SandboxControl
from tests.screens.browser import banners, find_form, heading
from tests.screens.clusters.clusters import (
    ANALYTICS,
    address,
    confirmation,
    restart,
)
from tests.screens.records import entries, only_entry

CHECKED = "The outcome of an earlier change is being checked"


@pytest.fixture
def lose(owner: Client, manager: SandboxControl) -> Callable[[str], int]:
    """Turn a flag on so that the answer is lost; the entry of that."""

    def change_flags(fault: str) -> int:
        form = confirmation(owner)
        manager.fail("PUT", ANALYTICS, fault)
        owner.post(form.action, form.values)
        manager.heal()
        manager.forget_calls()
        return only_entry().record.id

    return change_flags


def test_flags_that_the_manager_took_are_settled_at_once(
    manager: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_after")

    progress = look_at(entry_id)

    entry = get_entry(entry_id)
    assert progress is Progress.SETTLED
    assert entry.outcome is Standing.SUCCEEDED
    version = entry.changes[-1]
    assert int(version["after"]) == int(version["before"]) + 1
    assert manager.writes() == []


def test_flags_that_never_arrived_are_settled_by_two_readings(
    lose: Callable[[str], int],
) -> None:
    entry_id = lose("drop_before")

    progress = look_twice(entry_id)

    assert progress is Progress.SETTLED
    assert get_entry(entry_id).outcome is Standing.FAILED


def test_another_configuration_since_then_takes_a_person(
    manager: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_before")
    manager.change_cluster("analytics-prod", spec={"featureFlags": ["something-else"]})

    progress = look_twice(entry_id)

    assert progress is Progress.NEEDS_PERSON
    assert "was changed again since" in OpenIntent.objects.get().finding


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [("drop_after", Standing.SUCCEEDED), ("drop_before", Standing.FAILED)],
)
def test_a_restart_is_known_by_when_the_update_began(
    owner: Client, manager: SandboxControl, fault: str, outcome: Standing
) -> None:
    restart(owner)
    manager.set_updates(restart_seconds=0, end="fail")
    page = read_page(owner.get(address("restart")))
    form = find_form(page, "Restart cluster")
    manager.set_clock(ahead=2)  # the Manager tells whole seconds
    manager.fail("PUT", ANALYTICS, fault)
    owner.post(form.action, form.values)
    manager.heal()
    entry_id = entries()[0].record.id
    assert get_entry(entry_id).record.action == Action.CLUSTER_RESTART

    look = look_twice if outcome is Standing.FAILED else look_at

    assert look(entry_id) is Progress.SETTLED
    assert get_entry(entry_id).outcome is outcome


def test_while_it_is_unknown_the_cluster_says_so_and_takes_no_change(
    owner: Client, manager: SandboxControl, lose: Callable[[str], int]
) -> None:
    entry_id = lose("drop_before")
    form = confirmation(owner)

    response = owner.post(form.action, form.values)

    assert response.status_code == 409
    assert heading(read_page(response)) == CHECKED
    assert manager.writes() == []
    page = read_page(owner.get(address("setup")))
    assert any(told.startswith(CHECKED) for told in banners(page))
    assert [entry.record.id for entry in entries()] == [entry_id]
