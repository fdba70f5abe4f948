"""Ticking clients in the list, and the page that asks before anything is sent."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apiclients.bulk.runs import forget_old_runs
from apiclients.models import (
    BulkRun,
    ClientUse,
    DailyUse,
    IndexedClient,
    Synchronisation,
    Watch,
)
from console.step_up import AUTH_TIME
from tests.factories import make_indexed_client
from tests.pages import read_page, text_of
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.listing import LIST, open_list
from tests.screens.apiclients_bulk.steps import (
    choose,
    confirm,
    confirmation,
    fill_in,
    work,
)
from tests.screens.browser import banners, find_form, follow, heading
from tests.screens.records import entries


def names(page: object) -> list[str]:
    return [text_of(link) for link in page.select(".chosen a")]  # type: ignore[attr-defined]


def test_the_list_has_a_tick_for_each_client(admin: Client, uuids: list[str]) -> None:
    page = open_list(admin)

    boxes = page.select('tbody input[type=checkbox][name=clients][form="bulk"]')
    assert [box["aria-label"] for box in boxes] == [
        *("Select svc-a", "Select svc-b", "Select svc-c"),
    ]
    buttons = [text_of(button) for button in page.select("#bulk button")]
    assert buttons == [
        *("Disable", "Enable", "Set lifespan", "Delete", "Clear selection"),
    ]


def test_the_page_names_each_client_and_nothing_is_sent(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    page = confirmation(admin, uuids, "disable")

    assert heading(page) == "Disable 3 API clients?"
    assert names(page) == ["svc-a", "svc-b", "svc-c"]
    assert work() == 0
    assert keycloak.writes() == []
    assert entries() == []


def test_the_page_tells_in_short_whether_it_is_safe(
    admin: Client, uuids: list[str]
) -> None:
    now = timezone.now()
    Watch.objects.update_or_create(
        pk=1, defaults={"since": now - timedelta(days=99), "keeps_logins": True}
    )
    used = now - timedelta(days=2)
    ClientUse.objects.create(client_id="svc-b", last_used_at=used)
    DailyUse.objects.create(client_id="svc-b", day=now.date(), tokens=1200)
    IndexedClient.objects.filter(client_id="svc-b").update(
        last_used_at=used, permissions=2, owner="data@northwind.example"
    )

    page = confirmation(admin, uuids, "delete")

    assert "1 of 3 still in use. It got a token in the last 7 days." in banners(page)
    busy, idle = page.select(".chosen li .sub")[1:]
    assert text_of(busy) == (
        "Still in use: Last token 2 days ago , 1,200 in 30 days "
        "· 2 permissions · data@northwind.example"
    )
    assert text_of(idle) == "No token seen · permissions not counted · no owner"


@pytest.mark.parametrize(
    ("clients", "words"),
    [
        ([], "Tick at least one client first."),
        (["nonsense"], "One of these is no client."),
        ([str(uuid4())], "None of these clients is there any more."),
        (
            [str(uuid4()) for _ in range(101)],
            "At most 100 clients at once; you chose 101.",
        ),
    ],
)
def test_what_cannot_be_chosen_leads_back_to_the_list_with_a_word(
    admin: Client, uuids: list[str], clients: list[str], words: str
) -> None:
    sent = {"clients": clients, "action": "disable", "next": f"{LIST}?q=svc"}

    response = admin.post(reverse("apiclients:bulk"), sent)

    assert response["Location"] == f"{LIST}?q=svc"
    assert f"{words} Nothing was changed." in banners(follow(admin, response))
    assert not BulkRun.objects.exists()


def test_an_unknown_action_is_refused(admin: Client, uuids: list[str]) -> None:
    sent = {"clients": uuids, "action": "explode"}

    response = admin.post(reverse("apiclients:bulk"), sent)

    assert "There is no such action. Nothing was changed." in banners(
        follow(admin, response)
    )


def test_protected_clients_cannot_be_chosen(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    hidden = make_indexed_client("svc-hidden", protected=True)
    sent = {"clients": [*uuids, hidden.uuid], "action": "disable"}

    page = follow(admin, admin.post(reverse("apiclients:bulk"), sent))

    assert names(page) == ["svc-a", "svc-b", "svc-c"]


@pytest.mark.parametrize("typed", ["", "delete 2 clients", "DELETE 3 CLIENTS"])
def test_deleting_needs_the_words(
    admin: Client, keycloak: SandboxControl, uuids: list[str], typed: str
) -> None:
    form = fill_in(confirmation(admin, uuids, "delete"), "delete")

    response = admin.post(form.action, {**form.values, "confirm": typed})

    page = read_page(response)
    assert response.status_code == 422
    assert page.select_one('#error-summary a[href="#id_confirm"]')
    assert find_form(page, "Delete 3 clients").values["reason"] == "Replaced"
    assert work() == 0
    assert keycloak.writes() == []


def test_deleting_asks_for_a_recent_sign_in(
    admin: Client, keycloak: SandboxControl, uuids: list[str]
) -> None:
    form = fill_in(confirmation(admin, uuids, "delete"), "delete")
    session = admin.session
    session[AUTH_TIME] = 0
    session.save()

    response = admin.post(form.action, form.values)

    assert response["Location"] == reverse("console:sign-in-again")
    assert work() == 0
    session = admin.session
    session[AUTH_TIME] = time.time()
    session.save()
    page = read_page(admin.get(form.action))
    assert find_form(page, "Delete 3 clients").values["reason"] == "Replaced"


@pytest.mark.parametrize("number", ["", "0", "999999999", "ten"])
def test_a_lifespan_out_of_its_limits_is_not_set(
    admin: Client, keycloak: SandboxControl, uuids: list[str], number: str
) -> None:
    form = fill_in(confirmation(admin, uuids, "lifespan"), "lifespan")

    response = admin.post(form.action, {**form.values, "lifespan_number": number})

    page = read_page(response)
    assert response.status_code == 422
    assert page.select_one("#id_lifespan_number_error")
    assert work() == 0


def test_cancel_leads_back_to_the_list_as_it_was(
    admin: Client, uuids: list[str]
) -> None:
    sent = {"clients": uuids, "action": "disable", "next": f"{LIST}?q=svc&sort=-id"}
    page = follow(admin, admin.post(reverse("apiclients:bulk"), sent))

    cancel = page.select("form.card .buttons a")[-1]

    assert cancel["href"] == f"{LIST}?q=svc&sort=-id"


def test_cancel_leads_to_no_other_site(admin: Client, uuids: list[str]) -> None:
    location = choose(admin, uuids, "disable")["Location"].partition("?")[0]

    page = read_page(admin.get(f"{location}?next=https://evil.example/"))

    assert page.select("form.card .buttons a")[-1]["href"] == LIST


@pytest.mark.parametrize("action", ["disable", "delete", "lifespan"])
@pytest.mark.parametrize("count", [2, 100])
def test_the_pages_cost_the_same_for_few_and_for_many_clients(
    admin: Client,
    keycloak: SandboxControl,
    synchronised: Synchronisation,
    action: str,
    count: int,
) -> None:
    rows = [make_indexed_client(f"svc-{n:03}").uuid for n in range(count)]
    sent = {"clients": rows, "action": action}
    location = admin.post(reverse("apiclients:bulk"), sent)["Location"]
    admin.get(location)
    keycloak.forget_calls()

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(address).status_code == 200
        return len(queries)

    assert cost(location) <= 8
    BulkRun.objects.update(started_at=timezone.now())
    assert cost(location) <= 8
    assert keycloak.calls() == []


def test_old_runs_are_forgotten(admin: Client, uuids: list[str]) -> None:
    now = timezone.now()
    confirmation(admin, uuids, "disable")
    draft = BulkRun.objects.get()
    BulkRun.objects.update(chosen_at=now - timedelta(days=2))
    confirm(admin, uuids, "disable")
    work()
    confirmation(admin, uuids, "enable")

    forget_old_runs()

    assert not BulkRun.objects.filter(pk=draft.pk).exists()
    assert BulkRun.objects.count() == 2
    BulkRun.objects.update(started_at=now - timedelta(days=31))
    forget_old_runs()
    assert not BulkRun.objects.exists()
