"""Lists of clients: order, pages, searches."""

from typing import Any

import pytest

from gateways.errors import UnreadableAnswerError
from tests.contract.support import CONSOLE_ID, MakeClient, Upstream, new_id

REFUSED_SEARCH = {
    "error": "invalid_request",
    "error_description": "Attributes [console.owner] not allowed for search",
}


def ids(upstream: Upstream, **params: Any) -> list[str]:
    """The client_ids of a list that is asked for with these parameters."""
    answer = upstream.admin("GET", "clients", params=params)
    assert answer.status_code == 200, answer.text
    return [row["clientId"] for row in answer.json()]


def test_all_clients_are_read_once(upstream: Upstream, make_client: MakeClient) -> None:
    made = {make_client().client_id for _ in range(3)}

    pages = list(upstream.clients.iter_pages())

    read = [client.client_id for page in pages for client in page]
    assert made <= set(read)
    assert len(read) == len(set(read)) > 300
    assert [len(page) for page in pages[:-1]] == [100] * (len(pages) - 1)


def test_clients_are_in_the_order_of_their_ids(upstream: Upstream) -> None:
    read = [c.client_id for page in upstream.clients.iter_pages() for c in page]

    assert read == sorted(read)


@pytest.mark.parametrize("size", [7, 50, 1000])
def test_the_size_of_a_page_changes_nothing(upstream: Upstream, size: int) -> None:
    whole = [c.uuid for page in upstream.clients.iter_pages() for c in page]

    pages = list(upstream.clients.iter_pages(size))

    assert [c.uuid for page in pages for c in page] == whole
    assert all(len(page) == size for page in pages[:-1])


def test_the_last_page_may_be_a_whole_one(upstream: Upstream) -> None:
    total = len(ids(upstream, first=0, max=10000))

    (page,) = upstream.clients.iter_pages(total)

    assert len(page) == total


@pytest.mark.parametrize(
    ("first", "size", "expected"),
    [(0, 3, [0, 1, 2]), (2, 2, [2, 3]), (5, 1, [5]), (0, 0, []), (100000, 5, [])],
)
def test_a_page_is_a_part_of_the_whole(
    upstream: Upstream, first: int, size: int, expected: list[int]
) -> None:
    whole = ids(upstream, first=0, max=10)

    assert ids(upstream, first=first, max=size) == [whole[i] for i in expected]


def test_a_page_that_reaches_over_the_end_is_short(upstream: Upstream) -> None:
    whole = ids(upstream, first=0, max=10000)

    assert ids(upstream, first=len(whole) - 2, max=10) == whole[-2:]


@pytest.mark.parametrize("params", [{"first": "x", "max": 1}, {"max": "x"}], ids=str)
def test_a_page_without_a_number_is_an_unknown_address(
    upstream: Upstream, params: dict[str, Any]
) -> None:
    answer = upstream.admin("GET", "clients", params=params)

    assert answer.status_code == 404
    assert answer.json() == {"error": "HTTP 404 Not Found"}


def test_a_row_is_the_whole_client(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client(description="Rows", owner="Data", access_token_lifespan=60)

    params = {"clientId": client.client_id}
    (row,) = upstream.admin("GET", "clients", params=params).json()

    assert row == upstream.admin("GET", "clients", client.uuid).json()
    assert upstream.clients.find_client(client.client_id) == client


def test_a_client_is_found_by_its_id(upstream: Upstream) -> None:
    found = upstream.clients.find_client(CONSOLE_ID)

    assert found is not None
    assert found.client_id == CONSOLE_ID


def test_an_unknown_client_is_not_found(upstream: Upstream) -> None:
    assert upstream.clients.find_client(new_id()) is None


@pytest.mark.parametrize(
    "text", [CONSOLE_ID.upper(), CONSOLE_ID[:-1], f" {CONSOLE_ID} ", "%", "_", "*"]
)
def test_only_exactly_that_id_is_found(upstream: Upstream, text: str) -> None:
    assert upstream.clients.find_client(text) is None


@pytest.mark.parametrize("end", ["/a b", "&c=d", "+1", "%25", "é", "#", "?x=y", "\\"])
def test_any_character_of_an_id_is_found(
    upstream: Upstream, make_client: MakeClient, end: str
) -> None:
    client = make_client(f"{new_id()}{end}")

    assert client.client_id.endswith(end)
    assert upstream.clients.find_client(client.client_id) == client


def test_the_gateway_reads_no_list_for_an_empty_id(upstream: Upstream) -> None:
    # Keycloak takes an empty clientId for none at all, and lists everybody.
    assert len(ids(upstream, clientId="", first=0, max=2)) == 2


@pytest.mark.parametrize(
    "text", ["api-client", "API-Client", "api_client", "a%console"]
)
def test_a_search_finds_parts_and_knows_wildcards(
    upstream: Upstream, text: str
) -> None:
    assert CONSOLE_ID in ids(upstream, clientId=text, search="true")


def test_a_search_looks_at_nothing_but_the_id(
    upstream: Upstream, make_client: MakeClient
) -> None:
    make_client(description="searched-in-vain", owner="searched-in-vain")

    assert ids(upstream, clientId="searched-in-vain", search="true") == []


def test_a_search_is_paged_too(upstream: Upstream) -> None:
    whole = ids(upstream, clientId="a", search="true")

    assert len(whole) > 10
    page = ids(upstream, clientId="a", search="true", first=3, max=4)
    assert page == whole[3:7]


def test_our_attributes_cannot_be_searched_for(upstream: Upstream) -> None:
    answer = upstream.admin("GET", "clients", params={"q": "console.owner:Data"})

    assert answer.status_code == 400
    assert answer.json() == REFUSED_SEARCH


def test_a_list_that_is_no_list_is_unreadable(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream.clients, "_clients", ("admin", "realms", "northwind"))

    with pytest.raises(UnreadableAnswerError):
        next(upstream.clients.iter_pages())
