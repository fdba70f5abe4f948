"""The list's one menu: it leads to the client whose row has opened it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.scene import Scene

OpenPage = Callable[..., Page]
PAGES = ("", "credentials/", "disable/", "enable/", "delete/")


def test_menu_leads_to_the_pages_of_the_row_that_opened_it(
    open_page: OpenPage, scene: Scene
) -> None:
    on = scene.add_client("svc-on")
    off = scene.add_client("svc-off", enabled=False)
    page = open_page("/api-clients/")

    for name, uuid, missing in (
        ("svc-on", on, "Enable"),
        ("svc-off", off, "Disable"),
        ("svc-on", on, "Enable"),
    ):
        page.get_by_role("button", name=f"Actions for {name}").click()
        links = page.locator("#actions a")
        expect(links.get_by_text(missing, exact=True)).to_be_hidden()
        expect(links.filter(visible=True)).to_have_count(len(PAGES) - 1)
        found = links.evaluate_all("links => links.map(link => link.pathname)")
        assert found == [f"/api-clients/{uuid}/{page}" for page in PAGES]
        page.keyboard.press("Escape")


def test_menu_opens_beside_its_button(open_page: OpenPage, scene: Scene) -> None:
    scene.fill(50)
    page = open_page("/api-clients/")

    for number in (3, 40):
        button = page.locator("tbody button").nth(number)
        button.click()
        here, menu = button.bounding_box(), page.locator("#actions").bounding_box()
        assert here
        assert menu
        assert abs(menu["x"] + menu["width"] - here["x"] - here["width"]) < 2
        above = menu["y"] + menu["height"] <= here["y"]
        assert above or menu["y"] >= here["y"] + here["height"]
        page.keyboard.press("Escape")


def test_without_a_script_the_menu_is_on_the_clients_own_page(
    open_page: OpenPage, scene: Scene
) -> None:
    scene.add_client("svc-reports")
    page = open_page("/api-clients/", javascript=False)
    expect(page.locator("tbody button")).to_be_hidden()

    page.get_by_role("link", name="svc-reports", exact=True).click()
    page.get_by_role("button", name="Actions for svc-reports").click()

    expect(page.get_by_role("link", name="Delete", exact=True)).to_be_visible()
