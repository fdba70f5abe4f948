"""Where writes are not live the console only tells what to do, and reads."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.clusters.clusters import address, confirmation, setup
from tests.screens.records import entries

RESTART = "Restart the cluster to apply the changes."
STEPS = [
    "Open Imply Manager . You need the permission ManageClusters there.",
    "Select Manage on the cluster analytics-prod .",
    "Select Setup in the left sidebar.",
    "Expand Advanced config .",
    "Select the edit icon under Feature flags .",
    "In the dialog, select OAuth 2.0 , then OK .",
    f"{RESTART} This interrupts service for a few minutes.",
]


@pytest.fixture(params=["guided", "", "Live", "true"])
def guided(settings: Settings, manager: SandboxControl, request: object) -> None:
    settings.IMPLY_FLAG_WRITES = request.param  # type: ignore[attr-defined]


def test_the_guide_has_implys_own_steps(owner: Client, guided: None) -> None:
    page = read_page(owner.get(address("flags")))

    assert [text_of(step) for step in page.select("main ol li")] == STEPS
    assert page.select("main form") == []


def test_the_guide_reads_the_state_again(
    owner: Client, manager: SandboxControl, guided: None
) -> None:
    page = read_page(owner.get(address("flags")))
    again = page.find("a", class_="btn-primary")
    manager.change_cluster("analytics-prod", spec={"featureFlags": ["oauth2"]})

    after = read_page(owner.get(str(again["href"])))  # type: ignore[index]

    assert text_of(again) == "Read the state again"  # type: ignore[arg-type]
    assert "OAuth 2.0 Off" in text_of(page.select_one(".facts"))
    assert "OAuth 2.0 On" in text_of(after.select_one(".facts"))


def test_setup_leads_to_the_guide(owner: Client, guided: None) -> None:
    page = read_page(setup(owner))

    assert page.select_one("a.push")["href"] == address("flags")  # type: ignore[index]
    assert "sends no changes to Imply Manager" in text_of(
        page.select_one("#flags-lock")
    )


def test_a_restart_posted_by_hand_sends_nothing(
    owner: Client, manager: SandboxControl, settings: Settings
) -> None:
    form = confirmation(owner)
    settings.IMPLY_FLAG_WRITES = "guided"
    manager.forget_calls()

    response = owner.post(form.action, form.values)

    assert response["Location"] == address("flags")
    assert manager.calls() == []
    assert entries() == []
