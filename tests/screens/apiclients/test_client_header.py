"""The head that all pages of a client share."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from apiclients.models import ClientUse
from tests.pages import read_page, text_of

TABS = ("settings", "credentials", "permissions", "tokens", "activity")
USED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("tab", TABS)
def test_client_header_tells_when_the_client_was_last_used(
    admin: Client, reports: str, tab: str
) -> None:
    ClientUse.objects.create(client_id="svc-reports", last_used_at=USED_AT)

    page = read_page(admin.get(reverse(f"apiclients:{tab}", args=[reports])))

    facts = page.select_one("#client-header .meta")
    assert "Last used" in text_of(facts)
    assert facts is not None
    used_at = str(facts.select("time")[0]["datetime"])
    assert datetime.fromisoformat(used_at) == USED_AT


def test_client_header_says_nothing_of_use_that_was_not_seen(
    admin: Client, reports: str
) -> None:
    page = read_page(admin.get(reverse("apiclients:settings", args=[reports])))

    assert "Last used" not in text_of(page.select_one("#client-header"))
