"""A cluster as pages show it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clusters.status import ClusterStatus
from gateways.imply_manager.models import Cluster

READ_AT = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


def status(*, may_change: bool = True, **parts: Any) -> ClusterStatus:
    whole = {
        "metadata": {"uid": "c1"},
        "spec": {"featureFlags": []},
        "status": {"resourceVersion": 1, "state": "RUNNING"},
        **parts,
    }
    return ClusterStatus(Cluster.from_json(whole), None, READ_AT, may_change)


def in_state(state: str) -> ClusterStatus:
    return status(status={"resourceVersion": 1, "state": state})


@pytest.mark.parametrize(
    ("state", "label", "mark"),
    [
        ("RUNNING", "Running", "good"),
        ("UPDATING", "Updating", "unsure"),
        ("STOPPED", "Stopped", ""),
        ("ERROR", "Error", "bad"),
        ("REBALANCING_NOW", "REBALANCING_NOW", "unsure"),
        ("<b>", "<b>", "unsure"),
        ("", "Unknown", "unsure"),
    ],
)
def test_a_state_is_shown_as_it_comes_unless_it_is_known(
    state: str, label: str, mark: str
) -> None:
    assert (in_state(state).state_label, in_state(state).state_mark) == (label, mark)


@pytest.mark.parametrize(
    ("update", "seconds"),
    [
        ({}, None),
        ({"state": "IN_PROGRESS"}, None),
        ({"state": "IN_PROGRESS", "startedAt": "2026-11-24T12:00:00Z"}, 30),
        ({"state": "IN_PROGRESS", "startedAt": "2026-11-24T13:00:00Z"}, 0),
        ({"state": "SUCCEEDED", "startedAt": "2026-11-24T11:00:00Z"}, None),
        (
            {
                "state": "SUCCEEDED",
                "startedAt": "2026-11-24T11:00:00Z",
                "finishedAt": "2026-11-24T11:02:00Z",
            },
            120,
        ),
    ],
)
def test_an_update_takes_from_its_start_to_its_end_or_to_now(
    update: dict[str, str], seconds: int | None
) -> None:
    assert status(status={"update": update}).update_seconds == seconds


def test_flags_can_be_edited_when_nothing_stands_in_the_way() -> None:
    failed = {"resourceVersion": 1, "update": {"state": "FAILED"}}

    assert status().can_edit
    assert status(status=failed).can_edit
    assert status(status=failed).waits_for_restart
    assert not status(may_change=False).can_edit
    assert not in_state("UPDATING").can_edit
    assert not status(spec={}).can_edit
    assert not status(status={"state": "RUNNING"}).can_edit
