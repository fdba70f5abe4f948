"""What a page may cost: calls, queries, and bytes on their way to the browser."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from operator import gt
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from apiclients.models import IndexedClient
from audit.models import Action, Outcome, Phase, Record
from gateways import configured
from tests.factories import append_all
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST
from tests.screens.clusters.clusters import ANALYTICS

pytestmark = pytest.mark.usefixtures("keycloak", "synchronised")

CLIENT_PAGES = (
    *("settings", "credentials", "secret-regenerate", "disable", "enable", "delete"),
    *("permissions", "permissions-assign", "tokens", "token-revoke", "activity"),
)
CALLS = {"permissions": 3, "permissions-assign": 3}  # of others two
CLUSTERS = ("cluster list", "cluster", "cluster setup", "cluster flags")
FEW, MANY = 10, 10_000
KILOBYTE = 1000


@pytest.fixture
def uuid(keycloak: SandboxControl) -> str:
    """An API client that the index knows, among a few others."""
    uuid = keycloak.add_client("svc-reports", description="Nightly reports")
    fill(FEW - 1)
    IndexedClient.objects.create(
        uuid=uuid, client_id="svc-reports", enabled=True, synced_at=timezone.now()
    )
    return uuid


def uuid_of(number: int) -> str:
    """Always the same, and as hard to compress as any other."""
    return str(uuid5(NAMESPACE_OID, str(number)))


def fill(count: int, first: int = 0) -> None:
    """So many clients, and entries about some of them."""
    now = timezone.now()
    numbers = range(first, first + count)
    IndexedClient.objects.bulk_create(
        IndexedClient(
            uuid=uuid_of(number),
            client_id=f"svc-batch-{number:05}",
            description=f"Nightly batch job {number}",
            owner=f"team-{number % 23:02}@northwind.example",
            enabled=number % 17 > 0,
            access_token_lifespan=(None, None, 900, 3600)[number % 4],
            secret_created_at=now - timedelta(days=number % 730),
            synced_at=now,
        )
        for number in numbers
    )
    append_all(
        Record(
            at=now,
            phase=Phase.EVENT,
            action=Action.SECRET_SHOW,
            outcome=Outcome.SUCCEEDED,
            actor_issuer="https://id.example",
            actor_subject="b0b",
            actor_username="client-admin",
            actor_name="Bob Tanaka",
            request_id="req-0123456789ab",
            object_type="client",
            object_id=uuid_of(number),
            object_name=f"svc-batch-{number:05}",
        )
        for number in numbers[:500]
    )


def addresses(uuid: str) -> dict[str, str]:
    entry = Record.objects.latest("id")
    return {
        "home": reverse("console:home"),
        "list": LIST,
        "list, filtered": f"{LIST}?q=nightly&status=enabled&sort=-owner",
        "create": reverse("apiclients:create"),
        "audit list": reverse("audit:list"),
        "audit list, filtered": (
            f"{reverse('audit:list')}?object=svc-batch-00001&person=client-admin"
        ),
        "audit entry": reverse("audit:entry", args=[entry.id]),
        **{name: reverse(f"apiclients:{name}", args=[uuid]) for name in CLIENT_PAGES},
        "cluster list": reverse("clusters:list"),
        "cluster": reverse("clusters:overview", args=[ANALYTICS]),
        "cluster setup": reverse("clusters:setup", args=[ANALYTICS]),
        "cluster flags": reverse("clusters:flags", args=[ANALYTICS]),
    }


PAGES = [
    *("home", "list", "list, filtered", "create"),
    *("audit list", "audit list, filtered", "audit entry"),
    *CLIENT_PAGES,
    *CLUSTERS,
]


@pytest.fixture
def browser_for(
    as_person: Callable[[str], Client], keycloak: SandboxControl, settings: Settings
) -> Iterator[Callable[[str], Client]]:
    """Of somebody who may see this page."""
    settings.IMPLY_MANAGER_URL = keycloak.url
    people = {name: as_person(name) for name in ("client-admin", "account-admin")}
    yield lambda page: people["account-admin" if page in CLUSTERS else "client-admin"]
    configured.manager.cache_clear()


@pytest.fixture
def cost(
    browser_for: Callable[[str], Client], keycloak: SandboxControl, uuid: str
) -> Callable[[str], tuple[list[str], list[str]]]:
    """What a page asks of upstream and of the database, on its second visit."""

    def measure(page: str) -> tuple[list[str], list[str]]:
        address, browser = addresses(uuid)[page], browser_for(page)
        browser.get(address)
        keycloak.forget_calls()
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(address)
        assert response.status_code in {200, 302}
        # The test itself runs in a transaction, so there are savepoints.
        asked = [
            str(query["sql"])
            for query in queries
            if not re.match("SAVEPOINT|RELEASE", str(query["sql"]))
        ]
        return keycloak.calls(), asked

    return measure


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in {*CLIENT_PAGES, *CLUSTERS}]
)
def test_a_page_from_the_index_or_the_log_asks_keycloak_nothing(
    cost: Callable[[str], tuple[list[str], list[str]]], page: str
) -> None:
    calls, _ = cost(page)

    assert calls == []


@pytest.mark.parametrize("page", [*CLIENT_PAGES, *CLUSTERS])
def test_other_pages_ask_upstream_twice_and_permissions_three_times_at_most(
    cost: Callable[[str], tuple[list[str], list[str]]], page: str
) -> None:
    calls, _ = cost(page)

    assert len(calls) <= CALLS.get(page, 2), calls


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_the_database_eight_times_at_most(
    cost: Callable[[str], tuple[list[str], list[str]]], page: str
) -> None:
    _, queries = cost(page)

    assert len(queries) <= 8, queries


def test_pages_cost_no_more_with_many_clients(
    cost: Callable[[str], tuple[list[str], list[str]]],
) -> None:
    few = {page: [len(asked) for asked in cost(page)] for page in PAGES}
    fill(MANY, first=FEW)

    many = {page: [len(asked) for asked in cost(page)] for page in PAGES}

    dearer = {
        page: (few[page], many[page])
        for page in PAGES
        if any(map(gt, many[page], few[page]))
    }
    assert not dearer


@pytest.fixture
def fifty_rows(db: None) -> None:
    fill(60)


def fetched(browser: Client, address: str, encoding: str) -> int:
    """How many bytes of this answer travel, its head included."""
    response: Any = browser.get(address, headers={"Accept-Encoding": encoding})
    assert response.status_code == 200, address
    body = b"".join(response) if response.streaming else response.content
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
    return len(head) + len(body)


def parts_of(browser: Client) -> list[str]:
    """What a browser fetches for the list: style, scripts, icons; no favicon."""
    page = BeautifulSoup(browser.get(LIST).content, "html.parser")
    found = [str(link["href"]) for link in page.select("link[rel=stylesheet]")]
    found += [str(script["src"]) for script in page.select("script[src]")]
    found += [str(image["src"]) for image in page.select("img[src]")]
    found += [str(use["href"]).split("#")[0] for use in page.select("use[href]")]
    return sorted(set(found))


@pytest.mark.usefixtures("fifty_rows")
def test_the_first_load_of_the_list_stays_within_its_budget(admin: Client) -> None:
    parts = parts_of(admin)

    sizes = {part: fetched(admin, part, "br") for part in parts}
    sizes[LIST] = fetched(admin, LIST, "gzip, br")

    assert len(sizes) <= 5, sizes
    assert sum(sizes.values()) <= 125 * KILOBYTE, sizes


@pytest.mark.usefixtures("fifty_rows")
def test_the_next_load_of_the_list_stays_within_its_budget(admin: Client) -> None:
    assert fetched(admin, LIST, "gzip, br") <= 19 * KILOBYTE


@pytest.mark.usefixtures("fifty_rows")
def test_a_page_is_compressed_by_the_console_itself(admin: Client) -> None:
    plain = admin.get(LIST)
    packed = admin.get(LIST, headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(gzip.decompress(packed.content)) == len(plain.content)


@pytest.mark.usefixtures("fifty_rows")
def test_static_files_are_compressed_and_kept_for_ever(admin: Client) -> None:
    for part in parts_of(admin):
        response = admin.get(part, headers={"Accept-Encoding": "br"})

        assert response["Content-Encoding"] == "br", part
        assert "immutable" in response["Cache-Control"], part
        assert not response.cookies
        response.close()
