"""The Overview: the steps to a first token, figures as links, the latest entries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from apiclients.models import Watch
from audit.models import Outcome
from clusters.models import ClusterFigures
from tests.factories import make_entry, make_indexed_client
from tests.pages import read_page
from tests.sandbox_control import SandboxControl

LONG_AGO = timezone.now() - timedelta(days=200)


def _text(element: object) -> str:
    return " ".join(str(element.get_text(" ")).split())  # type: ignore[attr-defined]


def test_overview_of_nothing_leads_to_the_first_client(admin: Client) -> None:
    page = read_page(admin.get("/"))

    steps = [_text(step) for step in page.select("#getting-started li")]
    assert steps[0].startswith("Create an API client : not done 0 clients")
    assert page.select_one('#getting-started a[href="/api-clients/new/"]')
    assert _text(page.select_one("#feed")) == "Nothing yet."


def test_overview_figures_lead_to_the_list_that_they_count(admin: Client) -> None:
    Watch.objects.create(pk=1, since=LONG_AGO)
    make_indexed_client("old", secret_created_at=LONG_AGO, access_token_lifespan=28800)
    make_indexed_client(
        "young", secret_created_at=timezone.now(), last_used_at=timezone.now()
    )

    page = read_page(admin.get("/"))

    for link in page.select(".figures a"):
        number, _, label = _text(link).partition(" ")
        listed = read_page(admin.get(str(link["href"])))
        assert len(listed.select("#clients tbody tr")) == int(number), label


def test_overview_does_not_claim_to_have_watched_longer_than_it_did(
    admin: Client,
) -> None:
    Watch.objects.create(pk=1, since=timezone.now())

    page = read_page(admin.get("/"))

    assert "Not used since watching began" in _text(page.select_one(".figures"))


def test_overview_tells_how_many_clusters_take_tokens(
    admin: Client, settings: Settings
) -> None:
    settings.IMPLY_MANAGER_URL = "http://localhost:8180"
    ClusterFigures.objects.create(
        pk=1, clusters=3, with_oauth=1, read_at=timezone.now()
    )

    page = read_page(admin.get("/"))

    first = _text(page.select_one("#getting-started li"))
    assert first.startswith("Enable OAuth 2.0 : done 1 of 3 clusters")


def test_overview_shows_the_latest_entries_as_sentences(admin: Client) -> None:
    make_entry(object_name="etl-prod")

    page = read_page(admin.get("/"))

    assert "etl-prod" in _text(page.select_one("#feed"))


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
def test_overview_names_what_did_not_succeed(admin: Client, outcome: Outcome) -> None:
    make_entry(outcome, object_name="etl-prod")

    page = read_page(admin.get("/"))

    assert _text(page.select_one("#feed .state")) == outcome.label


@pytest.mark.parametrize("rows", [10, 500])
def test_overview_asks_nobody_and_little(
    admin: Client,
    keycloak: SandboxControl,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        make_indexed_client(f"c{number}")
    admin.get("/")  # the first time makes two rows that stay
    keycloak.forget_calls()

    with django_assert_max_num_queries(8):
        admin.get("/")

    assert keycloak.calls() == []


@pytest.mark.parametrize(
    ("person", "version", "told"),
    [
        ("account-admin", "26.7.4", True),
        ("account-admin", "26.7.5", False),
        ("account-admin", "", False),
        ("account-admin", "nightly", False),
        ("client-admin", "26.7.4", False),
    ],
)
def test_overview_tells_administrators_what_is_known_against_keycloak(
    as_person: Callable[[str], Client],
    settings: Settings,
    person: str,
    version: str,
    told: bool,
) -> None:
    settings.KEYCLOAK_VERSION = version

    page = read_page(as_person(person).get("/"))

    found = page.select_one("#advisories")
    assert bool(found) is told
    assert not told or "CVE-2026-89298" in _text(found)
