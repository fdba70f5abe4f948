"""Rules of templates and static files: parts, htmx, nothing inline, icons, colours."""

import hashlib
import re
from pathlib import Path

import pytest

from console.icons import PATH, SHAPES, paths
from console.navigation import ITEMS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
PAGES = sorted(TEMPLATES.rglob("[!_]*.html"))
PARTS = sorted(TEMPLATES.rglob("_*.html"))

PURPOSE = re.compile(
    r"\{# (?:Root id: (?P<root_id>[a-z-]+)|Component|One row of [_a-z.]+)\b.*"
    r" Context: .+ #\}"
)
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
FORBIDDEN = {
    "an unescaped value": r"\|\s*safe\b|\bautoescape off\b|\bmark_safe\b",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline style": r"<style\b|\sstyle=",
    "an inline listener": r"\s(?:hx-)?on[a-z:-]*=",
    "a javascript: address": r"javascript:",
    "boosted links": r"\shx-boost\b",
    "a trigger filter": r'\shx-trigger="(?:[^"(]|\([^)]*\))*\[',
    "a foreign address": r'(?:href|src|action)="(?:https?:)?//',
}


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def without_template_tags(markup: str) -> str:
    return re.sub(r"\{[#%{].*?[#%}]\}", "", markup)


def attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\s{name}="((?:{{.*?}}|[^"])*)"', tag)
    return found[1] if found else None


@pytest.mark.parametrize("path", [*PAGES, *PARTS], ids=name_of)
def test_template_holds_nothing_forbidden(path: Path) -> None:
    markup = path.read_text()

    assert not [what for what, how in FORBIDDEN.items() if re.search(how, markup)]


@pytest.mark.parametrize("path", PARTS, ids=name_of)
def test_part_stands_alone_and_says_what_it_needs(path: Path) -> None:
    markup = path.read_text()
    purpose = PURPOSE.fullmatch(markup.partition("\n")[0])

    assert "{% extends" not in markup
    assert purpose, "the first line names no root id (or Component) and context"
    if root_id := purpose["root_id"]:
        first = TAG.search(without_template_tags(markup))
        assert first
        assert attribute(first[0], "id") == root_id


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page_extends_a_base(path: Path) -> None:
    """All but the bases, and the pages for what nobody expected, which ask nothing."""
    markup = path.read_text()
    if path.name in {"500.html", "503.html"}:
        assert "{%" not in markup
    elif path.name != "base.html":
        assert markup.startswith("{% extends ")


@pytest.mark.parametrize("path", [*PAGES, *PARTS], ids=name_of)
def test_template_is_short(path: Path) -> None:
    limit = 60 if path in PARTS else 120

    assert len(path.read_text().splitlines()) <= limit


@pytest.mark.parametrize("path", [*PAGES, *PARTS], ids=name_of)
def test_htmx_asks_the_address_that_works_without_it(path: Path) -> None:
    for tag in re.findall(r"<[a-zA-Z](?:\{.*?\}|[^<>])*>", path.read_text()):
        plain = attribute(tag, "action" if tag.startswith("<form") else "href")
        for name in ("hx-get", "hx-post"):
            assert attribute(tag, name) in (None, plain), tag


@pytest.mark.parametrize("folder", ["console", "apiclients", "audit", "clusters"])
def test_python_marks_nothing_as_safe(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert "mark_safe" not in path.read_text(), path


def test_every_icon_in_use_can_be_drawn_and_no_others_are_kept() -> None:
    markup = "".join(path.read_text() for path in [*PAGES, *PARTS])
    used = {item.icon for item in ITEMS}
    used |= set(re.findall(r'\{% icon "([a-z0-9-]+)" %\}', markup))
    used |= set(re.findall(r'\bsymbol="([a-z0-9-]+)"', markup))

    assert used == paths().keys()
    shapes = SHAPES.read_text()
    assert len(PATH.findall(shapes)) == shapes.count("<path"), "none is left out"


def test_colours_are_tokens() -> None:
    css = (STATIC / "css" / "console.css").read_text()
    tokens, rest = css.split("/* Elements */")

    assert re.search(r"#[0-9a-f]{6}\b", tokens)
    assert not re.search(r":[^;{]*#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl\(", rest)


def test_one_style_sheet_and_one_script_of_our_own() -> None:
    """The request budget of a first visit; they are cached from then on."""
    ours = [path.name for kind in ("css", "js") for path in (STATIC / kind).iterdir()]

    assert sorted(ours) == ["console.css", "console.js", "tabler.css"]


def test_vendored_files_are_what_their_table_says() -> None:
    folder = ROOT / "vendor"
    table = (folder / "README.md").read_text()
    rows = dict(
        re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", table, re.MULTILINE)
    )
    files = {path.name for path in folder.iterdir()} - {"README.md"}

    assert set(rows) == files
    for name, digest in rows.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
