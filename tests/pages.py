"""Pages as tests read them: parsed, and held to the rules that every page must keep."""

from collections import Counter
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

FIELDS = "input:not([type=hidden]), select, textarea"
REFERENCES = ("for", "form", "aria-labelledby", "aria-describedby", "popovertarget")


def read_page(response: Any) -> BeautifulSoup:
    """A whole page."""
    soup = _parse(response)
    html = soup.find("html")
    assert isinstance(html, Tag), "no whole page"
    assert html.get("lang"), "no language"
    assert text_of(soup.title), "no title"
    assert len(soup.select("h1")) == 1, f"{len(soup.select('h1'))} h1"
    ids = {str(element["id"]) for element in soup.select("[id]")}
    for attribute in REFERENCES:
        for element in soup.select(f"[{attribute}]"):
            for name in str(element[attribute]).split():
                assert name in ids, f"{attribute} names nothing: {element}"
    return soup


def read_part(response: Any, root_id: str) -> Tag:
    """What htmx puts in the place of `root_id`."""
    soup = _parse(response)
    assert soup.find("html") is None, "a whole page"
    root = soup.find(True, recursive=False)
    assert isinstance(root, Tag)
    assert root.get("id") == root_id, f"begins with {root.name}#{root.get('id')}"
    return root


def as_htmx(target: str) -> dict[str, str]:
    """The headers of a request by which htmx means to fill `target`."""
    return {"HX-Request": "true", "HX-Target": target}


def text_of(element: Tag | None) -> str:
    """Its text as it is read, with single spaces."""
    assert element is not None
    return " ".join(element.get_text(" ").split())


def _parse(response: Any) -> BeautifulSoup:
    assert response["Content-Type"].startswith("text/html")
    soup = BeautifulSoup(response.content, "html.parser")
    _has_unique_ids(soup)
    _has_labels(soup)
    _has_complete_forms(soup)
    _works_without_htmx(soup)
    _has_nothing_inline(soup)
    return soup


def _has_unique_ids(soup: BeautifulSoup) -> None:
    counts = Counter(str(element["id"]) for element in soup.select("[id]"))
    twice = [name for name, count in counts.items() if count > 1]
    assert not twice, f"ids used twice: {twice}"


def _has_labels(soup: BeautifulSoup) -> None:
    for field in soup.select(FIELDS):
        labelled = (
            field.get("aria-label")
            or field.get("aria-labelledby")
            or field.find_parent("label")
            or (field.get("id") and soup.select_one(f'label[for="{field["id"]}"]'))
        )
        assert labelled, f"no label: {field}"


def _has_complete_forms(soup: BeautifulSoup) -> None:
    for form in soup.select("form"):
        assert form.get("method") in ("get", "post"), f"no method: {_opening(form)}"
        assert form.get("action"), f"no action: {_opening(form)}"
        token = form.select_one("input[name=csrfmiddlewaretoken]")
        # A token in a GET form would end up in the address.
        assert bool(token) is (form["method"] == "post"), f"token: {_opening(form)}"


def _works_without_htmx(soup: BeautifulSoup) -> None:
    for element in soup.select("[hx-get]"):
        plain = element.get("action" if element.name == "form" else "href")
        assert element["hx-get"] == plain, f"another address: {_opening(element)}"
    for element in soup.select("[hx-post]"):
        form = element if element.name == "form" else element.find_parent("form")
        assert isinstance(form, Tag), f"no form: {_opening(element)}"
        address = element.get("formaction") or form.get("action")
        assert element["hx-post"] == address, f"another address: {_opening(element)}"


def _has_nothing_inline(soup: BeautifulSoup) -> None:
    assert not soup.select("style, [style]"), "an inline style"
    for script in soup.select("script"):
        data_only = script.get("type") == "application/json"
        assert script.get("src") or data_only, f"an inline script: {script}"
    for element in soup.find_all(True):
        listeners = [name for name in element.attrs if name.startswith(("on", "hx-on"))]
        assert not listeners, f"an inline listener: {_opening(element)}"
        for name in ("href", "src", "action", "formaction"):
            address = str(element.get(name, "")).strip().lower()
            assert not address.startswith("javascript:"), _opening(element)


def _opening(element: Tag) -> str:
    """The element without what is in it, for a message."""
    attributes = " ".join(f'{name}="{value}"' for name, value in element.attrs.items())
    return f"<{element.name} {attributes}>"
