"""What people do on many pages."""

import re

from playwright.sync_api import Locator, Page, expect

from tools.chromium import give_password

SIGN_IN = "Sign in with your organization account"
MASK = "•" * 12


def sign_in(page: Page, person: str, path: str = "/") -> None:
    """From a page of the console to the provider's login page, and back to the page."""
    page.goto(path)
    page.get_by_role("button", name=SIGN_IN).click()
    give_password(page, person)


def secret_field(page: Page) -> Locator:
    return page.get_by_label("Client secret")


def await_htmx(page: Page) -> None:
    page.wait_for_function("() => document.body?.['htmx-internal-data']")


def await_settling(page: Page) -> None:
    """What htmx put into the page is plain links and forms at first, for 20 ms."""
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


def show_secret(page: Page) -> str:
    """On the Credentials tab."""
    page.get_by_role("button", name="Show", exact=True).click()
    return shown_secret(page)


def shown_secret(page: Page) -> str:
    expect(secret_field(page)).not_to_have_value(MASK)
    await_settling(page)
    return secret_field(page).input_value()


def regenerate_secret(page: Page, reason: str = "") -> str:
    """On the Credentials tab, as far as the page with the new secret."""
    page.get_by_role("link", name="Regenerate", exact=True).click()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Regenerate secret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("New secret"))
    return secret_field(page).input_value()


def row_ids(page: Page) -> list[str]:
    """The client ids of the list, from top to bottom."""
    return page.locator("#clients a.id").all_text_contents()


def expect_rows(page: Page, text: str) -> None:
    """Which rows of a list are shown, as in "1-25 of 60", for htmx to go on from."""
    expect(page.locator(".pager")).to_contain_text(text.replace("-", "\N{EN DASH}"))
    await_settling(page)


def texts_and_values(page: Page) -> str:
    """All that the page holds, whether it can be seen or not."""
    return str(
        page.evaluate(
            """() => document.documentElement.outerHTML
            + [...document.querySelectorAll("input, textarea")].map((i) => i.value)"""
        )
    )
