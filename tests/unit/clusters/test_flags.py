"""Where a flag stands, and what a change of flags makes of the others."""

from typing import Any

import pytest

from clusters.flags import Standing, changes, list_states, merged
from gateways.imply_manager.models import Cluster


def cluster(*flags: str, update: str = "", **spec: Any) -> Cluster:
    return Cluster.from_json(
        {
            "metadata": {"uid": "c1"},
            "spec": {"featureFlags": list(flags), **spec},
            "status": {"update": {"state": update, "type": "HARD"}},
        }
    )


WITHOUT_FIELD = cluster(featureFlags=None)


@pytest.mark.parametrize(
    ("now", "former", "standing"),
    [
        (cluster("oauth2"), None, Standing.ON),
        (cluster(), None, Standing.OFF),
        (cluster("OAUTH2"), None, Standing.OFF),
        (WITHOUT_FIELD, None, Standing.UNKNOWN),
        (cluster("oauth2", update="IN_PROGRESS"), cluster(), Standing.PENDING),
        (cluster(update="IN_PROGRESS"), cluster("oauth2"), Standing.PENDING),
        (cluster("oauth2", update="FAILED"), cluster(), Standing.PENDING),
        # The restart is about something else.
        (cluster("oauth2", update="IN_PROGRESS"), cluster("oauth2"), Standing.ON),
        (cluster(update="FAILED"), cluster(), Standing.OFF),
        # Nobody can tell with what the servers run.
        (cluster("oauth2", update="IN_PROGRESS"), None, Standing.UNKNOWN),
        (cluster("oauth2", update="FAILED"), WITHOUT_FIELD, Standing.UNKNOWN),
        (
            cluster("oauth2", update="FAILED"),
            cluster(update="FAILED"),
            Standing.UNKNOWN,
        ),
        (cluster(update="CANCELLED"), None, Standing.OFF),
    ],
)
def test_oauth_stands_where_saved_and_running_say(
    now: Cluster, former: Cluster | None, standing: Standing
) -> None:
    assert list_states(now, former)[0].standing is standing


def test_other_flags_follow_as_they_come() -> None:
    now = cluster("b", "oauth2", "a", update="IN_PROGRESS")

    states = list_states(now, cluster("c", "a"))

    assert [state.flag.label for state in states] == ["OAuth 2.0", "b", "a", "c"]
    assert [state.standing for state in states] == [
        Standing.PENDING,
        Standing.PENDING,
        Standing.ON,
        Standing.PENDING,
    ]


@pytest.mark.parametrize(
    ("flags", "wanted", "after"),
    [
        ((), {"oauth2": True}, ("oauth2",)),
        (("b", "a"), {"oauth2": True}, ("b", "a", "oauth2")),
        (("b", "oauth2", "a"), {"oauth2": True}, ("b", "oauth2", "a")),
        (("b", "oauth2", "a"), {"oauth2": False}, ("b", "a")),
        (("b",), {"oauth2": False}, ("b",)),
        (("b", "a"), {}, ("b", "a")),
    ],
)
def test_a_change_leaves_other_flags_and_their_order(
    flags: tuple[str, ...], wanted: dict[str, bool], after: tuple[str, ...]
) -> None:
    assert merged(flags, wanted) == after


def test_only_what_differs_is_a_change() -> None:
    assert changes(("a",), {"oauth2": True}) == {"OAuth 2.0": True}
    assert changes(("oauth2",), {"oauth2": False}) == {"OAuth 2.0": False}
    assert changes(("oauth2",), {"oauth2": True}) == {}
    assert changes((), {}) == {}
