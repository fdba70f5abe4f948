"""The Activity tab, and what it says again where a client is changed for good."""

from datetime import timedelta

import pytest
import requests
from bs4.element import Tag
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apiclients.login_events import read_login_events
from apiclients.models import ClientUse, DailyUse, Watch
from tests.factories import make_entry
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl

NAME = "svc-reports"
SAFETY_PAGES = ("secret-regenerate", "disable", "delete")


def open_page(browser: Client, uuid: str, name: str = "activity") -> Tag:
    page = read_page(browser.get(reverse(f"apiclients:{name}", args=[uuid])))
    assert page.main is not None
    return page.main


def facts(part: Tag) -> dict[str, str]:
    """The figures of a page, by what they are called."""
    terms, values = part.select("dl.list dt"), part.select("dl.list dd")
    return {text_of(t): text_of(v) for t, v in zip(terms, values, strict=True)}


def rows(part: Tag) -> list[list[str]]:
    """The numbers behind the bars, the latest day first."""
    return [
        [text_of(cell) for cell in row.select("th, td")]
        for row in part.select("#token-days ~ details tbody tr")
    ]


def watch(*, keeps_logins: bool = True, days: int = 200) -> None:
    since = timezone.now() - timedelta(days=days)
    values = {"keeps_logins": keeps_logins, "since": since if keeps_logins else None}
    Watch.objects.update_or_create(pk=1, defaults=values)


def use(days_ago: int, *, tokens: int = 0, failures: int = 0) -> None:
    """Counts of one day. The first call with tokens is of the latest use."""
    then = timezone.now() - timedelta(days=days_ago)
    DailyUse.objects.create(
        client_id=NAME, day=then.date(), tokens=tokens, failures=failures
    )
    if tokens:
        latest = {"last_used_at": then, "addresses": ["198.51.100.17"]}
        ClientUse.objects.get_or_create(client_id=NAME, defaults=latest)


def ask_token(keycloak: SandboxControl, secret: str) -> None:
    """As the client's own program does."""
    requests.post(
        f"{settings.KEYCLOAK_ISSUER}/protocol/openid-connect/token",
        data={
            "grant_type": "client_credentials",
            "client_id": NAME,
            "client_secret": secret,
        },
        timeout=10,
    )


def test_activity_tells_what_the_login_events_tell(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    for secret in (keycloak.secret(reports), keycloak.secret(reports), "guessed"):
        ask_token(keycloak, secret)
    read_login_events()

    page = open_page(admin, reports)

    found = facts(page)
    assert found["Tokens, 7 days"] == found["Tokens, 30 days"] == "2"
    assert found["Addresses"] == "127.0.0.1"
    assert found["Last refused"].endswith(": invalid_client_credentials")
    assert rows(page) == [[f"{timezone.now():%Y-%m-%d}", "2", "1"]]
    assert "Still in use." in text_of(page)


def test_activity_adds_up_seven_and_thirty_days(admin: Client, reports: str) -> None:
    watch()
    for days_ago in (0, 6, 7, 29, 30, 89, 90):
        use(days_ago, tokens=1000 + days_ago)

    page = open_page(admin, reports)

    found = facts(page)
    assert found["Tokens, 7 days"] == f"{2006:,}"
    assert found["Tokens, 30 days"] == f"{4042:,}"
    assert [row[1] for row in rows(page)] == [
        f"{1000 + days_ago:,}" for days_ago in (0, 6, 7, 29, 30, 89)
    ]


def test_activity_draws_a_bar_for_each_day_with_tokens(
    admin: Client, reports: str
) -> None:
    watch()
    use(0, tokens=40)
    use(1, failures=3)
    use(2, tokens=1)
    use(89, tokens=80)

    chart = open_page(admin, reports).select_one("svg.bars")

    assert chart is not None
    assert chart["role"] == "img"
    assert chart["aria-label"] == "Tokens per day, last 90 days"
    bars = [(str(bar["x"]), str(bar["height"])) for bar in chart.select("rect")]
    assert bars == [("0", "40"), ("870", "1"), ("890", "20")]


def test_activity_shows_days_with_refusals_in_the_table(
    admin: Client, reports: str
) -> None:
    watch()
    use(1, failures=3)

    assert [row[1:] for row in rows(open_page(admin, reports))] == [["0", "3"]]


def test_activity_of_an_unused_client_claims_no_more_than_is_known(
    admin: Client, reports: str
) -> None:
    watch(days=12)

    page = open_page(admin, reports)

    day = timezone.now() - timedelta(days=12)
    began = f"{day.day} {day:%B %Y}"
    assert f"Not used since {began}, when watching began." in text_of(page)
    found = facts(page)
    assert found["Watched since"] == began
    assert found["Last token"] == found["Addresses"] == "None seen"
    assert "Last refused" not in found
    assert not page.select("rect")
    assert rows(page) == []


def test_activity_of_a_client_that_was_used_long_ago(
    admin: Client, reports: str
) -> None:
    watch()
    use(40, tokens=3)

    assert "Not used for a while." in text_of(open_page(admin, reports))


def test_activity_says_that_the_realm_keeps_no_events(
    admin: Client, reports: str
) -> None:
    watch(keeps_logins=False)

    page = text_of(open_page(admin, reports))

    assert "It may be in use. This organization keeps no login events" in page
    assert "Not used since" not in page


def test_activity_before_the_first_reading_claims_nothing(
    admin: Client, reports: str
) -> None:
    page = text_of(open_page(admin, reports))

    assert "It may be in use. The login events were not read yet." in page


def test_activity_lists_what_was_done_to_this_client_alone(
    admin: Client, reports: str
) -> None:
    for _ in range(12):
        make_entry(object_id=reports, object_name=NAME)
    make_entry(object_id="another", object_name="svc-other")

    feed = open_page(admin, reports).select("#feed li")

    assert len(feed) == 10
    assert all("Bob Tanaka deleted svc-reports" in text_of(line) for line in feed)


@pytest.mark.parametrize("name", SAFETY_PAGES)
def test_before_a_change_for_good_the_page_says_whether_it_is_safe(
    admin: Client, reports: str, name: str
) -> None:
    watch()
    use(0, tokens=2)
    use(20, tokens=5)

    panel = open_page(admin, reports, name).select_one("#safety")

    assert panel is not None
    found = facts(panel)
    assert "Still in use." in text_of(panel)
    assert (found["Tokens, 7 days"], found["Tokens, 30 days"]) == ("2", "7")
    assert found["Addresses"] == "198.51.100.17"
    assert found["Status"] == "Enabled"
    assert found["Owner"] == "reporting@northwind.example"
    assert panel.select_one("svg.bars")
    assert panel.find("a", href=reverse("apiclients:activity", args=[reports]))


@pytest.mark.parametrize("name", SAFETY_PAGES)
def test_before_a_change_for_good_nobody_is_lulled_without_events(
    admin: Client, reports: str, name: str
) -> None:
    watch(keeps_logins=False)

    panel = text_of(open_page(admin, reports, name).select_one("#safety"))

    assert "It may be in use." in panel
    assert "Ask its owner first." in panel


def test_activity_asks_keycloak_for_the_client_alone(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    watch()
    use(0, tokens=2)
    keycloak.forget_calls()

    open_page(admin, reports)

    assert keycloak.reads() == [f"GET /auth/admin/realms/northwind/clients/{reports}"]
