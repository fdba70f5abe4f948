"""Two web processes and two workers on one database, all busy at once.

People create, change, regenerate and delete clients of their own while the workers do
every job of the schedule again and again. FAULTS_REQUESTS=2000 makes it long.
"""

import contextlib
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bs4 import BeautifulSoup
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apiclients.models import IndexedClient, Synchronisation
from apiclients.synchronisation import synchronise
from audit.models import Action, OpenIntent, Outcome, Phase, Record
from console.access import Actor
from console.schedule import list_jobs
from tests.faults.instances import Instance
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import CREATE, DELETE, REGENERATE, UPDATE, Change
from tests.screens.browser import find_form
from tests.screens.real_server import RealBrowser
from tools.keycloak import ROOT
from tools.processes import start_group, stop_group

REQUESTS = int(os.environ.get("FAULTS_REQUESTS", "200"))
PEOPLE = 4
# Of each person a round; each change is the reading of a form and the sending of it.
ROUND = (CREATE, UPDATE, REGENERATE, DELETE)
ROUNDS = max(2, REQUESTS // (PEOPLE * 2 * len(ROUND)))
SECONDS = 600


@contextlib.contextmanager
def running_workers(instance: Instance, count: int) -> Iterator[None]:
    """As the Procfile starts them, with the environment of a console."""
    command = (sys.executable, "manage.py", "db_worker", "--queue-name", "*")
    workers = []
    try:
        for number in range(count):
            with instance.log.with_name(f"worker-{number}.log").open("wb") as output:
                workers.append(
                    start_group(
                        (*command, "--no-reload", "--interval", "0.1"),
                        environ=instance.environment,
                        output=output,
                        folder=ROOT,
                    )
                )
        yield
        assert [worker.poll() for worker in workers] == [None] * count
    finally:
        for worker in workers:
            stop_group(worker)


class Person:
    """Makes clients, one after the other, and does everything with each of them."""

    def __init__(self, browser: RealBrowser, name: str) -> None:
        self._browser = browser
        self._name = name
        self.done: Counter[Action] = Counter()
        self.problem = ""

    def work(self) -> None:
        for number in range(ROUNDS):
            name, uuid = f"svc-{self._name}-{number}", ""
            for change in ROUND:
                answer = self._make(change, name, uuid)
                if answer.status_code not in {200, 302}:
                    self.problem = f"{change} of {name}: {answer.status_code}"
                    return
                uuid = uuid or answer.headers["Location"].split("/")[2]
                self.done[change.action] += 1

    def _make(self, change: Change, name: str, uuid: str) -> Any:
        address = change.address(uuid)
        page = BeautifulSoup(self._browser.get(address).text, "html.parser")
        named = {"client_id": name, "confirm": name}
        values = {key: named.get(key, value) for key, value in change.values.items()}
        form = find_form(page, change.button)
        return self._browser.post(form.action, form.filled_in(**values))


def enqueue_everything_until(stopped: threading.Event) -> int:
    """Every job of the schedule, over and over; how many tasks that were."""
    count = 0
    while not stopped.is_set():
        for job in list_jobs():
            job.task.enqueue()
            count += 1
        stopped.wait(2)
    return count


def test_nothing_is_lost_and_nothing_happens_twice(
    two_consoles: list[Instance],
    people: dict[str, Actor],
    keycloak: SandboxControl,
) -> None:
    keycloak.forget_calls()
    crowd = [
        Person(
            RealBrowser(two_consoles[number % 2].url, people["account-admin"]),
            f"{number}-{uuid4().hex[:6]}",
        )
        for number in range(PEOPLE)
    ]
    threads = [threading.Thread(target=person.work) for person in crowd]
    at_rest = threading.Event()

    def wait_for_people() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        at_rest.set()

    with running_workers(two_consoles[0], 2):
        waiting = threading.Thread(target=wait_for_people)
        waiting.start()
        tasks = enqueue_everything_until(at_rest)
        waiting.join()
        await_tasks(tasks)

    assert [person.problem for person in crowd if person.problem] == []
    done = sum((person.done for person in crowd), Counter[Action]())
    assert set(done.values()) == {PEOPLE * ROUNDS}
    assert_recorded_once(done)
    assert len(keycloak.writes()) == done.total()
    call_command("audit_verify", verbosity=0)
    assert Synchronisation.get().state == "current"
    synchronise()  # the last pass may have begun before the last deletion
    assert not IndexedClient.objects.filter(client_id__startswith="svc-").exists()


def await_tasks(count: int) -> None:
    """Until the workers have done all of them, each once and well."""
    deadline = timezone.now() + timedelta(seconds=SECONDS)
    over = DBTaskResult.objects.filter(finished_at__isnull=False)
    while over.count() < count:
        assert timezone.now() < deadline, "The workers did not come to an end."
        threading.Event().wait(0.5)
    statuses = Counter(DBTaskResult.objects.values_list("status", flat=True))
    assert statuses == {"SUCCESSFUL": count}


def assert_recorded_once(done: Counter[Action]) -> None:
    for action, count in done.items():
        records = Record.objects.filter(action=action)
        outcomes = records.filter(phase=Phase.OUTCOME, outcome=Outcome.SUCCEEDED)
        assert records.filter(phase=Phase.INTENT).count() == count, action
        assert outcomes.count() == count, action
    assert not OpenIntent.objects.exists()
