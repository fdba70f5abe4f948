"""What htmx adds: the person's place is kept, in the page and in the address."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apiclients.models import Synchronisation
from apiclients.synchronisation import synchronise
from tests.browser import steps
from tests.browser.scene import Scene
from tests.browser.watching import Watch
from tools.chromium import give_password

OpenPage = Callable[..., Page]


@pytest.fixture
def long_list(open_page: OpenPage, scene: Scene) -> Page:
    scene.fill(60)
    page = open_page("/api-clients/?size=25")
    # A whole new page would have lost it.
    page.evaluate("window.kept = true")
    return page


def is_kept(page: Page) -> bool:
    return bool(page.evaluate("window.kept === true"))


def history_length(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_search_while_typing_replaces_the_address(long_list: Page) -> None:
    before = history_length(long_list)

    search = long_list.get_by_label("Search by client ID or description")
    search.press_sequentially("batch-0001")

    steps.expect_rows(long_list, "1-10 of 10")
    expect(long_list).to_have_url(re.compile(r"\?q=batch-0001&size=25$"))
    expect(long_list.locator("#status")).to_have_text("10 clients, 1 to 10 shown")
    assert history_length(long_list) == before
    assert is_kept(long_list)


def test_status_filter(long_list: Page) -> None:
    long_list.get_by_label("Status").select_option("Disabled")

    steps.expect_rows(long_list, "1-3 of 3")
    expect(long_list).to_have_url(re.compile(r"\?status=disabled&size=25$"))
    assert set(long_list.locator(".c-status").all_inner_texts()) == {"Disabled"}
    assert is_kept(long_list)


def test_sorting_pushes_the_address_and_back_restores_the_list(
    long_list: Page,
) -> None:
    before, address = steps.row_ids(long_list), long_list.url

    long_list.get_by_role("link", name="Secret age").click()
    expect(long_list.locator("th[aria-sort]")).to_contain_text("Secret age")
    expect(long_list).to_have_url(re.compile("sort=secret-age"))
    assert steps.row_ids(long_list) != before

    long_list.go_back()
    expect(long_list).to_have_url(address)
    expect(long_list.locator("th[aria-sort]")).to_contain_text("API Client ID")
    assert steps.row_ids(long_list) == before


def test_paging_keeps_the_filters(long_list: Page) -> None:
    long_list.get_by_label("Status").select_option("Enabled")
    steps.expect_rows(long_list, "1-25 of 57")
    first = steps.row_ids(long_list)

    long_list.get_by_role("link", name="Next").click()

    steps.expect_rows(long_list, "26-50 of 57")
    expect(long_list).to_have_url(re.compile("status=enabled"))
    assert not set(first) & set(steps.row_ids(long_list))
    long_list.get_by_role("link", name="Previous").click()
    steps.expect_rows(long_list, "1-25 of 57")
    assert steps.row_ids(long_list) == first


def test_search_after_sorting_keeps_the_order(long_list: Page) -> None:
    long_list.get_by_role("link", name="API Client ID").click()
    expect(long_list.locator("th[aria-sort=descending]")).to_be_visible()

    long_list.get_by_label("Search by client ID or description").fill("batch-0002")

    steps.expect_rows(long_list, "of 10")
    expect(long_list.locator("th[aria-sort=descending]")).to_be_visible()
    assert steps.row_ids(long_list) == sorted(steps.row_ids(long_list), reverse=True)


def test_removing_a_chip_and_clearing_the_filters(long_list: Page) -> None:
    long_list.goto("/api-clients/?q=batch&status=disabled")

    long_list.get_by_role("link", name="Remove filter Status: Disabled").click()
    expect(long_list).to_have_url(re.compile(r"\?q=batch$"))
    long_list.locator(".chips").get_by_text("Clear filters").click()

    expect(long_list).to_have_url(re.compile("/api-clients/$"))
    steps.expect_rows(long_list, "of 60")


def test_list_follows_a_synchronisation(open_page: OpenPage, scene: Scene) -> None:
    page = open_page("/api-clients/")
    expect(page.get_by_text("No API clients yet")).to_be_visible()
    scene.sandbox.add_client("made-elsewhere")

    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("Synchronising: 0 clients so far")).to_be_visible()
    page.evaluate("window.kept = true")
    synchronise()

    expect(page.get_by_text("Up to date")).to_be_visible()
    assert steps.row_ids(page) == ["made-elsewhere"]
    assert is_kept(page)
    assert Synchronisation.get().finished_at <= timezone.now()  # type: ignore[operator]


def test_session_that_ended_leads_to_signing_in_and_back(
    long_list: Page, scene: Scene
) -> None:
    scene.end_all_sessions()

    long_list.get_by_label("Search by client ID or description").fill("00017")
    expect(long_list.get_by_role("heading", level=1)).to_have_text("Sign in")
    long_list.get_by_role("button", name=steps.SIGN_IN).click()
    give_password(long_list, "client-admin")

    expect(long_list).to_have_url(re.compile(r"/api-clients/\?size=25$"))
    steps.expect_rows(long_list, "1-25 of 60")


def test_session_that_ended_before_a_secret_is_shown(
    open_page: OpenPage, scene: Scene
) -> None:
    path = f"/api-clients/{scene.add_client()}/credentials/"
    page = open_page(path)
    scene.end_all_sessions()

    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("button", name=steps.SIGN_IN).click()
    give_password(page, "client-admin")

    expect(page).to_have_url(re.compile(f"{path}$"))
    expect(steps.secret_field(page)).to_have_value(steps.MASK)


def test_failure_while_showing_a_secret_is_told_with_its_reference(
    open_page: OpenPage, scene: Scene, watch: Watch
) -> None:
    uuid = scene.add_client()
    page = open_page(f"/api-clients/{uuid}/credentials/")
    scene.sandbox.fail("GET", "client-secret", "status", status=503)
    watch.expect_status(503)
    show = page.get_by_role("button", name="Show", exact=True)

    with page.expect_response("**/show/") as answer:
        show.press("Enter")

    alert = page.locator("#alerts")
    expect(alert).to_contain_text("Nothing was changed.")
    expect(alert).to_contain_text("Keycloak is not answering.")
    reference = answer.value.headers["x-request-id"]
    expect(alert.locator("code")).to_have_text(reference)
    expect(steps.secret_field(page)).to_have_value(steps.MASK)
    expect(show).to_be_focused()
    expect(page.locator("[aria-busy]")).to_have_count(0)

    scene.sandbox.heal()
    assert steps.show_secret(page) == scene.sandbox.secret(uuid)
    expect(alert).to_be_empty()


def test_console_that_does_not_answer_is_told(
    open_page: OpenPage, scene: Scene, watch: Watch
) -> None:
    page = open_page(f"/api-clients/{scene.add_client()}/credentials/")
    watch.expect("ERR_FAILED", "htmx:sendError")
    page.route("**/show/", lambda route: route.abort())

    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.locator("#alerts")).to_contain_text(
        "It may or may not have happened: check before you repeat it."
    )
