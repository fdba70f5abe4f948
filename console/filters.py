"""Filters and sorting that live in the address: chips, column heads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, QueryDict

from console.paging import Page, Row

CURSORS = ("after", "before")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, with the address without it."""

    label: str
    value: str
    remove_url: str

    @property
    def remove_label(self) -> str:
        return f"Remove filter {self.label}: {self.value}"


@dataclass(frozen=True, slots=True)
class Column:
    """A sortable column: its name in the address, and its head."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """`sorted` is the value of aria-sort, empty for the others."""

    key: str
    label: str
    url: str
    sorted: str


def chips(request: HttpRequest, form: forms.Form, *names: str) -> list[Chip]:
    """One for each of these filters that is set and makes sense."""
    return list(_chips(request, form, names))


def columns(
    request: HttpRequest, wanted: Iterable[Column], *, default: str
) -> list[ColumnHead]:
    """The heads, each with the address that sorts by it, or the other way round."""
    sort = request.GET.get("sort") or default
    return [_head(request, column, sort) for column in wanted]


def linked(request: HttpRequest, page: Page[Row]) -> Page[Row]:
    """The page with addresses in place of its cursors."""
    return replace(
        page,
        previous=page.previous and _address(request, before=page.previous),
        next=page.next and _address(request, after=page.next),
    )


def _chips(
    request: HttpRequest, form: forms.Form, names: Iterable[str]
) -> Iterator[Chip]:
    form.is_valid()
    for name in names:
        value = form.cleaned_data.get(name)
        if value in (None, ""):
            continue
        field = form.fields[name]
        label = "Search" if name == "q" else str(form[name].label)
        if isinstance(field, forms.ChoiceField):
            value = dict(field.choices).get(value, value)  # type: ignore[arg-type]
        elif isinstance(field, forms.DateTimeField):
            value = f"{value:%Y-%m-%d %H:%M}"
        yield Chip(label, str(value), _address(request, drop=(name,)))


def _head(request: HttpRequest, column: Column, sort: str) -> ColumnHead:
    if sort == column.key:
        url, order = _address(request, sort=f"-{column.key}"), "ascending"
    else:
        url = _address(request, sort=column.key)
        order = "descending" if sort == f"-{column.key}" else ""
    return ColumnHead(column.key, column.label, url, order)


def query(request: HttpRequest, *, drop: tuple[str, ...] = (), **changed: str) -> str:
    """The filters of this page, "?" before them, with these changes; may be empty."""
    params: QueryDict = request.GET.copy()
    for name in (*CURSORS, *drop):
        params.pop(name, None)
    for name, value in changed.items():
        params[name] = value
    return f"?{params.urlencode()}" if params else ""


def _address(
    request: HttpRequest, *, drop: tuple[str, ...] = (), **changed: str
) -> str:
    """This page's address with other parameters, on the first page."""
    return f"{request.path}{query(request, drop=drop, **changed)}"


@dataclass(frozen=True, slots=True)
class Preset:
    """A span of time up to now."""

    label: str
    span: timedelta


@dataclass(frozen=True, slots=True)
class PresetLink:
    label: str
    url: str
    current: bool


def presets(
    request: HttpRequest, wanted: Iterable[Preset], now: datetime
) -> list[PresetLink]:
    """The address for each span; the one that is set, to the minute, is current."""
    since = request.GET.get("since", "")
    links = []
    for preset in wanted:
        start = f"{now - preset.span:%Y-%m-%dT%H:%M}"
        url = _address(request, drop=("until",), since=start)
        links.append(PresetLink(preset.label, url, start == since))
    return links
