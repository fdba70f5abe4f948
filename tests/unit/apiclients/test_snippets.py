"""Ready code to copy: complete, valid, and without the secret."""

import ast
import shlex
from typing import Any

import pytest

from apiclients.snippets import LANGUAGES, PLACEHOLDER, Snippet, list_snippets

ENDPOINT = "https://id.example/auth/realms/northwind/protocol/openid-connect/token"
# Keycloak takes any text for the id of a client that was made elsewhere.
HOSTILE = [
    "it's",
    'say "hi"',
    "'; touch /tmp/x; '",
    "$(touch /tmp/x)",
    "`touch /tmp/x`",
    '"); import os  # ',
    "a\\",
    "a\nb",
    "{client_id}{}",
    "ü🔑",
    "a&client_secret=x+%26",
]


def text(key: str, client_id: str = "svc-reports") -> str:
    found = {s.key: s for s in list_snippets(client_id, ENDPOINT)}
    return found[key].text


def test_there_are_five_in_order() -> None:
    labels = [snippet.label for snippet in list_snippets("svc-reports", ENDPOINT)]

    assert labels == ["curl", "Python", "JavaScript", "Java", "pydruid"]


@pytest.mark.parametrize("key", LANGUAGES)
def test_each_is_complete(key: str) -> None:
    snippet = text(key)

    assert ENDPOINT in snippet
    assert "svc-reports" in snippet
    assert "client_credentials" in snippet
    assert PLACEHOLDER in snippet
    assert "{" + "client_id}" not in snippet
    assert "{{" not in snippet


@pytest.mark.parametrize("chosen", [*LANGUAGES, "", "cobol", "CURL"])
def test_one_is_current_and_it_is_curl_unless_another_is_chosen(chosen: str) -> None:
    snippets = list_snippets("svc-reports", ENDPOINT, current=chosen)

    current = [snippet.key for snippet in snippets if snippet.current]
    assert current == [chosen if chosen in LANGUAGES else "curl"]


def test_each_has_an_address_that_chooses_it() -> None:
    assert Snippet("java", "Java", "", False).query == "?language=java"


@pytest.mark.parametrize("key", ["python", "pydruid"])
@pytest.mark.parametrize("client_id", ["svc-reports", *HOSTILE])
def test_python_is_valid_and_sends_the_id_as_it_is(key: str, client_id: str) -> None:
    tree = ast.parse(text(key, client_id))

    (form,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        and any(ast.unparse(k) == "'grant_type'" for k in node.keys if k)
    )
    pairs = zip(form.keys, form.values, strict=True)
    values = {ast.literal_eval(k): v for k, v in pairs if k}
    assert ast.literal_eval(values["client_id"]) == client_id
    assert ast.literal_eval(values["grant_type"]) == "client_credentials"
    assert ast.unparse(values["client_secret"]) == f"os.environ['{PLACEHOLDER}']"


@pytest.mark.parametrize("client_id", ["svc-reports", *HOSTILE])
def test_curl_is_one_command_for_a_shell_whatever_the_id(client_id: str) -> None:
    command, _, _ = text("curl", client_id).partition("\n\n#")

    words = shlex.split(command.replace("\\\n", ""))

    assert words == [
        *("curl", "--request", "POST", ENDPOINT),
        *("--header", "Content-Type: application/x-www-form-urlencoded"),
        *("--data-urlencode", f"client_id={client_id}"),
        *("--data-urlencode", f"client_secret={PLACEHOLDER}"),
        *("--data-urlencode", "grant_type=client_credentials"),
    ]


@pytest.mark.parametrize("key", ["javascript", "java"])
@pytest.mark.parametrize("client_id", ['a"b', "a\\", "a\nb", '"); evil(); ("'])
def test_an_id_does_not_leave_its_string(key: str, client_id: str) -> None:
    ordinary = text(key, "x")

    hostile = text(key, client_id)

    assert len(hostile.splitlines()) == len(ordinary.splitlines())
    (line,) = set(hostile.splitlines()) - set(ordinary.splitlines())
    without_escaped = line.replace("\\\\", "").replace('\\"', "")
    (usual,) = set(ordinary.splitlines()) - set(hostile.splitlines())
    assert without_escaped.count('"') == usual.count('"')


def test_the_api_is_the_organizations_where_it_is_known(settings: Any) -> None:
    settings.IMPLY_MANAGER_URL = ""
    assert "https://YOUR_ORGANIZATION.implycloud.com/" in text("curl")

    settings.IMPLY_MANAGER_URL = "https://manager.northwind.example"
    assert "https://manager.northwind.example/" in text("python")
