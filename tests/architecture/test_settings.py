"""The settings, their example and the tests' own name the same variables."""

import ast
import re

from tests.architecture.code import ROOT, calls, find_module
from tests.environment import DEFAULTS

# Read by Django and by the Procfile, not by the settings.
OF_OTHERS = {"DJANGO_SETTINGS_MODULE"}
EXAMPLE = (ROOT / ".env.example").read_text()


def read_by_settings() -> dict[str, bool]:
    """Each variable that the settings read, and whether it has a default."""
    found = {}
    for call in calls(find_module("console/settings.py").tree):
        target = ast.unparse(call.func)
        if re.fullmatch(r"env(\.\w+)?", target) and call.args:
            name = ast.literal_eval(call.args[0])
            found[str(name)] = any(k.arg == "default" for k in call.keywords)
    return found


def in_example() -> list[str]:
    return re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE)


def test_the_variables_were_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "LOG_LEVEL"} <= set(read_by_settings())


def test_the_example_names_every_variable_once() -> None:
    assert sorted(in_example()) == sorted(read_by_settings())


def test_the_example_explains_every_variable() -> None:
    explained = False
    for line in EXAMPLE.splitlines():
        if re.match(r"[A-Z0-9_]+=", line):
            assert explained, line
        # One comment may be for several lines that follow it.
        explained = bool(line.strip()) and (line.startswith("#") or explained)


def test_the_tests_set_every_variable() -> None:
    assert set(DEFAULTS) - OF_OTHERS == set(read_by_settings())


def test_nothing_secret_or_of_one_deployment_has_a_default() -> None:
    particular = re.compile(
        r"SECRET|PASSWORD|_KEY$|^KEYCLOAK_(?!VERSION)|HOSTS|^DATABASE|^CONSOLE_"
    )
    for name, has_default in read_by_settings().items():
        if particular.search(name):
            assert not has_default, name


def test_the_example_holds_no_secret() -> None:
    for name, value in re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE):
        if re.search(r"SECRET|PASSWORD|_KEY$", name):
            assert value == "" or value.startswith("change-me"), name
