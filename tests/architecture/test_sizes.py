"""Small modules, small functions, and nothing that has no place in them."""

import ast
from statistics import median

import pytest

from tests.architecture.code import (
    Module,
    calls,
    length,
    list_modules,
    list_tests,
    name_of,
    place,
)

MODULE, MEDIAN, FUNCTION, VIEW = 300, 120, 40, 25
TEST_MODULE = 450
# The case of a letter does not make safe text unsafe.
TRUSTED = {("audit/wording.py", "after_a_name")}


@pytest.mark.parametrize("module", list_modules(), ids=lambda module: module.name)
def test_no_module_is_long(module: Module) -> None:
    assert module.lines <= MODULE


@pytest.mark.parametrize("module", list_tests(), ids=lambda module: module.name)
def test_no_module_of_tests_is_very_long(module: Module) -> None:
    assert module.lines <= TEST_MODULE


def test_the_median_module_is_short() -> None:
    with_code = [module.lines for module in list_modules() if module.tree.body]

    assert median(with_code) < MEDIAN


@pytest.mark.parametrize("module", list_modules(), ids=lambda module: module.name)
def test_no_function_is_long(module: Module) -> None:
    long = {f.name: length(f) for f in module.functions() if length(f) > FUNCTION}

    assert not long


def test_no_view_is_long() -> None:
    views = [
        (f"{module.name} {function.name}", length(function))
        for module in list_modules()
        for function in module.functions()
        if "require_role" in map(ast.unparse, function.decorator_list)
    ]

    assert len(views) > 10
    assert [(name, lines) for name, lines in views if lines > VIEW] == []


@pytest.mark.parametrize(
    "module", [*list_modules(), *list_tests()], ids=lambda module: module.name
)
def test_a_module_opens_with_what_it_is_for(module: Module) -> None:
    if module.tree.body:
        assert ast.get_docstring(module.tree)


@pytest.mark.parametrize("module", list_modules(), ids=lambda module: module.name)
def test_there_is_no_print_and_no_markup_taken_on_trust(module: Module) -> None:
    for_a_terminal = module.name.startswith("tools/") or "__main__" in module.name
    for call in calls(module.tree):
        assert for_a_terminal or name_of(call) != "print", place(module, call)
    for function in module.functions():
        if (module.name, function.name) not in TRUSTED:
            taken = {name_of(call) for call in calls(function)}
            assert not taken & {"mark_safe", "SafeString"}, place(module, function)


@pytest.mark.parametrize("module", list_modules(), ids=lambda module: module.name)
def test_every_function_says_what_it_returns(module: Module) -> None:
    for function in module.functions():
        assert function.returns is not None, place(module, function)
