"""Filters and sorting that live in the address."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.http import HttpRequest
from django.test import RequestFactory

from console.filters import (
    Column,
    Preset,
    chips,
    columns,
    linked,
    presets,
)
from console.paging import Page

NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)


class Filters(forms.Form):
    q = forms.CharField(required=False, max_length=5, label="Search by anything")
    status = forms.ChoiceField(
        required=False, choices=[("", "Any"), ("on", "Enabled"), ("off", "Disabled")]
    )
    since = forms.DateTimeField(required=False, label="From")


def get(address: str) -> HttpRequest:
    return RequestFactory().get(address)


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query, keep_blank_values=True)


def chips_of(address: str) -> list[tuple[str, str, str]]:
    request = get(address)
    found = chips(request, Filters(request.GET), "q", "status", "since")
    return [(chip.label, chip.value, chip.remove_url) for chip in found]


def test_no_filter_no_chip() -> None:
    assert chips_of("/x/") == []
    assert chips_of("/x/?q=&status=&since=&sort=id&after=abc") == []


def test_a_chip_says_what_is_set_in_words() -> None:
    found = chips_of("/x/?q=etl&status=off&since=2026-01-02T03:04")

    assert [(label, value) for label, value, _ in found] == [
        ("Search", "etl"),
        ("Status", "Disabled"),
        ("From", "2026-01-02 03:04"),
    ]


def test_removing_a_filter_keeps_the_others_and_goes_to_the_first_page() -> None:
    (_, _, url), _ = chips_of("/x/?q=a%26b&status=on&sort=-id&size=25&after=abc")

    assert url.startswith("/x/?")
    assert query(url) == {"status": ["on"], "sort": ["-id"], "size": ["25"]}


def test_removing_the_only_filter_leaves_a_plain_address() -> None:
    assert [url for *_, url in chips_of("/x/?q=etl&before=abc")] == ["/x/"]


def test_what_cannot_be_understood_is_no_chip() -> None:
    assert chips_of("/x/?q=toolong&status=maybe&since=yesterday") == []


def test_a_chip_names_its_removal() -> None:
    request = get("/x/?q=etl")

    (chip,) = chips(request, Filters(request.GET), "q")

    assert chip.remove_label == "Remove filter Search: etl"


COLUMNS = (Column("id", "API Client ID"), Column("owner", "Owner"))


def test_the_default_column_is_sorted_ascending_unless_another_is_named() -> None:
    by_id, owner = columns(get("/x/"), COLUMNS, default="id")
    assert (by_id.sorted, owner.sorted) == ("ascending", "")

    by_id, owner = columns(get("/x/?sort=-owner"), COLUMNS, default="id")
    assert (by_id.sorted, owner.sorted) == ("", "descending")


def test_a_head_sorts_by_its_column_and_then_the_other_way_round() -> None:
    by_id, owner = columns(get("/x/?q=a&after=abc"), COLUMNS, default="id")
    assert query(by_id.url) == {"q": ["a"], "sort": ["-id"]}
    assert query(owner.url) == {"q": ["a"], "sort": ["owner"]}

    by_id, _ = columns(get("/x/?sort=-id"), COLUMNS, default="id")
    assert query(by_id.url) == {"sort": ["id"]}


def test_an_unknown_sort_marks_no_column() -> None:
    heads = columns(get("/x/?sort=drop%20table"), COLUMNS, default="id")

    assert [head.sorted for head in heads] == ["", ""]


def test_the_pages_next_to_it_keep_the_filters() -> None:
    page: Page[int] = Page([1], 3, 2, previous="abc=", next="x&y")

    turned = linked(get("/x/?q=a&after=old&before=older"), page)

    assert query(turned.previous or "") == {"q": ["a"], "before": ["abc="]}
    assert query(turned.next or "") == {"q": ["a"], "after": ["x&y"]}
    assert (turned.rows, turned.total, turned.first) == ([1], 3, 2)


def test_at_the_ends_there_is_no_address() -> None:
    page: Page[int] = Page([], 0, 1, None, None)

    assert linked(get("/x/"), page) == page


PRESETS = (Preset("1 h", timedelta(hours=1)), Preset("7 days", timedelta(days=7)))


def test_a_preset_leads_to_a_span_up_to_now() -> None:
    hour, week = presets(get("/x/?until=2026-01-01T00:00&person=b"), PRESETS, NOW)

    assert query(hour.url) == {"person": ["b"], "since": ["2026-03-01T11:34"]}
    assert query(week.url)["since"] == ["2026-02-22T12:34"]
    assert (hour.current, week.current) == (False, False)


def test_the_preset_that_is_set_is_current() -> None:
    request = get("/x/?since=2026-02-22T12:34")

    assert [p.current for p in presets(request, PRESETS, NOW)] == [False, True]
