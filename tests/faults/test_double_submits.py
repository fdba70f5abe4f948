"""Each form is sent twice at the same moment, to two consoles: its work is done once.

DOUBLE_SUBMITS says how many forms; a hundred where nothing is said, 1,000 by hand.
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests
from django.urls import reverse

from audit.models import OpenIntent, Outcome, Phase, Record
from console.access import Actor
from tests.faults.instances import Instance
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients.changes import (
    CREATE,
    DELETE,
    DISABLE,
    ENABLE,
    REGENERATE,
    Change,
)
from tests.screens.browser import Form
from tests.screens.real_server import RealBrowser

FORMS = int(os.environ.get("DOUBLE_SUBMITS", "100"))
PEOPLE = 4  # who work at the same time, each on clients of their own
LIFE = (CREATE, DISABLE, ENABLE, REGENERATE, DELETE)


@dataclass
class Worker:
    """Someone who does everything to one client after another, and always twice."""

    number: int
    tabs: list[RealBrowser]
    forms: dict[str, Form]
    expected: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    uuid: str = ""

    def work(self, forms: int) -> None:
        with ThreadPoolExecutor(len(self.tabs)) as pool:
            for number in range(forms):
                change = LIFE[number % len(LIFE)]
                name = f"svc-{self.number}-{number // len(LIFE)}"
                self._send_twice(pool, change, name)

    def _send_twice(self, pool: ThreadPoolExecutor, change: Change, name: str) -> None:
        address = change.address(self.uuid)
        named = {"client_id": name, "confirm": name}
        values = {
            **self.forms[str(change)].filled_in(**change.values),
            **{field: name for field, name in named.items() if field in change.values},
            "operation": new_operation(),
        }
        sent = [pool.submit(tab.post, address, values) for tab in self.tabs]
        answers = [answer.result() for answer in sent]
        landings = {answer.headers.get("Location", "") for answer in answers}
        if change.creates:
            (address,) = {landing.partition("?")[0] for landing in landings}
            self.uuid = address.split("/")[-2]
        elif change is REGENERATE:
            self._keep_the_one_secret(answers)
        else:
            assert landings == {change.landing_address(self.uuid)}, change
        self.expected += change.calls(self.uuid)

    def _keep_the_one_secret(self, answers: list[requests.Response]) -> None:
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (told,) = (answer.text for answer in answers if answer.status_code == 200)
        self.secrets.append(told)


@pytest.fixture
def workers(
    two_consoles: list[Instance], people: dict[str, Actor], keycloak: SandboxControl
) -> list[Worker]:
    """Each has every form open; what is sent later has its own key and address."""
    template = keycloak.add_client("svc-template")
    found = []
    for number in range(PEOPLE):
        first = RealBrowser(two_consoles[0].url, people["client-admin"])
        forms = {}
        for change in LIFE:
            # The page offers what is not so yet.
            keycloak.change_client(template, enabled=change is not ENABLE)
            page = change.address(template)
            forms[str(change)] = first.open_form(page, change.button)
        tabs = [first, first.at(two_consoles[1].url)]
        found.append(Worker(number, tabs, forms))
    keycloak.forget_calls()
    return found


def test_forms_that_are_sent_twice_to_two_consoles_do_their_work_once(
    workers: list[Worker], keycloak: SandboxControl
) -> None:
    with ThreadPoolExecutor(PEOPLE) as pool:
        share = FORMS // PEOPLE
        for done in [pool.submit(worker.work, share) for worker in workers]:
            done.result()

    expected = Counter(call for worker in workers for call in worker.expected)
    assert Counter(keycloak.writes()) == expected
    assert expected.total() == share * PEOPLE
    assert Record.objects.filter(phase=Phase.INTENT).count() == expected.total()
    outcomes = Record.objects.filter(phase=Phase.OUTCOME)
    assert set(outcomes.values_list("outcome", flat=True)) == {Outcome.SUCCEEDED}
    assert outcomes.count() == expected.total()
    assert not OpenIntent.objects.exists()


def test_one_key_of_two_people_at_two_consoles_works_for_one(
    two_consoles: list[Instance], people: dict[str, Actor], keycloak: SandboxControl
) -> None:
    uuid = keycloak.add_client("svc-reports")
    names = ("client-admin", "account-admin")
    browsers = [
        RealBrowser(console.url, people[name])
        for console, name in zip(two_consoles, names, strict=True)
    ]
    address = DISABLE.address(uuid)
    forms = [browser.open_form(address, DISABLE.button) for browser in browsers]
    operation = new_operation()
    keycloak.forget_calls()

    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(browser.post, address, form.filled_in(operation=operation))
            for browser, form in zip(browsers, forms, strict=True)
        ]
        answers = [answer.result() for answer in sent]

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (refused,) = (answer for answer in answers if answer.status_code == 409)
    assert "This form was used already" in refused.text
    assert keycloak.writes() == DISABLE.calls(uuid)


def test_a_key_holds_over_a_restart(
    two_consoles: list[Instance], people: dict[str, Actor], keycloak: SandboxControl
) -> None:
    console = two_consoles[0]
    uuid = keycloak.add_client("svc-reports")
    browser = RealBrowser(console.url, people["client-admin"])
    address = REGENERATE.address(uuid)
    values = browser.open_form(address, REGENERATE.button).filled_in()
    keycloak.forget_calls()
    first = browser.post(address, values)

    console.kill()
    console.start()
    second = browser.post(address, values)

    assert first.status_code == 200
    assert second.headers["Location"] == reverse("apiclients:credentials", args=[uuid])
    assert keycloak.secret(uuid) not in second.text
    assert keycloak.writes() == REGENERATE.calls(uuid)
