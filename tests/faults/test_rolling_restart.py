"""Two instances behind a balancer are restarted in turn, and nobody notices.

FAULTS_REQUESTS=2000 makes it long; without it a few hundred requests do.
"""

import functools
import itertools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from bs4 import BeautifulSoup

from audit.models import Action, Outcome, Phase, Record
from console.access import Actor
from tests.faults.balancer import Balancer
from tests.faults.instances import Instance, running_instances
from tests.sandbox_control import SandboxControl
from tests.screens.browser import find_form
from tests.screens.real_server import RealBrowser

REQUESTS = int(os.environ.get("FAULTS_REQUESTS", "200"))
DRAIN = 1.5  # seconds: some probes of the balancer
READS = ("/api-clients/", "/audit/", "/", "/api-clients/new/")


class Load:
    """People who read and change things until they are told to stop."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.created: list[str] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    def work(self, browser: RealBrowser) -> None:
        for number in itertools.count():
            if self.stopping.is_set():
                return
            self._read(browser, READS[number % len(READS)])
            if number % 4 == 3:
                self._create(browser)

    def _read(self, browser: RealBrowser, address: str) -> requests.Response | None:
        return self._ask(200, functools.partial(browser.get, address))

    def _create(self, browser: RealBrowser) -> None:
        page = self._read(browser, "/api-clients/new/")
        if page is not None:
            form = find_form(BeautifulSoup(page.text, "html.parser"), "Save")
            client_id = f"svc-{uuid4()}"
            values = form.filled_in(client_id=client_id)
            if self._ask(302, lambda: browser.post(form.action, values)):
                self.created.append(client_id)

    def _ask(
        self, wanted: int, ask: Callable[[], requests.Response]
    ) -> requests.Response | None:
        """The answer, if it is the wanted one; whatever it is, it is noted."""
        answer = None
        try:
            answer = ask()
            got = str(answer.status_code)
        except OSError as exc:
            got = repr(exc)
        good = got == str(wanted)
        with self._lock:
            self.answers["good" if good else f"{got}, not {wanted}"] += 1
        return answer if good else None

    @property
    def failed(self) -> dict[str, int]:
        return {got: n for got, n in self.answers.items() if got != "good"}


@pytest.fixture
def instances(
    shared_db: None, keycloak: SandboxControl, tmp_path: Path
) -> Iterator[list[Instance]]:
    """They leave slowly, so that the balancer notices in time."""
    with running_instances(
        2, f"{keycloak.url}/auth", tmp_path, DRAIN_SECONDS=str(DRAIN)
    ) as both:
        yield both


def test_a_rolling_restart_under_load_fails_no_request_and_loses_no_record(
    instances: list[Instance],
    people: dict[str, Actor],
    keycloak: SandboxControl,
) -> None:
    load = Load()
    keycloak.forget_calls()
    with Balancer([instance.port for instance in instances]).running() as balancer:
        for instance in instances:
            instance.environ["CONSOLE_URL"] = balancer.url
            instance.restart()
        browsers = [
            RealBrowser(balancer.url, people["account-admin"]) for _ in range(4)
        ]
        _until(lambda: len(balancer.ready) == 2)
        threads = [threading.Thread(target=load.work, args=(b,)) for b in browsers]
        for thread in threads:
            thread.start()
        restarts = 0
        while restarts < 2 or load.total < REQUESTS:
            instances[restarts % 2].restart()
            _until(lambda: len(balancer.ready) == 2)
            restarts += 1
        load.stopping.set()
        for thread in threads:
            thread.join()

    assert load.failed == {}, load.answers
    assert load.total >= REQUESTS
    assert len(load.created) >= REQUESTS // 10
    made = Record.objects.filter(action=Action.CLIENT_CREATE)
    outcomes = made.filter(phase=Phase.OUTCOME, outcome=Outcome.SUCCEEDED)
    names = set(outcomes.values_list("object_name", flat=True))
    assert names == set(load.created)
    assert made.filter(phase=Phase.INTENT).count() == outcomes.count()
    posts = [call for call in keycloak.writes() if call.endswith("/clients")]
    assert len(posts) == len(load.created)


def _until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1200):
        if condition():
            return
        waiting.wait(0.1)
    raise AssertionError("it did not come to that")
