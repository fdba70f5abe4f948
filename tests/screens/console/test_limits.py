"""How often secrets are shown and people sign in: counted together, to the last one."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.models import Action, Outcome
from console import limits
from console.access import Actor
from console.models import Allowance
from tests.databases import at_once
from tests.pages import read_page, text_of
from tests.people import sign_in
from tests.sandbox_control import SandboxControl
from tests.screens.browser import banners, open_form
from tests.screens.provider import is_signed_in, sign_in_through
from tests.screens.records import assert_recorded, entries

pytestmark = pytest.mark.usefixtures("keycloak")
PERSON = ("https://id.example/realms/a", "bob")


@pytest.fixture(autouse=True)
def _a_window_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that none ends in the middle of a test."""
    now = timezone.now()
    monkeypatch.setattr(limits, "_window", lambda _: now)


@pytest.fixture
def uuid(keycloak: SandboxControl) -> str:
    return keycloak.add_client("svc-reports")


def test_one_secret_too_many_is_refused_and_recorded(
    admin: Client, keycloak: SandboxControl, settings: Settings, uuid: str
) -> None:
    settings.REVEALS_PER_PERSON = 2
    show = reverse("apiclients:secret-show", args=[uuid])
    for _ in range(2):
        assert admin.post(show).status_code == 200
    keycloak.forget_calls()

    response = admin.post(show)

    page = read_page(response)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    text = text_of(page.main)
    assert "Nothing was changed" in text
    assert "You got as many secrets and tokens in ten minutes as may be." in text
    assert re.search(r"Try again at \d\d:\d\d UTC", text)
    assert keycloak.secret(uuid) not in response.text
    assert not [call for call in keycloak.calls() if "client-secret" in call]
    assert_recorded(
        entries()[0], Action.SECRET_SHOW, Outcome.FAILED, name="svc-reports"
    )


@pytest.mark.parametrize("name", ["secret-copy", "secret-regenerate", "token-download"])
def test_every_way_to_a_secret_counts(
    admin: Client, settings: Settings, uuid: str, name: str
) -> None:
    settings.REVEALS_PER_PERSON = 1
    admin.post(reverse("apiclients:secret-show", args=[uuid]))
    page = reverse("apiclients:secret-regenerate", args=[uuid])
    values = open_form(admin, page, "Regenerate secret").values

    response = admin.post(reverse(f"apiclients:{name}", args=[uuid]), values)

    assert response.status_code == 429


def test_others_are_not_held_up_by_one_person(
    as_person: Callable[[str], Client], settings: Settings, uuid: str
) -> None:
    settings.REVEALS_PER_PERSON = 1
    show = reverse("apiclients:secret-show", args=[uuid])
    as_person("client-admin").post(show)

    assert as_person("account-admin").post(show).status_code == 200


def test_all_together_have_a_limit_too(
    as_person: Callable[[str], Client], settings: Settings, uuid: str
) -> None:
    settings.REVEALS_FOR_ALL = 1
    show = reverse("apiclients:secret-show", args=[uuid])
    as_person("client-admin").post(show)

    response = as_person("account-admin").post(show)

    assert response.status_code == 429
    assert "All people together" in response.text


def test_signing_in_again_and_again_is_refused(
    db: None, synchronised: None, settings: Settings
) -> None:
    settings.SIGN_INS_PER_PERSON = 1
    sign_in_through(Client(), "client-admin")
    browser = Client()

    response = sign_in_through(browser, "client-admin")

    assert response.status_code == 429
    assert banners(read_page(response))[0].startswith("Too many sign-ins.")
    assert not is_signed_in(browser)


def test_many_at_once_do_not_pass_it_together(
    shared_db: None, settings: Settings
) -> None:
    settings.REVEALS_PER_PERSON = 10

    results = at_once(*[lambda: limits.spend(limits.REVEALS, *PERSON)] * 24)

    assert results.count(None) == 10
    assert sum(isinstance(r, limits.TooOftenError) for r in results) == 14


def test_what_all_are_refused_counts_for_nobody(db: None, settings: Settings) -> None:
    settings.REVEALS_FOR_ALL = 0

    with pytest.raises(limits.TooOftenError):
        limits.spend(limits.REVEALS, *PERSON)

    assert not Allowance.objects.filter(used__gt=0).exists()


def test_it_begins_anew_with_the_next_window(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REVEALS_PER_PERSON = 1
    limits.spend(limits.REVEALS, *PERSON)
    later = timezone.now() + limits.WINDOW
    monkeypatch.setattr(limits, "_window", lambda _: later)

    limits.spend(limits.REVEALS, *PERSON)
    limits.forget_old_windows()

    assert {row.window for row in Allowance.objects.all()} == {later}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_a_form_that_the_browser_says_is_from_elsewhere_is_refused(
    people: dict[str, Actor], keycloak: SandboxControl, db: None, uuid: str, site: str
) -> None:
    browser = sign_in(Client(), people["client-admin"])
    keycloak.forget_calls()

    response = browser.post(
        reverse("apiclients:secret-show", args=[uuid]),
        headers={"Sec-Fetch-Site": site},
    )

    assert response.status_code == 403
    assert keycloak.calls() == []
