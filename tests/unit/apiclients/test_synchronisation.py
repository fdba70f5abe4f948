"""Reading the realm into the client index: what comes, what goes, what goes wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclients import synchronisation
from apiclients.models import PASS_EXPIRES_AFTER, IndexedClient, Synchronisation
from apiclients.synchronisation import synchronise
from gateways import configured
from gateways.errors import UnavailableError
from gateways.keycloak.clients import ClientGateway
from tests.databases import at_once
from tests.factories import make_client, make_indexed_client
from tests.sandbox_control import SandboxControl

pytestmark = pytest.mark.usefixtures("db", "keycloak")

ALWAYS_THERE = ("legacy-provisioner", "platform-automation")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def index() -> dict[str, IndexedClient]:
    """Without the demonstration realm's own protected clients."""
    rows = IndexedClient.objects.exclude(client_id__in=ALWAYS_THERE)
    return {row.client_id: row for row in rows}


def long_ago() -> None:
    """Everything that stands in the index was read long ago."""
    IndexedClient.objects.update(synced_at=LONG_AGO)


def state() -> Synchronisation:
    return Synchronisation.objects.get()


def test_new_clients_come_with_all_that_the_list_shows(
    keycloak: SandboxControl,
) -> None:
    uuid = keycloak.add_client(
        "svc-reports",
        description="Weekly reports",
        enabled=False,
        attributes={
            "console.owner": "data@northwind.example",
            "access.token.lifespan": "900",
        },
    )
    keycloak.add_client("svc-plain")

    synchronise()

    assert set(index()) == {"svc-plain", "svc-reports"}
    row = index()["svc-reports"]
    assert row.uuid == uuid
    assert row.description == "Weekly reports"
    assert row.owner == "data@northwind.example"
    assert not row.enabled
    assert row.access_token_lifespan == 900
    assert row.secret_created_at is not None
    assert timezone.now() - row.secret_created_at < timedelta(minutes=1)
    assert not row.protected
    plain = index()["svc-plain"]
    assert (plain.enabled, plain.access_token_lifespan, plain.owner) == (True, None, "")


def test_a_changed_client_is_changed(keycloak: SandboxControl) -> None:
    uuid = keycloak.add_client("svc-reports")
    synchronise()
    long_ago()
    keycloak.change_client(uuid, description="Now weekly", enabled=False)

    synchronise()

    row = index()["svc-reports"]
    assert (row.description, row.enabled) == ("Now weekly", False)
    assert row.synced_at > LONG_AGO


def test_unchanged_rows_cost_no_write(keycloak: SandboxControl) -> None:
    keycloak.reset(clients=30)
    synchronise()
    long_ago()

    with CaptureQueriesContext(connection) as queries:
        synchronise()

    writes = [
        query["sql"]
        for query in queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
        and "apiclients_indexedclient" in query["sql"]
    ]
    assert [sql for sql in writes if '"last_used_at" =' not in sql] == []
    assert len(index()) == 30
    assert {row.synced_at for row in index().values()} == {LONG_AGO}


def test_a_page_costs_as_many_statements_for_few_as_for_many(
    keycloak: SandboxControl,
) -> None:
    Synchronisation.get()
    counts = []
    for clients in (5, 60):
        keycloak.reset(clients=clients)
        IndexedClient.objects.all().delete()
        configured.realm_management_uuid.cache_clear()
        with CaptureQueriesContext(connection) as queries:
            synchronise()
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_more_than_a_page_of_clients_is_read_whole(keycloak: SandboxControl) -> None:
    keycloak.reset(clients=230)

    synchronise()

    assert len(index()) == 230
    assert state().clients_so_far == 230 + len(ALWAYS_THERE)


def test_a_client_deleted_elsewhere_goes_only_after_keycloak_says_404(
    keycloak: SandboxControl,
) -> None:
    gone = keycloak.add_client("svc-gone")
    keycloak.add_client("svc-stays")
    synchronise()
    long_ago()
    keycloak.remove_client(gone)
    keycloak.forget_calls()

    synchronise()

    assert set(index()) == {"svc-stays"}
    assert [call for call in keycloak.reads() if call.endswith(f"/clients/{gone}")]


def test_a_client_that_slipped_through_the_pages_stays(
    keycloak: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While others come and go, one may be on no page at all."""
    keycloak.add_client("svc-reports")
    synchronise()
    long_ago()
    keycloak.change_client(index()["svc-reports"].uuid, description="Still here")
    monkeypatch.setattr(ClientGateway, "iter_pages", lambda _: iter([]))

    synchronise()

    assert index()["svc-reports"].description == "Still here"


def test_a_missing_client_stays_while_keycloak_does_not_answer_for_it(
    keycloak: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = keycloak.add_client("svc-reports")
    synchronise()
    long_ago()
    keycloak.remove_client(uuid)
    keycloak.fail("GET", f"/clients/{uuid}$", "status", status=500, times=None)

    with pytest.raises(UnavailableError):
        synchronise()

    assert set(index()) == {"svc-reports"}
    assert state().state == "failed"


def test_a_client_that_is_an_api_client_no_longer_goes(
    keycloak: SandboxControl,
) -> None:
    uuid = keycloak.add_client("svc-reports")
    synchronise()
    long_ago()
    keycloak.change_client(uuid, standardFlowEnabled=True)

    synchronise()

    assert index() == {}


@pytest.mark.parametrize(
    "otherwise",
    [
        {"publicClient": True, "serviceAccountsEnabled": False},
        {"standardFlowEnabled": True},
        {"serviceAccountsEnabled": False},
        {"bearerOnly": True, "serviceAccountsEnabled": False},
    ],
)
def test_other_clients_stay_out(
    keycloak: SandboxControl, otherwise: dict[str, bool]
) -> None:
    keycloak.add_client("web-app", **otherwise)

    synchronise()

    assert index() == {}, "nor the built-in ones, nor the console itself"
    assert IndexedClient.objects.filter(protected=False).count() == 0


@pytest.mark.parametrize(
    "roles",
    [
        {"client": {"realm-management": ["view-users"]}},
        {"realm": ["platform-operator"]},
    ],
    ids=["directly", "in a composite"],
)
def test_a_client_that_could_administer_keycloak_is_flagged(
    keycloak: SandboxControl, roles: dict[str, Any]
) -> None:
    for client_id in ("svc-Mighty", "svc-meek"):
        keycloak.add_client(client_id)
    keycloak.give_roles("service-account-svc-mighty", **roles)
    keycloak.give_roles("service-account-svc-meek", realm=["visualization-team"])

    synchronise()

    assert index()["svc-Mighty"].protected
    assert not index()["svc-meek"].protected


def test_a_flag_comes_and_goes_with_the_role(keycloak: SandboxControl) -> None:
    keycloak.add_client("svc-reports")
    synchronise()
    powers = {"client": {"realm-management": ["manage-users"]}}
    keycloak.give_roles("service-account-svc-reports", **powers)
    synchronise()
    assert index()["svc-reports"].protected

    keycloak.give_roles("service-account-svc-reports", **powers, remove=True)
    synchronise()
    assert not index()["svc-reports"].protected


class Killed(BaseException):
    """The worker is gone, and runs nothing more."""


def test_a_pass_that_dies_half_way_harms_nothing(
    keycloak: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    keycloak.reset(clients=30)
    synchronise()
    long_ago()
    before = index()

    def first_page(gateway: ClientGateway) -> Any:
        yield gateway._http.get(
            *gateway._clients, params={"first": 0, "max": 10}, parse=lambda _: []
        )
        raise Killed

    monkeypatch.setattr(ClientGateway, "iter_pages", first_page)
    with pytest.raises(Killed):
        synchronise()

    assert index() == before
    assert state().state == "running", "for all that anybody knows"


def test_a_pass_that_died_is_followed_by_another_after_a_while(
    keycloak: SandboxControl,
) -> None:
    keycloak.add_client("svc-reports")
    died = timezone.now() - PASS_EXPIRES_AFTER
    Synchronisation.objects.create(pk=1, started_at=died + timedelta(minutes=1))
    synchronise()
    assert index() == {}

    Synchronisation.objects.update(started_at=died - timedelta(seconds=1))
    synchronise()

    assert set(index()) == {"svc-reports"}
    assert state().state == "current"


def test_while_a_pass_is_under_way_another_does_nothing(
    keycloak: SandboxControl,
) -> None:
    Synchronisation.objects.create(pk=1, started_at=timezone.now(), clients_so_far=7)

    synchronise()

    assert keycloak.calls() == []
    assert state().clients_so_far == 7


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/clients$"), ("GET", "/realms/northwind$"), ("GET", "/roles")],
)
def test_a_failure_is_noted_and_the_list_stays(
    keycloak: SandboxControl, method: str, path: str
) -> None:
    keycloak.add_client("svc-reports")
    synchronise()
    finished = state().finished_at
    keycloak.fail(method, path, "status", status=500, times=None)

    with pytest.raises(UnavailableError):
        synchronise()

    assert set(index()) == {"svc-reports"}
    noted = state()
    assert noted.state == "failed"
    assert "HTTP 500" in noted.failure
    assert noted.finished_at == finished

    keycloak.heal()
    synchronise()
    assert (state().state, state().failure) == ("current", "")


def test_a_failure_that_nobody_expected_is_noted_too(
    keycloak: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the list would say that it is being read, until the pass expires."""

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(synchronisation, "_write_page", broken)
    with pytest.raises(ZeroDivisionError):
        synchronise()

    assert state().state == "failed"
    assert "a secret" not in state().failure


@pytest.mark.parametrize("lifespan", ["99999999999", "-99999999999", "9" * 30, "soon"])
def test_a_lifespan_that_somebody_mistyped_elsewhere_stops_nothing(
    keycloak: SandboxControl, lifespan: str
) -> None:
    keycloak.add_client("svc-odd", attributes={"access.token.lifespan": lifespan})
    keycloak.add_client("svc-reports")

    synchronise()

    assert set(index()) == {"svc-odd", "svc-reports"}


def test_the_organizations_lifespans_are_kept() -> None:
    synchronise()

    assert (state().access_token_lifespan, state().session_limit) == (300, 36000)


def test_a_row_that_was_refreshed_meanwhile_is_not_set_back(
    keycloak: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person saved while the page on which the client stood was on its way."""
    uuid = keycloak.add_client("svc-reports", description="Before")
    synchronise()
    long_ago()
    pages = list(configured.clients().iter_pages())

    def slowly(_: ClientGateway) -> Any:
        changed = make_client("svc-reports", uuid=uuid, description="After")
        synchronisation.refresh_client(changed, protected=False)
        yield from pages

    monkeypatch.setattr(ClientGateway, "iter_pages", slowly)
    synchronise()

    assert index()["svc-reports"].description == "After"


def test_one_client_is_brought_up_to_date() -> None:
    client = make_client("svc-reports", description="x" * 300, owner="y" * 300)
    synchronisation.refresh_client(client, protected=False)
    synchronisation.refresh_client(client, protected=True)

    row = index()["svc-reports"]
    assert row.protected
    assert (row.description, row.owner) == ("x" * 255, "y" * 255)


def test_one_client_is_forgotten() -> None:
    gone, stays = make_indexed_client("svc-gone"), make_indexed_client("svc-stays")

    synchronisation.forget_client(gone.uuid)
    synchronisation.forget_client(gone.uuid)

    assert index() == {"svc-stays": stays}


NOW = timezone.now()
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "never"),
        ({"requested_at": NOW}, "running"),
        ({"started_at": NOW}, "running"),
        ({"started_at": NOW - PASS_EXPIRES_AFTER - MINUTE}, "never"),
        ({"started_at": NOW - MINUTE, "finished_at": NOW}, "current"),
        ({"started_at": NOW, "finished_at": NOW}, "current"),
        ({"started_at": NOW - MINUTE, "failed_at": NOW}, "failed"),
        ({"started_at": NOW, "finished_at": NOW - MINUTE}, "running"),
        ({"requested_at": NOW, "finished_at": NOW - MINUTE}, "running"),
        ({"failed_at": NOW - MINUTE, "finished_at": NOW}, "current"),
        ({"failed_at": NOW, "finished_at": NOW - MINUTE}, "failed"),
        (
            {"started_at": NOW - 20 * MINUTE, "finished_at": NOW - 60 * MINUTE},
            "current",
        ),
        ({"requested_at": NOW - 20 * MINUTE, "failed_at": NOW - 60 * MINUTE}, "failed"),
    ],
)
def test_how_the_index_stands(values: dict[str, datetime], expected: str) -> None:
    assert Synchronisation(**values).state == expected


@pytest.mark.usefixtures("shared_db")
def test_of_two_passes_at_once_one_does_the_work(keycloak: SandboxControl) -> None:
    keycloak.reset(clients=30)
    keycloak.forget_calls()

    results = at_once(synchronise, synchronise)

    assert results == [None, None]
    assert len(index()) == 30
    pages = [call for call in keycloak.reads() if call.endswith("/northwind/clients")]
    uuid_look_ups = 1
    assert len(pages) == 1 + uuid_look_ups
