"""The Tokens tab: reading a token, testing the client, revoking."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.screens.stage import ACCOUNT, Stage, screen


@screen
def tokens(stage: Stage) -> Page:
    return stage.open_client("tokens/")


@screen
def tokens_of_a_disabled_client(stage: Stage) -> Page:
    page = stage.open_client("tokens/", enabled=False)
    expect(page.get_by_text("This client is disabled.")).to_be_visible()
    return page


@screen
def token_inspected(stage: Stage) -> Page:
    page = tokens(stage)
    stage.scene.sandbox.give_roles(ACCOUNT, client={"production": ["access-datasets"]})
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Token").click()
    _inspect(page, Path(download.value.path()).read_text(encoding="ascii"))
    expect(page.locator("#inspection")).to_contain_text("Valid signature")
    return page


@screen
def token_of_another_organization(stage: Stage) -> Page:
    page = tokens(stage)
    claims = {"azp": "somebody-else", "exp": 1_700_000_300, "iat": 1_700_000_000}
    _inspect(page, ".".join([_encoded({"alg": "RS256"}), _encoded(claims), "c2ln"]))
    expect(page.locator("#inspection")).to_contain_text("Not a token of this client")
    return page


@screen
def token_that_is_none(stage: Stage) -> Page:
    stage.watch.expect_status(422)
    page = tokens(stage)
    _inspect(page, "nonsense")
    expect(page.locator(".field-error")).to_be_visible()
    return page


@screen
def client_tested(stage: Stage) -> Page:
    """It gets a token that userinfo accepts; the Manager wants a role besides."""
    page = tokens(stage)
    page.get_by_role("button", name="Run test").click()
    expect(page.locator("#client-test")).to_contain_text("Refused: It needs")
    return page


@screen
def client_tested_in_vain(stage: Stage) -> Page:
    page = tokens_of_a_disabled_client(stage)
    page.get_by_role("button", name="Run test").click()
    expect(page.locator("#client-test")).to_contain_text("Not tried")
    return page


@screen
def token_download_refused(stage: Stage) -> Page:
    stage.watch.expect_status(403)
    page = tokens(stage)
    stage.scene.sandbox.give_roles(ACCOUNT, realm=["audit-reader"])
    page.get_by_role("button", name="Download Token").click()
    expect(page.get_by_text("holds roles that you may not hand out")).to_be_visible()
    return page


@screen
def token_not_given(stage: Stage) -> Page:
    stage.watch.expect_status(409)
    page = tokens_of_a_disabled_client(stage)
    page.get_by_role("button", name="Download Token").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing was changed")
    return page


@screen
def token_revoke(stage: Stage) -> Page:
    return stage.open_client("tokens/revoke/")


@screen
def tokens_revoked(stage: Stage) -> Page:
    page = token_revoke(stage)
    page.get_by_role("button", name="Revoke issued tokens").click()
    expect(page.get_by_text("Revoked the issued tokens.")).to_be_visible()
    return page


def _inspect(page: Page, token: str) -> None:
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Inspect").click()


def _encoded(part: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
