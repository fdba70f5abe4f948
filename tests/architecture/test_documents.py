"""What the documents link to is there, and every picture is shown somewhere."""

import re
from pathlib import Path

import pytest

from tests.architecture.code import ROOT

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/adr/*.md")]
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
TWO_MEGABYTES = 2_000_000


def links(document: Path) -> list[str]:
    text = CODE.sub("", document.read_text())
    return [link for link in LINK.findall(text) if "://" not in link]


def headings(document: Path) -> set[str]:
    """As GitHub makes fragments of them."""
    lines = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", line.lower()) for line in lines)
    return {line.replace(" ", "-") for line in plain}


def test_documents_have_links() -> None:
    assert sum(len(links(document)) for document in DOCUMENTS) > 50


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in links(document):
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not fragment or fragment in headings(target), link


def test_every_picture_is_shown_and_they_stay_small() -> None:
    pictures = set((ROOT / "docs" / "pictures").iterdir())

    shown = {(d.parent / link).resolve() for d in DOCUMENTS for link in links(d)}

    assert pictures <= shown
    assert sum(picture.stat().st_size for picture in pictures) < TWO_MEGABYTES
