"""What a person does with several clients: tick them, confirm; and a worker's part."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from apiclients.models import BulkAction, BulkRun
from tests.factories import make_indexed_client
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST, open_list
from tests.screens.browser import Form, find_form

CLIENTS = "/auth/admin/realms/northwind/clients"
NAMES = ("svc-a", "svc-b", "svc-c")
BUTTONS = {
    "disable": "Disable",
    "enable": "Enable",
    "lifespan": "Set the lifespan of",
    "delete": "Delete",
}
TYPED: dict[str, dict[str, str]] = {
    "disable": {"reason": "Not used any more"},
    "enable": {},
    "lifespan": {"lifespan_choice": "own", "lifespan_number": "15"},
    "delete": {"confirm": "delete 3 clients", "reason": "Replaced"},
}


def add_client(keycloak: SandboxControl, name: str, **values: Any) -> str:
    uuid = keycloak.add_client(name, **values)
    make_indexed_client(name, uuid=uuid, enabled=values.get("enabled", True))
    return uuid


def choose(browser: Client, uuids: list[str], action: str) -> Any:
    """Tick these in the list and press a button of the bar; its answer."""
    page = open_list(browser, size=100)
    boxes = {str(box["value"]) for box in page.select("tbody input[form=bulk]")}
    assert boxes >= set(uuids)
    button = page.select_one(f'#bulk button[value="{action}"]')
    assert text_of(button) == BulkAction(action).label
    form = page.select_one("form#bulk")
    assert form is not None
    sent = {"clients": uuids, "action": action, "next": LIST}
    return browser.post(str(form["action"]), sent)


def confirmation(browser: Client, uuids: list[str], action: str) -> BeautifulSoup:
    response = choose(browser, uuids, action)
    assert response.status_code == 302, response.content
    return read_page(browser.get(response["Location"]))


def fill_in(page: BeautifulSoup, action: str, count: int = 3) -> Form:
    """The form of the confirmation page, as the usual values fill it in."""
    plural = "" if count == 1 else "s"
    form = find_form(page, f"{BUTTONS[action]} {count} client{plural}")
    return Form(form.action, form.filled_in(**TYPED[action]))


def confirm(browser: Client, uuids: list[str], action: str) -> Form:
    """Choose and confirm. The form, to be sent a second time."""
    form = fill_in(confirmation(browser, uuids, action), action, len(uuids))
    response = browser.post(form.action, form.values)
    assert response.status_code == 302, response.content
    assert response["Location"] == form.action
    return form


def work() -> int:
    """What a worker does: everything that is in the queue. How much it was."""
    found = list(DBTaskResult.objects.ready())
    for queued in found:
        queued.task.call(*queued.task_result.args)
        queued.delete()
    return len(found)


def do(browser: Client, uuids: list[str], action: str) -> BeautifulSoup:
    """All of it; the page of results."""
    form = confirm(browser, uuids, action)
    assert work() == 1
    return read_page(browser.get(form.action))


def lines(page: BeautifulSoup) -> list[tuple[str, ...]]:
    """Of each client: its id, what happened, and why."""
    return [
        tuple(text_of(cell) for cell in row.select("td")[:3])
        for row in page.select(".results tbody tr")
    ]


def run_of(form: Form) -> BulkRun:
    return BulkRun.objects.get(pk=form.action.rstrip("/").rsplit("/", 1)[-1])


def resume_address(form: Form) -> str:
    return reverse("apiclients:bulk-resume", args=[run_of(form).pk])
