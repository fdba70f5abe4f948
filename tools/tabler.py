"""`make styles`: static/css/tabler.css, the part of Tabler that the console uses.

The whole style sheet has 635 kB, which a browser reads anew for every page. A selector
stays if each class and attribute that it asks for occurs as a word in a template, in
the forms or in the script; a custom property or an animation, if something that stays
refers to it. Nothing is rewritten, and the order is Tabler's.
"""

import argparse
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import tinycss2

from tools.keycloak import ROOT

WHOLE = ROOT / "vendor" / "tabler.min.css"
FILE = ROOT / "static" / "css" / "tabler.css"
OWN = ROOT / "static" / "css" / "console.css"
HEAD = "/*! The part of Tabler (MIT) that is used here; `make styles` writes it. */\n"
QUIETLY = {"skip_comments": True, "skip_whitespace": True}
# None of these is needed, and all cost something for every element there is: for :has()
# a browser looks at all rows again whenever it has read another.
COSTLY_SELECTORS = re.compile(r":has\(|::selection|::-webkit-scrollbar")
COSTLY_PROPERTY = "scrollbar-color"


def used_part() -> str:
    """The style sheet as it has to be."""
    whole = WHOLE.read_text("utf-8")
    rules = tinycss2.parse_stylesheet(whole, **QUIETLY)
    own, words = OWN.read_text("utf-8"), _words()
    used, before = _references(whole), set[str]()
    # What nobody refers to goes, and then what only that referred to.
    while used != before:
        sheet, before = _write(rules, words, used), used
        used = _references(sheet + own)
    return HEAD + sheet


def _words() -> set[str]:
    """Everything that could be the name of a class or of an element in use."""
    users = [*(ROOT / "templates").rglob("*.html"), ROOT / "console" / "forms.py"]
    users.append(ROOT / "static" / "js" / "console.js")
    return set(re.findall(r"[\w-]+", "\n".join(each.read_text() for each in users)))


def _references(sheet: str) -> set[str]:
    """The custom properties and animations that something in the sheet asks for."""
    properties = re.findall(r"var\(\s*(--[\w-]+)", sheet)
    animations = re.findall(r"animation(?:-name)?:([^;}]+)", sheet)
    return {*properties, *re.findall(r"[\w-]+", " ".join(animations))}


def _write(rules: list[Any], words: set[str], used: set[str]) -> str:
    return "".join(_rule(rule, words, used) for rule in rules)


def _rule(rule: Any, words: set[str], used: set[str]) -> str:
    """One rule as it stays, a line; or nothing."""
    if rule.type == "qualified-rule":
        head = ",".join(_selectors(rule.prelude, words))
        content = _declarations(rule.content, used) if head else ""
    elif rule.at_keyword == "media":
        head = f"@media{tinycss2.serialize(rule.prelude)}"
        inner = tinycss2.parse_rule_list(rule.content, **QUIETLY)
        content = _write(inner, words, used)
    elif rule.content is None:
        return f"{rule.serialize()}\n"
    else:
        name = tinycss2.serialize(rule.prelude).strip()
        return f"{rule.serialize()}\n" if name in used else ""
    return f"{head}{{{content}}}\n" if content else ""


def _selectors(prelude: list[Any], words: set[str]) -> Iterator[str]:
    """Those that something in use can meet. What is in parentheses is let be."""
    commas = [place for place, part in enumerate(prelude) if part == ","]
    for start, end in pairwise([-1, *commas, len(prelude)]):
        selector = prelude[start + 1 : end]
        names = {b.value for a, b in pairwise(selector) if a == "."}
        names |= {b.content[0].value for b in selector if b.type == "[] block"}
        text = str(tinycss2.serialize(selector)).strip()
        if names <= words and not COSTLY_SELECTORS.search(text):
            yield text


def _declarations(content: list[Any], used: set[str]) -> str:
    return ";".join(
        each.serialize()
        for each in tinycss2.parse_declaration_list(content, **QUIETLY)
        if each.name != COSTLY_PROPERTY
        and (not each.name.startswith("--") or each.name in used)
    )


def main() -> None:
    argparse.ArgumentParser(prog="python -m tools.tabler", description=__doc__)
    FILE.write_text(used_part(), "utf-8")
    print(f"{FILE.relative_to(ROOT)}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
