"""Showing the secret."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from tests.pages import as_htmx, read_page, read_part, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.browser import fill_in, heading, open_form
from tests.screens.records import (
    assert_names_the_entry,
    assert_recorded,
    entries,
    only_entry,
)

DOTS = "••••••••••••"


def credentials(uuid: str) -> str:
    return reverse("apiclients:credentials", args=[uuid])


def test_secret_show_shows_the_secret_and_records_it(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    response = fill_in(admin, credentials(reports), "Show")

    page = read_page(response)
    assert response.status_code == 200
    assert page.select("#secret-value")[0]["value"] == keycloak.secret(reports)
    assert keycloak.writes() == []
    entry = only_entry()
    assert_recorded(entry, Action.SECRET_SHOW, Outcome.SUCCEEDED, name="svc-reports")
    assert entry.summary == "Showed the secret of <b>svc-reports</b>"
    assert entry.object_id == reports
    assert entry.changes == []


def test_secret_show_answers_htmx_with_the_part_alone(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    form = open_form(admin, credentials(reports), "Show")

    response = admin.post(form.action, form.values, headers=as_htmx("client-secret"))

    part = read_part(response, "client-secret")
    assert part.select("#secret-value")[0]["value"] == keycloak.secret(reports)


def test_secret_show_is_stored_nowhere(admin: Client, reports: str) -> None:
    response = fill_in(admin, credentials(reports), "Show")

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_secret_show_says_when_the_secret_hides(admin: Client, reports: str) -> None:
    page = read_page(fill_in(admin, credentials(reports), "Show"))

    field = page.select("#secret-value")[0]
    assert field["data-hide-after"] == "30"
    assert "Hides after 30 seconds" in text_of(page.select_one("#secret-hint"))
    refresh = page.select("noscript meta[http-equiv=refresh]")[0]
    assert refresh["content"] == f"30;url={credentials(reports)}"


def test_secret_show_is_a_new_entry_each_time(admin: Client, reports: str) -> None:
    form = open_form(admin, credentials(reports), "Show")

    for _ in range(2):
        admin.post(form.action, form.values)

    assert [entry.record.action for entry in entries()] == [Action.SECRET_SHOW] * 2


def test_secret_show_counts_the_people_who_saw_it(
    admin: Client, as_person: Callable[[str], Client], reports: str
) -> None:
    fill_in(admin, credentials(reports), "Show")
    fill_in(admin, credentials(reports), "Show")
    other = as_person("account-admin")

    page = read_page(fill_in(other, credentials(reports), "Show"))

    assert "2 people" in text_of(page.select_one("#client-secret"))


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"action": "status", "status": 403}, 502),
        ({"action": "status", "status": 400}, 422),
        ({"action": "status", "status": 500}, 503),
        ({"action": "drop_after"}, 503),
        ({"action": "garbage"}, 502),
        ({"action": "cut"}, 503),
        ({"action": "delay", "seconds": 1}, 503),
        ({"action": "status", "status": 200, "body": '{"value": null}'}, 502),
    ],
    ids=lambda value: str(value),
)
def test_secret_show_without_an_answer_is_recorded_as_failed(
    admin: Client,
    keycloak: SandboxControl,
    hasty: None,
    reports: str,
    fault: dict[str, Any],
    status: int,
) -> None:
    """A reading changes nothing, whatever became of its answer."""
    form = open_form(admin, credentials(reports), "Show")
    keycloak.fail("GET", "client-secret$", **fault)

    response = admin.post(form.action, form.values)

    page = read_page(response)
    assert response.status_code == status
    assert heading(page) == "Nothing was changed"
    assert keycloak.secret(reports) not in response.text
    entry = only_entry()
    assert_recorded(entry, Action.SECRET_SHOW, Outcome.FAILED, name="svc-reports")
    assert entry.summary == "Tried to show the secret of <b>svc-reports</b>"
    assert_names_the_entry(page, entry, response)


def test_secret_show_that_failed_is_told_to_htmx_in_the_place_for_alerts(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    form = open_form(admin, credentials(reports), "Show")
    keycloak.fail("GET", "client-secret$", "status", status=500)

    response = admin.post(form.action, form.values, headers=as_htmx("client-secret"))

    assert response["HX-Retarget"] == "#alerts"
    assert response["HX-Reswap"] == "innerHTML"
    assert "<html" not in response.text
    assert "Nothing was changed." in response.text
    assert response["X-Request-ID"] in response.text


def test_secret_show_that_shows_nothing_shows_dots(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    page = read_page(admin.get(credentials(reports)))

    assert page.select("#secret-value")[0]["value"] == DOTS
    assert "Showing or copying the secret is recorded." in text_of(
        page.select_one("#secret-hint")
    )
