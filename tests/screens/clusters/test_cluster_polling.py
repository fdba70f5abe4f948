"""An open Setup page that watches a restart, and stops by itself."""

import time
from typing import Any

import pytest
from bs4.element import Tag
from django.test import Client

from tests.pages import as_htmx, read_page, read_part, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.clusters.clusters import ANALYTICS, API, restart, setup


@pytest.fixture
def watched(owner: Client) -> str:
    """The address that the page asks, from its own link."""
    page = read_page(owner.get(restart(owner)["Location"]))
    return str(page.select_one("#restart-poll")["hx-get"])  # type: ignore[index]


def poll(browser: Client, address: str) -> Any:
    return browser.get(address, headers=as_htmx("setup"))


def parts(response: Any) -> dict[str, Tag]:
    """The parts of an answer by their ids; whatever else is put in place too."""
    root = read_part(response, "setup")
    found = [root, *(s for s in root.find_next_siblings() if isinstance(s, Tag))]
    return {str(p.get("id") or p.get("hx-swap-oob")): p for p in found}


def test_the_page_asks_every_ten_seconds_and_when_it_is_pressed(
    owner: Client, watched: str
) -> None:
    link = read_page(owner.get(watched)).select_one("#restart-poll")

    assert link is not None
    assert link["hx-trigger"] == "click, every 10s"
    assert link["hx-target"] == "#setup"
    assert text_of(link) == "Refresh"
    assert abs(int(str(link["href"]).split("heard=")[1]) - time.time()) < 5


def test_while_it_runs_the_answer_asks_again(
    owner: Client, manager: SandboxControl, watched: str
) -> None:
    manager.forget_calls()

    response = poll(owner, watched)

    assert response.status_code == 200
    assert set(parts(response)) == {"setup", "cluster-facts"}
    assert parts(response)["setup"].select_one("#restart-poll")
    assert len(manager.calls()) == 2
    assert "HX-Target" in response["Vary"]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("succeed", "analytics-prod runs with the saved settings. The restart took"),
        ("fail", "The restart of analytics-prod failed."),
        ("cancel", "The restart of analytics-prod was cancelled."),
    ],
)
def test_when_it_ended_the_answer_stops_the_asking_and_says_how(
    owner: Client, manager: SandboxControl, watched: str, end: str, words: str
) -> None:
    manager.set_updates(restart_seconds=0, end=end)

    response = poll(owner, watched)

    assert response.status_code == 286
    found = parts(response)
    assert found["setup"].select_one("#restart-poll") is None
    assert text_of(found["innerHTML:#status"]).startswith(words)
    assert "Running" in text_of(found["cluster-facts"])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 503}, "Imply Manager is not answering."),
        ({"status": 401}, "Imply Manager does not accept this console."),
        ({"status": 403}, "Imply Manager denies this console that."),
        ({"action": "garbage"}, "Imply Manager answered unreadably."),
    ],
)
def test_while_the_manager_is_away_the_page_says_when_it_last_heard(
    owner: Client,
    manager: SandboxControl,
    hasty: None,
    watched: str,
    fault: dict[str, Any],
    words: str,
) -> None:
    manager.fail("GET", API, **{"action": "status", **fault})

    response = poll(owner, watched)

    part = parts(response)["setup"]
    assert response.status_code == 200
    assert words in text_of(part)
    assert "Last heard of the cluster at" in text_of(part)
    assert part.select_one("#restart-poll")["hx-get"] == watched  # type: ignore[index]


def test_a_cluster_that_is_gone_is_not_found(
    owner: Client, manager: SandboxControl, watched: str
) -> None:
    manager.fail("GET", API, "status", status=404)

    assert poll(owner, watched).status_code == 404


@pytest.mark.parametrize("heard", ["", "x", "-1", "9" * 30, "٣", "1e9"])
def test_a_time_that_makes_no_sense_is_left_out(
    owner: Client, manager: SandboxControl, heard: str
) -> None:
    response = setup(owner, query=f"?heard={heard}")

    assert response.status_code == 200
    assert "runs with the saved settings" not in response.text


def test_an_update_that_was_started_elsewhere_is_watched_too(
    owner: Client, manager: SandboxControl
) -> None:
    update = {
        "type": "ROLLING",
        "state": "IN_PROGRESS",
        "startedAt": "2026-11-24T00:00:00Z",
    }
    manager.change_cluster("analytics-prod", update=update)

    page = read_page(setup(owner))

    assert text_of(page.select_one("#restart-title")) == (
        "The Manager is at work on this cluster"
    )
    assert "Started, not from this console (version 47)" in text_of(
        page.select_one(".log")
    )
    assert page.select_one("#restart-poll")


def test_a_state_of_work_without_an_update_is_watched_too(
    owner: Client, manager: SandboxControl
) -> None:
    manager.change_cluster("analytics-prod", state="STOPPING")

    page = read_page(setup(owner))

    assert "Manager reports STOPPING" in text_of(page.select_one(".log"))
    assert f"/clusters/{ANALYTICS}/setup/" in str(page.select_one("#restart-poll"))
