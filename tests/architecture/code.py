"""The project's own code, parsed, for tests about it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "apiclients",
    "audit",
    "clusters",
    "console",
    "gateways",
    "sandbox",
    "tools",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file. `name` is its path from the root: "audit/recorder.py"."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def list_modules() -> tuple[Module, ...]:
    """What runs in production or on a developer's machine; no tests, no migrations."""
    files = [ROOT / "manage.py"]
    for package in PACKAGES:
        files += sorted((ROOT / package).rglob("*.py"))
    return tuple(_read(file) for file in files if file.parent.name != "migrations")


@cache
def list_tests() -> tuple[Module, ...]:
    return tuple(_read(file) for file in sorted((ROOT / "tests").rglob("*.py")))


def find_module(name: str) -> Module:
    return _read(ROOT / name)


def length(function: Function) -> int:
    """Lines from `def` to its end, without decorators."""
    return (function.end_lineno or 0) - function.lineno + 1


def place(module: Module, node: ast.expr | ast.stmt) -> str:
    return f"{module.name}:{node.lineno}"


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def name_of(call: ast.Call) -> str:
    """The last name: `create` of `Record.objects.create(...)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _read(file: Path) -> Module:
    text = file.read_text()
    return Module(file.relative_to(ROOT).as_posix(), text, ast.parse(text))
