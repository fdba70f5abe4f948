"""Forms in the hands of people: pressed twice, confirmed by typing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from audit.models import Action
from tests.browser import steps
from tests.browser.scene import Scene
from tests.browser.watching import Watch

OpenPage = Callable[..., Page]
both = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@both
def test_double_click_regenerates_once(
    open_page: OpenPage, scene: Scene, javascript: bool
) -> None:
    uuid = scene.add_client()
    # Long enough for the second click to come while the first is under way.
    scene.sandbox.fail("POST", "client-secret", "delay", seconds=1)
    path = f"/api-clients/{uuid}/credentials/regenerate/"
    page = open_page(path, javascript=javascript)

    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))

    button = page.get_by_role("button", name="Regenerate secret").bounding_box()
    assert button
    with page.expect_request(lambda request: request.method == "POST"):
        page.mouse.click(button["x"] + 9, button["y"] + 9)
    page.mouse.click(button["x"] + 9, button["y"] + 9)

    expect(page.get_by_role("heading", level=1)).not_to_have_text(
        re.compile("Regenerate the secret of")
    )
    methods = [request.method for request in sent]
    assert methods.count("POST") == (1 if javascript else 2)
    assert len(scene.sandbox.writes()) == 1
    assert [(entry.record.action, entry.outcome) for entry in scene.entries()] == [
        (Action.SECRET_REGENERATE, "succeeded")
    ]
    if javascript:
        # Only one was sent, so nobody misses the secret.
        expect(steps.secret_field(page)).to_have_value(scene.sandbox.secret(uuid))
    else:
        # Which of the two answers the browser ends on is a race; both are true.
        expect(page.get_by_role("main")).to_contain_text(
            re.compile("It was done once|New secret")
        )


def test_delete_waits_for_the_typed_id(open_page: OpenPage, scene: Scene) -> None:
    uuid = scene.add_client()
    page = open_page(f"/api-clients/{uuid}/delete/")
    button = page.get_by_role("button", name="Delete client")
    typed = page.get_by_label("Type svc-reports to confirm")

    expect(button).to_be_disabled()
    typed.fill("svc-report")
    button.click(force=True)
    expect(typed).to_be_focused()
    assert not scene.sandbox.writes()

    typed.press("End")
    page.keyboard.type("s")
    expect(button).to_be_enabled()
    button.click()

    expect(page.get_by_text("svc-reports was deleted.")).to_be_visible()
    assert scene.sandbox.writes() == [
        f"DELETE /auth/admin/realms/northwind/clients/{uuid}"
    ]


def test_delete_without_javascript_says_what_to_type(
    open_page: OpenPage, scene: Scene, watch: Watch
) -> None:
    watch.expect_status(422)
    path = f"/api-clients/{scene.add_client()}/delete/"
    page = open_page(path, javascript=False)

    page.get_by_label("Type svc-reports to confirm").fill("svc-report")
    page.get_by_role("button", name="Delete client").click()

    expect(page.locator("#id_confirm_error")).to_have_text("Type svc-reports exactly.")
    expect(page.get_by_label("Type svc-reports to confirm")).to_have_value("svc-report")
    assert not scene.sandbox.writes()
    page.get_by_label("Type svc-reports to confirm").fill("svc-reports")
    page.get_by_role("button", name="Delete client").click()
    expect(page.get_by_text("svc-reports was deleted.")).to_be_visible()
