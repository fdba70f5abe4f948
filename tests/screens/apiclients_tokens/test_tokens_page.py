"""The Tokens tab itself."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from apiclients.models import MintedToken
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients_tokens.asking import address
from tests.screens.browser import banners


def test_tokens_offers_everything(admin: Client, reports: str) -> None:
    page = read_page(admin.get(address("tokens", reports)))

    for heading in ("Inspect a token", "Download a token", "Test this client"):
        assert heading in text_of(page.main)
    assert "good for 5 minutes" in text_of(page.main)
    assert page.find("a", href=address("token-revoke", reports))
    [current] = page.select("[aria-label='API client'] [aria-current]")
    assert text_of(current) == "Tokens"


def test_tokens_of_a_disabled_client_says_that_there_are_none(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    keycloak.change_client(reports, enabled=False)

    page = read_page(admin.get(address("tokens", reports)))

    assert banners(page)[0].startswith("This client is disabled.")


def test_tokens_of_an_unknown_client_are_not_there(admin: Client) -> None:
    uuid = "0b57b6c8-1f0b-4f3f-8e54-0c4de1a0a001"

    assert admin.get(address("tokens", uuid)).status_code == 404


def test_the_ids_of_minted_tokens_are_forgotten_after_a_day(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    now = timezone.now()
    MintedToken.objects.create(jti="old", minted_at=now - timedelta(hours=25))
    MintedToken.objects.create(jti="recent", minted_at=now - timedelta(hours=23))

    admin.post(address("token-download", reports))

    kept = set(MintedToken.objects.values_list("jti", flat=True))
    assert "recent" in kept
    assert "old" not in kept
    assert len(kept) == 2
