"""Every address answers every person, about every object, as the matrix says."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from audit.models import Action, Outcome, Record
from gateways import configured
from tests.architecture.addresses import list_addresses
from tests.factories import make_indexed_client
from tests.pages import text_of
from tests.people import PEOPLE
from tests.sandbox_control import is_change
from tests.screens.authorization.lines import LINES, METHODS, Line
from tests.screens.authorization.stage import Stage, Target, kind_of

every_line = pytest.mark.parametrize("line", LINES, ids=str)
with_objects = [line for line in LINES if line.missing != "-"]
WORDS = {
    "You need a role for this console": "no-role",
    "roles that you may not hand out": "beyond",
}
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB")
ROLE = "administer-clients"
OF_THE_MOMENT = {"X-Request-ID", "Expires"}
USED_ONCE = re.compile(
    rb"req-[0-9a-f]{12}|(?<=csrfmiddlewaretoken\" value=\")\w+|[0-9a-f-]{36}"
)


def word_for(response: Any) -> str:
    status: int = response.status_code
    if status == 302 and response["Location"].startswith("/sign-in/?next="):
        return "sign-in"
    if status == 403:
        text = text_of(BeautifulSoup(response.content, "html.parser").main)
        return next((word for said, word in WORDS.items() if said in text), "403")
    return str(status)


def test_every_address_has_its_lines_and_no_line_is_about_another() -> None:
    assert set(METHODS) == {address.name for address in list_addresses()}
    assert len({str(line) for line in LINES}) == len(LINES)


def test_the_matrix_tells_of_objects_where_there_are_any() -> None:
    for line in LINES:
        assert (line.missing != "-") is bool(kind_of(line.name)), line
        assert ("beyond" in line.answers) is (kind_of(line.name) == "client"), line


@every_line
def test_people_get_the_answers_of_the_matrix(stage: Stage, line: Line) -> None:
    form = stage.form(line)
    expected = {
        (column, answer, line.writes_for(column))
        for column, answer in line.answers.items()
    }

    found = {
        (column, *attempt(stage, column, browser, line, form))
        for column in line.answers
        for browser in stage.browsers(column)
    }

    assert found == expected


def attempt(
    stage: Stage,
    column: str,
    browser: Client,
    line: Line,
    form: dict[str, Any],
) -> tuple[str, int]:
    """The answer in a word, and how many changes went out; held to what it implies."""
    keycloak, target = stage.keycloak, stage.target(line.name, column)
    if column == "lost":
        keycloak.give_roles("client-admin", realm=[ROLE], remove=True)
    before = Record.objects.count()
    keycloak.forget_calls()

    response = stage.send(browser, line, target, form)

    word, calls = word_for(response), keycloak.calls()
    if column == "lost":
        keycloak.give_roles("client-admin", realm=[ROLE])
    recorded = list(Record.objects.order_by("id")[before:])
    if word == "sign-in":
        assert calls == []
        assert recorded == []
    if word == "no-role":
        assert [record.action for record in recorded] == [Action.ACCESS_REFUSE]
        assert column == "lost" or calls == []
        assert not target.thing or not [call for call in calls if target.thing in call]
        assert not target.name or target.name not in response.text
    if word == "beyond":
        assert [record.outcome for record in recorded] == [Outcome.FAILED]
        assert not [call for call in calls if "client-secret" in call]
    return word, len([call for call in calls if is_change(call)])


@pytest.mark.parametrize("line", with_objects, ids=str)
def test_what_is_not_theirs_answers_as_what_is_not_there(
    stage: Stage, line: Line
) -> None:
    form = stage.form(line)
    hidden = HIDDEN[kind_of(line.name)](stage)
    nothing = {"entry": str(2**40)}.get(kind_of(line.name), str(uuid4()))

    for person in ("account-admin", "client-admin"):
        unknown = answer(stage, person, line, stage.to(line.name, nothing), form)
        assert unknown[0] == int(line.missing)
        for what, thing in hidden.items():
            target = stage.to(line.name, thing, what)
            assert answer(stage, person, line, target, form) == unknown, what


def answer(
    stage: Stage, person: str, line: Line, target: Target, form: dict[str, Any]
) -> tuple[int, dict[str, str], bytes, list[tuple[str, str, str]]]:
    """All of it but for numbers that are used once, and what was recorded besides."""
    before = Record.objects.count()
    stage.keycloak.forget_calls()

    response = stage.send(stage.signed_in(person), line, target, form)

    for call in stage.keycloak.calls():
        assert not is_change(call)
        assert "client-secret" not in call
    headers = {k: v for k, v in response.headers.items() if k not in OF_THE_MOMENT}
    body = USED_ONCE.sub(b"", response.content.replace(target.path.encode(), b""))
    recorded = [
        (record.action, record.outcome, record.explanation)
        for record in Record.objects.order_by("id")[before:]
    ]
    return response.status_code, headers, body, recorded


def hidden_clients(stage: Stage) -> dict[str, str]:
    """By their client id, each kind of what is no API client of this console."""
    keycloak, found = stage.keycloak, {}
    for name in ("svc-protected", "svc-protected-known"):
        found[name] = keycloak.add_client(name)
        keycloak.give_roles(f"service-account-{name}", realm=["platform-operator"])
    make_indexed_client(
        "svc-protected-known", uuid=found["svc-protected-known"], protected=True
    )
    found["web-login"] = keycloak.add_client("web-login", standardFlowEnabled=True)
    for name in ("realm-management", settings.KEYCLOAK_CLIENT_ID):
        client = configured.clients().find_client(name)
        assert client
        found[name] = client.uuid
    return found


def runs_of_others(stage: Stage) -> dict[str, str]:
    return {"somebody's run": str(stage.make_run(stage.people["visitor"]))}


HIDDEN: dict[str, Callable[[Stage], dict[str, str]]] = {
    "client": hidden_clients,
    "run": runs_of_others,
    "entry": lambda stage: {},
    "cluster": lambda stage: {},
}


@pytest.mark.parametrize("name", METHODS)
def test_what_has_no_line_is_not_allowed_for_anybody(stage: Stage, name: str) -> None:
    target = stage.target(name, "clients")
    allowed = METHODS[name] | ({"HEAD"} if "GET" in METHODS[name] else set())

    for browser in [Client(), *(stage.signed_in(person) for person in PEOPLE)]:
        for verb in set(VERBS) - allowed:
            response = browser.generic(verb, target.path)

            assert response.status_code == 405, verb
            assert set(response["Allow"].split(", ")) == allowed
