"""Overview, Setup and the dialog of one cluster, as it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import banners, find_form, heading
from tests.screens.clusters.clusters import (
    ANALYTICS,
    API,
    CLICKSTREAM,
    STAGING,
    address,
    flag_row,
    restart,
    setup,
)

PAGES = ["overview", "setup", "flags", "restart"]


def lock_of(page: Any) -> str:
    return text_of(page.select_one("#flags-lock"))


def test_overview_tells_of_the_cluster_and_its_events(owner: Client) -> None:
    page = read_page(owner.get(address("overview")))

    assert heading(page) == "analytics-prod"
    facts = text_of(page.select_one(".facts"))
    for fact in ("Version 47", "3 highly available", ANALYTICS, "OAuth 2.0 Off"):
        assert fact in facts
    events = [text_of(item) for item in page.select(".feed li")]
    assert events[0] == "3 days ago Scaled to 4 data servers"
    assert len(events) == 3


def test_setup_shows_each_flag(owner: Client) -> None:
    page = read_page(setup(owner, CLICKSTREAM))

    assert flag_row(page) == ["On", "On", "On"]
    assert flag_row(page, "async-downloads") == ["On", "On", "On"]
    assert text_of(page.select_one("#cluster-facts")) == (
        "Running Environment production Version 2026.10.1 OAuth 2.0 on"
    )
    assert text_of(page.select_one("#flags a.push")) == "Edit feature flags"


@pytest.mark.parametrize("name", ["overview", "setup", "flags"])
def test_a_page_of_a_cluster_costs_one_call(
    owner: Client, manager: SandboxControl, name: str
) -> None:
    owner.get(address(name))
    manager.forget_calls()

    owner.get(address(name))

    assert manager.calls() == [f"GET {API}/{ANALYTICS}"]


@pytest.mark.parametrize("name", ["overview", "setup", "flags"])
def test_a_page_of_a_restarting_cluster_costs_two_calls(
    owner: Client, manager: SandboxControl, name: str
) -> None:
    restart(owner)
    manager.forget_calls()

    owner.get(address(name))

    assert manager.calls() == [
        f"GET {API}/{ANALYTICS}",
        f"GET {API}/{ANALYTICS}/history/47",
    ]


def test_the_dialog_has_a_tick_for_the_known_flag_only(owner: Client) -> None:
    page = read_page(owner.get(address("flags", STAGING)))

    assert heading(page) == "Edit feature flags"
    assert [text_of(tick) for tick in page.select(".check")] == [
        "OAuth 2.0 The cluster accepts the tokens of API clients"
    ]
    assert "async-downloads , sql-alerts are set as well and stay as they are." in (
        text_of(page.main)
    )
    form = find_form(page, "OK")
    assert form.values == {"seen": "9"}
    assert page.find("a", string="Cancel")["href"] == address("setup", STAGING)  # type: ignore[index]


def test_the_dialog_ticks_what_is_on(owner: Client) -> None:
    page = read_page(owner.get(address("flags", CLICKSTREAM)))

    assert find_form(page, "OK").values == {"seen": "112", "wanted": "oauth2"}


def test_while_a_cluster_restarts_its_flags_are_locked(owner: Client) -> None:
    restart(owner)

    for name in ("setup", "flags"):
        page = read_page(owner.get(address(name)))
        assert lock_of(page) == "Other changes are locked until the restart ends."
        assert page.find("button", string="OK") is None
    assert read_page(setup(owner)).select_one("button.push[disabled]")
    assert owner.get(address("restart"))["Location"] == address("flags")


def test_a_field_that_is_not_there_makes_the_flag_unknown(
    owner: Client, manager: SandboxControl
) -> None:
    manager.change_cluster("analytics-prod", spec={"featureFlags": None})

    page = read_page(setup(owner))

    assert flag_row(page) == ["Unknown", "Unknown", "Unknown"]
    assert "has no field spec.featureFlags , so nobody can tell" in lock_of(page)
    assert "IMPLY_FEATURE_FLAGS_PATH" in lock_of(page)
    dialog = read_page(owner.get(address("flags")))
    assert dialog.find("button", string="OK") is None
    assert dialog.select_one("[name=wanted][disabled]")


def test_an_unknown_state_is_shown_and_locks_nothing(
    owner: Client, manager: SandboxControl
) -> None:
    manager.change_cluster("analytics-prod", state="<i>ODD", update={"state": "ODDER"})

    for name in ("overview", "setup"):
        page = read_page(owner.get(address(name)))
        assert text_of(page.select_one("#cluster-facts .state")) == "<i>ODD"
    assert page.select_one("#flags a.push")


def test_texts_of_the_manager_are_shown_as_text(
    owner: Client, manager: SandboxControl
) -> None:
    evil = "<script>alert(1)</script>"
    manager.change_cluster(
        "analytics-prod",
        metadata={"name": evil},
        spec={"version": evil, "featureFlags": [evil]},
        state=evil,
        update={"type": evil, "state": "FAILED", "message": evil},
    )

    for name in ("overview", "setup", "flags", "restart"):
        response = owner.get(address(name))
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "&lt;script&gt;alert" in response.text


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("cluster_id", ["nobody", "..", "a%2Fb", "%00", "x" * 300])
def test_an_unknown_cluster_is_not_found(
    owner: Client, name: str, cluster_id: str
) -> None:
    path = "" if name == "overview" else f"{name}/"
    response = owner.get(f"/clusters/{cluster_id}/{path}")

    assert response.status_code == 404
    read_page(response)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ({"status": 401}, 502, "Imply Manager does not accept this console's own"),
        ({"status": 403}, 502, "Imply Manager denies this console that"),
        ({"status": 404}, 404, ""),
        ({"status": 500}, 503, "Imply Manager is not answering."),
        ({"action": "garbage"}, 502, "something this console cannot read"),
    ],
)
def test_a_page_says_why_the_cluster_cannot_be_read(
    owner: Client,
    manager: SandboxControl,
    hasty: None,
    name: str,
    fault: dict[str, Any],
    status: int,
    words: str,
) -> None:
    manager.fail("GET", f"{API}/", **{"action": "status", **fault})

    response = owner.get(address(name))

    assert response.status_code == status
    assert words in text_of(read_page(response).main)


def test_without_the_version_before_nobody_knows_what_runs(
    owner: Client, manager: SandboxControl
) -> None:
    restart(owner)
    manager.fail("GET", "/history/", "status", status=404)

    page = read_page(setup(owner))

    assert flag_row(page) == ["Unknown", "On", "Unknown"]


def test_whoever_may_not_change_it_sees_it_with_the_reason(
    as_person: Callable[[str], Client], manager: SandboxControl
) -> None:
    visitor = as_person("client-admin")

    for name in ("setup", "flags"):
        page = read_page(visitor.get(address(name)))
        assert lock_of(page) == (
            "You may look, but not change: that needs administer-account , "
            "or manage-clusters in production."
        )
        assert page.find("button", string="OK") is None
    assert flag_row(read_page(setup(visitor))) == ["Off", "Off", "Off"]
    assert visitor.get(address("restart"))["Location"] == address("flags")


def test_without_an_environment_only_the_account_may_change_it(
    as_person: Callable[[str], Client], manager: SandboxControl
) -> None:
    body = '{"metadata": {"uid": "c1"}, "spec": {"featureFlags": []}}'
    manager.fail("GET", f"{API}/c1$", "status", status=200, body=body)

    page = read_page(as_person("client-admin").get("/clusters/c1/setup/"))

    assert lock_of(page).endswith("that needs administer-account .")


def test_without_a_version_a_change_is_not_offered(
    owner: Client, manager: SandboxControl
) -> None:
    body = '{"metadata": {"uid": "c1"}, "spec": {"featureFlags": []}}'
    manager.fail("GET", f"{API}/c1$", "status", status=200, body=body)

    page = read_page(owner.get("/clusters/c1/setup/"))

    assert "could overwrite another one" in lock_of(page)
    assert owner.get("/clusters/c1/restart/?seen=1&wanted=oauth2").status_code == 302


def test_later_sends_nothing_and_says_so(
    owner: Client, manager: SandboxControl
) -> None:
    query = "?seen=47&wanted=oauth2"
    page = read_page(owner.get(address("restart") + query))
    later = page.find("a", string="Later")

    after = read_page(owner.get(str(later["href"])))  # type: ignore[index]

    assert "Nothing was sent, and nothing is kept." in banners(after)[0]
    assert flag_row(after) == ["Off", "Off", "Off"]
    assert manager.writes() == []
