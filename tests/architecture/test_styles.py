"""The style sheet has no rule for what is gone, and no name is used without one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import tinycss2

from tests.architecture.code import ROOT
from tools import tabler

SHEET = re.sub(
    r"/\*.*?\*/", "", (ROOT / "static/css/console.css").read_text(), flags=re.DOTALL
)
TABLER = (ROOT / "static/css/tabler.css").read_text()
TEMPLATES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in sorted((ROOT / "templates").rglob("*.html"))
}
# Set by htmx while it asks.
OF_LIBRARIES = {"htmx-request"}
# Without looks of their own: what tests find things by, and the plain kind of banner.
PLAIN = {"reference", "info"}
COMPUTED = "*"


def styled() -> set[str]:
    """The class names that selectors of the style sheet name."""
    selectors = re.findall(r"([^{};]+)\{", SHEET)
    return set(re.findall(r"\.([a-z][\w-]*)", " ".join(selectors)))


def code() -> str:
    """Where a class name can come from besides the templates."""
    packages = ("apiclients", "audit", "clusters", "console")
    files = [path for name in packages for path in (ROOT / name).rglob("*.py")]
    files.append(ROOT / "static/js/console.js")
    return "\n".join(path.read_text() for path in files)


def has_word(text: str, word: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text))


def test_the_rules_were_found() -> None:
    assert {"shell", "card", "banner", "table-plain"} <= styled()


def test_of_tabler_there_is_what_is_used() -> None:
    assert tabler.FILE.read_text() == tabler.used_part(), "run: make styles"


def declared(rules: list[Any], where: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Each declaration: the medium, the selector, the property, its value."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = tinycss2.serialize(rule.prelude).split(",")
            for each in tinycss2.parse_blocks_contents(rule.content):
                assert each.type in {"declaration", "whitespace"}, each
                if each.type == "declaration":
                    value = tinycss2.serialize(each.value)
                    yield from ((where, s, each.name, value) for s in selectors)
        elif rule.type == "at-rule" and rule.at_keyword == "media":
            medium = tinycss2.serialize(rule.prelude)
            yield from declared(tinycss2.parse_rule_list(rule.content), medium)


def test_what_is_used_of_tabler_says_what_tabler_says() -> None:
    part, whole = (
        set(declared(tinycss2.parse_stylesheet(path.read_text())))
        for path in (tabler.FILE, tabler.WHOLE)
    )
    assert len(part) > 1000
    assert part <= whole


def test_every_rule_is_for_something_that_exists() -> None:
    everything = code() + "".join(TEMPLATES.values())

    unused = [
        name
        for name in sorted(styled() - OF_LIBRARIES)
        if not has_word(everything, name)
    ]
    assert unused == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_class_of_a_template_has_a_rule(template: str) -> None:
    """Columns (`c-name`) have names of their own whether or not they need a rule."""
    known = styled() | PLAIN
    markup = re.sub(r"\{%.*?%\}", " ", TEMPLATES[template])
    markup = re.sub(r"\{\{.*?\}\}", COMPUTED, markup)
    for attribute in re.findall(r'class="([^"]*)"', markup):
        for name in attribute.split():
            if COMPUTED not in name and not name.startswith("c-"):
                assert name in known or f".{name}" in TABLER, name
