"""docs/deployment.md tells the truth about variables, processes and roles."""

import ast
import json
import re
from typing import Any

from tests.architecture.code import ROOT, calls, find_module

GUIDE = (ROOT / "docs" / "deployment.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|(.*)\|$", re.MULTILINE)
NOTHING = {"": "*empty*", "[]": "*empty*"}


def rows(*, columns: int) -> dict[str, list[str]]:
    """The cells after the name of each variable, in tables of so many columns."""
    found: dict[str, list[str]] = {}
    for name, rest in ROW.findall(GUIDE):
        cells = [cell.strip() for cell in rest.split(" | ")]
        if len(cells) == columns - 1:
            assert name not in found, f"{name} is there twice"
            found[name] = cells
    return found


def shown(value: str) -> str:
    return NOTHING.get(value, f"`{value}`")


def defaults_of_settings() -> dict[str, str]:
    """Each variable that the settings read, with its default as the guide writes it."""
    found = {}
    for call in calls(find_module("console/settings.py").tree):
        if not (re.fullmatch(r"env(\.\w+)?", ast.unparse(call.func)) and call.args):
            continue
        name = str(ast.literal_eval(call.args[0]))
        given = {k.arg: k.value for k in call.keywords}
        has_default = "default" in given
        default = str(ast.literal_eval(given["default"])) if has_default else ""
        found[name] = shown(default) if has_default else "*required*"
    return found


def test_the_variables_were_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "LOG_LEVEL"} <= set(rows(columns=4))
    assert len(defaults_of_settings()) > 20


def test_the_guide_names_every_variable_and_its_default() -> None:
    told = {name: cells[1] for name, cells in rows(columns=4).items()}

    assert told == defaults_of_settings()


def test_the_guide_gives_the_values_of_the_example() -> None:
    told = {name: cells[2] for name, cells in rows(columns=4).items()}

    lines = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert told == {name: shown(value) for name, value in lines}


def test_the_guide_explains_every_variable() -> None:
    for name, cells in {**rows(columns=4), **rows(columns=3)}.items():
        assert len(cells[0]) > 10, name


def test_the_guide_names_every_variable_of_the_web_server_and_its_default() -> None:
    told = {name: cells[1] for name, cells in rows(columns=3).items()}

    server = (ROOT / "gunicorn.conf.py").read_text()
    used = dict(
        re.findall(r"environ\.get\([\"']([A-Z_]+)[\"'], [\"'](.*?)[\"']\)", server)
    )
    also_settings = used.keys() & defaults_of_settings().keys()
    assert {"LOG_FORMAT", "LOG_LEVEL", "WEB_THREADS"} == also_settings
    for name in also_settings:
        assert defaults_of_settings()[name] == shown(used.pop(name))
    assert told == {name: shown(value) for name, value in used.items()}


def test_the_guide_names_every_process() -> None:
    procfile = (ROOT / "Procfile").read_text()
    processes = re.findall(r"^(\w+):", procfile, re.MULTILINE)

    assert processes
    for process in processes:
        assert f"| `{process}` |" in GUIDE
        assert f"console@{process}" in GUIDE


def test_the_documents_and_the_realm_file_agree_on_the_roles_of_the_console() -> None:
    realm: dict[str, Any] = json.loads(
        (ROOT / "docs" / "realm" / "console-client.json").read_text()
    )
    [account] = realm["users"]
    needed = set(account["clientRoles"]["realm-management"])

    table = GUIDE.split("these roles of `realm-management` and no more:")[1]
    told = re.findall(r"^\| `([a-z-]+)` \|", table.split("\n\n")[1], re.MULTILINE)
    security = (ROOT / "SECURITY.md").read_text()
    line = security.split("service account needs these roles")[1].split("\n\n")[1]
    assert set(told) == needed
    assert set(re.findall(r"`([a-z-]+)`", line)) == needed
    assert account["clientRoles"].keys() == {"realm-management"}
