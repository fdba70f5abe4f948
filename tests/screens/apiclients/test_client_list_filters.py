"""Searching, filtering and sorting the list."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.factories import make_indexed_client
from tests.pages import as_htmx, read_part, text_of
from tests.screens.apiclients.listing import LIST, ids, link_url, open_list
from tests.screens.browser import find_form

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")


@pytest.fixture
def clients(db: None) -> None:
    """Four clients whose columns are each in another order."""
    for client_id, description, owner, enabled, lifespan, made in (
        ("etl-prod", "Loads Sales nightly", "b", True, 900, 2024),
        ("etl-test", "Loads sales by hand", "d", False, None, 2026),
        ("reports", "Monthly sales report", "a", True, 60, None),
        ("dashboards", "", "c", True, 3600, 2025),
    ):
        make_indexed_client(
            client_id,
            description=description,
            owner=owner,
            enabled=enabled,
            access_token_lifespan=lifespan,
            secret_created_at=datetime(made, 1, 1, tzinfo=UTC) if made else None,
        )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("etl", ["etl-prod", "etl-test"]),
        ("ETL", ["etl-prod", "etl-test"]),
        ("sales", ["etl-prod", "etl-test", "reports"]),
        ("sales etl", ["etl-prod", "etl-test"]),
        ("nightly etl", ["etl-prod"]),
        ("etl nightly", ["etl-prod"]),
        ("  prod   loads  ", ["etl-prod"]),
        ("report", ["reports"]),
        ("sales dashboards", []),
        ("%", []),
        ("_", []),
        ("e_l", []),
        ("\\", []),
        ("'", []),
        ("etl' OR '1'='1", []),
    ],
)
def test_client_list_search_wants_each_word_in_id_or_description(
    admin: Client, clients: None, words: str, found: list[str]
) -> None:
    assert ids(open_list(admin, q=words)) == found


@pytest.mark.parametrize("words", ["", "   ", "x" * 201, "a\0b", "\ud800"])
def test_client_list_search_leaves_out_what_makes_no_sense(
    admin: Client, clients: None, words: str
) -> None:
    octets = words.encode("utf-8", "surrogatepass")
    address = f"{LIST}?q={''.join(f'%{octet:02X}' for octet in octets)}"

    page = open_list(admin, address)

    assert page.select_one("h1")


def test_client_list_search_says_that_it_is_too_long_and_shows_all(
    admin: Client, clients: None
) -> None:
    page = open_list(admin, q="x" * 201)

    assert "at most 200 characters" in text_of(page.select_one("#error-summary"))
    assert len(ids(page)) == 4


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("enabled", ["dashboards", "etl-prod", "reports"]),
        ("disabled", ["etl-test"]),
        ("", ["dashboards", "etl-prod", "etl-test", "reports"]),
    ],
)
def test_client_list_filters_by_status(
    admin: Client, clients: None, status: str, found: list[str]
) -> None:
    assert ids(open_list(admin, status=status)) == found


def test_client_list_leaves_out_a_status_that_there_is_not(
    admin: Client, clients: None
) -> None:
    page = open_list(admin, status="broken")

    assert len(ids(page)) == 4
    assert not page.select(".chip")


# Empty ones are always last; equal ones are in the order of their uuids.
ORDERS = {
    "id": ["dashboards", "etl-prod", "etl-test", "reports"],
    "-id": ["reports", "etl-test", "etl-prod", "dashboards"],
    "owner": ["reports", "etl-prod", "dashboards", "etl-test"],
    "-owner": ["etl-test", "dashboards", "etl-prod", "reports"],
    "lifespan": ["reports", "etl-prod", "dashboards", "etl-test"],
    "-lifespan": ["dashboards", "etl-prod", "reports", "etl-test"],
    "secret-age": ["etl-test", "dashboards", "etl-prod", "reports"],
    "-secret-age": ["etl-prod", "dashboards", "etl-test", "reports"],
}


@pytest.mark.parametrize("sort", ORDERS)
def test_client_list_sorts_by_each_column_both_ways(
    admin: Client, clients: None, sort: str
) -> None:
    page = open_list(admin, sort=sort)

    assert ids(page) == ORDERS[sort]
    way = "descending" if sort.startswith("-") else "ascending"
    heads = page.select(f'th[aria-sort="{way}"]')
    assert [str(head.a["id"]) for head in heads if head.a] == [
        f"sort-{sort.removeprefix('-')}"
    ]


@pytest.mark.parametrize(("sort", "first"), [("status", False), ("-status", True)])
def test_client_list_sorts_by_status_both_ways(
    admin: Client, clients: None, sort: str, first: bool
) -> None:
    page = open_list(admin, sort=sort)

    disabled = ids(page).index("etl-test")
    assert disabled == (3 if first else 0)


def test_client_list_is_sorted_by_id_unless_asked(admin: Client, clients: None) -> None:
    assert ids(open_list(admin)) == ORDERS["id"]


@pytest.mark.parametrize("sort", ["password", "--id", "client_id", "uuid", "\0", "-"])
def test_client_list_is_sorted_by_id_where_the_order_makes_no_sense(
    admin: Client, clients: None, sort: str
) -> None:
    assert sorted(ids(open_list(admin, sort=sort))) == ORDERS["id"]


def test_client_list_heads_sort_one_way_and_then_the_other(
    admin: Client, clients: None
) -> None:
    page = open_list(admin)

    for expected in ("owner", "-owner", "owner"):
        page = open_list(admin, link_url(page, "#sort-owner"))
        assert ids(page) == ORDERS[expected]


def test_client_list_heads_keep_the_filters(admin: Client, clients: None) -> None:
    page = open_list(admin, q="sales", status="enabled")

    sorted_page = open_list(admin, link_url(page, "#sort-owner"))

    assert ids(sorted_page) == ["reports", "etl-prod"]


def test_client_list_chips_show_and_remove_each_filter(
    admin: Client, clients: None
) -> None:
    page = open_list(admin, q="sales", status="enabled", sort="-id")

    chips = page.select(".chip")
    assert [text_of(chip) for chip in chips] == ["Search: sales", "Status: Enabled"]
    labels = [str(chip.a["aria-label"]) for chip in chips if chip.a]
    assert labels == [
        "Remove filter Search: sales",
        "Remove filter Status: Enabled",
    ]
    without = open_list(admin, str(chips[0].a["href"]))  # type: ignore[index]
    assert ids(without) == ["reports", "etl-prod", "dashboards"]
    assert [text_of(chip) for chip in without.select(".chip")] == ["Status: Enabled"]


def test_client_list_clears_all_filters_at_once(admin: Client, clients: None) -> None:
    page = open_list(admin, q="sales", status="enabled")

    link = page.find("a", string="Clear filters")
    assert link is not None
    assert link["href"] == LIST  # type: ignore[index]


def test_client_list_shows_a_hostile_search_as_text(
    admin: Client, clients: None
) -> None:
    hostile = '"><script>alert(1)</script>&x=1'

    page = open_list(admin, q=hostile)

    assert text_of(page.select_one(".chip b")) == hostile
    assert page.select("main input[name=q]")[0]["value"] == hostile
    assert not page.select("main script")
    chip = page.select(".chip a")[0]
    assert ids(open_list(admin, str(chip["href"]))) == ORDERS["id"]


def test_client_list_filter_form_keeps_what_was_chosen(
    admin: Client, clients: None
) -> None:
    page = open_list(admin, q="sales", status="enabled", sort="-owner", size="25")

    assert page.select("main input[name=q]")[0]["value"] == "sales"
    assert page.select("select[name=status] [selected]")[0]["value"] == "enabled"
    assert page.select("input[name=sort]")[0]["value"] == "-owner"
    assert page.select("select[name=size] [selected]")[0]["value"] == "25"


def test_client_list_filter_form_asks_for_the_list(
    admin: Client, clients: None
) -> None:
    form = find_form(open_list(admin, status="disabled"), "Apply")  # type: ignore[arg-type]

    page = open_list(admin, form.action, **form.values)

    assert ids(page) == ["etl-test"]


def test_client_list_answers_htmx_with_the_part_alone(
    admin: Client, clients: None
) -> None:
    response = admin.get(LIST, {"q": "etl"}, headers=as_htmx("clients"))

    part = read_part(response, "clients")
    assert ids(part.parent) == ["etl-prod", "etl-test"]  # type: ignore[arg-type]
    assert "HX-Request" in response["Vary"]
    assert "HX-Target" in response["Vary"]


def test_client_list_tells_screen_readers_what_the_filter_found(
    admin: Client, clients: None
) -> None:
    response = admin.get(LIST, {"q": "etl"}, headers=as_htmx("clients"))

    part = read_part(response, "clients")
    said = part.parent.select('[hx-swap-oob="innerHTML:#status"]')[0]  # type: ignore[union-attr]
    assert text_of(said) == "2 clients, 1 to 2 shown"


def test_client_list_answers_htmx_with_the_page_for_another_target(
    admin: Client, clients: None
) -> None:
    response = admin.get(LIST, headers=as_htmx("main"))

    assert "<html" in response.text
