"""What is read of a cluster, and what is made of fields that are missing or odd."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateways.imply_manager.models import AT_WORK, Cluster, Update

NOON = "2026-11-24T12:00:00Z"


def cluster(**parts: Any) -> Cluster:
    return Cluster.from_json({"metadata": {"uid": "c1"}, **parts})


def update(state: str = "IN_PROGRESS", **fields: Any) -> dict[str, Any]:
    return {"update": {"state": state, **fields}}


def test_everything_is_read() -> None:
    read = Cluster.from_json(
        {
            "metadata": {"uid": "c1", "name": "prod", "environment": "production"},
            "spec": {"version": "1", "featureFlags": ["a"], "master": {"replicas": 3}},
            "status": {
                "resourceVersion": 4,
                "state": "RUNNING",
                "update": {
                    "type": "HARD",
                    "state": "SUCCEEDED",
                    "startedAt": NOON,
                    "finishedAt": "2026-11-24T13:05:00+01:00",
                    "message": "Done",
                },
                "events": [{"time": NOON, "type": "Scaled", "message": "Bigger"}],
            },
        }
    )

    assert (read.id, read.name, read.environment) == ("c1", "prod", "production")
    assert (read.version, read.flags, read.masters) == ("1", ("a",), 3)
    assert (read.state, read.resource_version) == ("RUNNING", 4)
    assert read.update == Update(
        "HARD",
        "SUCCEEDED",
        "Done",
        datetime(2026, 11, 24, 12, tzinfo=UTC),
        datetime(2026, 11, 24, 12, 5, tzinfo=UTC),
    )
    assert read.events[0].message == "Bigger"


def test_nothing_but_an_id_is_needed() -> None:
    read = cluster()

    assert (read.name, read.environment, read.version, read.state) == ("c1", "", "", "")
    assert (read.resource_version, read.masters, read.flags) == (None, None, None)
    assert (read.update, read.events) == (None, ())
    assert not read.is_busy
    assert not read.runs_former_version


def test_an_id_may_stand_outside_the_metadata() -> None:
    assert Cluster.from_json({"id": "c2"}).id == "c2"


@pytest.mark.parametrize("uid", [None, "", 7, "x" * 101])
def test_without_a_usable_id_it_is_no_cluster(uid: Any) -> None:
    with pytest.raises(ValueError, match="id"):
        Cluster.from_json({"metadata": {"uid": uid}})


@pytest.mark.parametrize(
    "status",
    [
        None,
        [],
        "x",
        {"state": None, "resourceVersion": "7", "update": [], "events": {}},
        {"state": {}, "resourceVersion": True, "update": {}, "events": [1, None]},
        {"update": {"state": [], "startedAt": "soon", "finishedAt": 7}},
        {"update": {"startedAt": "0001-01-01T00:00:00+23:00"}},
    ],
)
def test_an_odd_status_is_read_as_not_known(status: Any) -> None:
    read = cluster(status=status)

    assert (read.state, read.resource_version, read.events) == ("", None, ())
    assert not read.is_busy


@pytest.mark.parametrize(
    "spec", [None, {}, {"featureFlags": None}, {"featureFlags": "oauth2"}]
)
def test_flags_that_are_no_array_of_strings_are_not_known(spec: Any) -> None:
    assert cluster(spec=spec).flags is None
    assert cluster(spec={"featureFlags": ["a", 1]}).flags is None
    assert cluster(spec={"featureFlags": []}).flags == ()


def test_texts_are_cut() -> None:
    status = {"state": "x" * 999, "update": {"message": "y" * 999}}
    read = cluster(metadata={"uid": "c1", "name": "z" * 999}, status=status)

    assert (len(read.name), len(read.state)) == (200, 200)
    assert read.update is not None
    assert len(read.update.message) == 500


def test_at_most_twenty_events_are_kept() -> None:
    assert len(cluster(status={"events": [{}] * 30}).events) == 20


@pytest.mark.parametrize("state", sorted(AT_WORK))
def test_a_state_of_work_is_busy(state: str) -> None:
    assert cluster(status={"state": state}).is_busy


@pytest.mark.parametrize("state", ["RUNNING", "STOPPED", "ERROR", "REBALANCING", ""])
def test_other_states_are_not_busy_whatever_they_mean(state: str) -> None:
    assert not cluster(status={"state": state}).is_busy


@pytest.mark.parametrize(
    ("state", "kind", "busy", "behind"),
    [
        ("PENDING", "HARD", True, True),
        ("IN_PROGRESS", "HARD", True, True),
        ("IN_PROGRESS", "", True, True),
        ("IN_PROGRESS", "ROLLING", True, False),
        ("FAILED", "HARD", False, True),
        ("FAILED", "ROLLING", False, False),
        ("SUCCEEDED", "HARD", False, False),
        ("CANCELLED", "HARD", False, False),
        ("PAUSED", "HARD", False, False),
    ],
)
def test_an_update_tells_whether_the_servers_are_behind(
    state: str, kind: str, *, busy: bool, behind: bool
) -> None:
    read = cluster(status=update(state, type=kind))

    assert read.is_busy is busy
    assert read.runs_former_version is behind


def test_what_a_configuration_holds_is_not_printed() -> None:
    read = cluster(spec={"metadataStore": {"password": "s3cret"}})

    assert "s3cret" not in repr(read)
    assert read.representation["spec"]["metadataStore"]["password"] == "s3cret"
    assert "status" not in read.representation
