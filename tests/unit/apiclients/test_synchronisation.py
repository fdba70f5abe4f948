"""Reading the realm into the client index: what comes, what goes, what goes wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apiclients import synchronisation
from apiclients.models import IndexedClient
from apiclients.selectors import get_subject, list_clients
from apiclients.synchronisation import synchronise
from gateways import configured
from gateways.errors import NotFoundError, UnavailableError
from gateways.keycloak.clients import ClientGateway
from tests.factories import make_client, make_indexed_client
from tests.sandbox_control import SandboxControl
from tests.unit.apiclients.indexed import ALWAYS_THERE, LONG_AGO, index, long_ago, state

pytestmark = pytest.mark.usefixtures("db", "keycloak")


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


def test_a_client_whose_id_is_no_uuid_stays_out(keycloak: SandboxControl) -> None:
    """Somebody wrote it into an import. No address of ours could name it."""
    keycloak.add_client("svc-imported", id="written-by-hand")
    keycloak.add_client("svc-plain")

    synchronise()

    assert set(index()) == {"svc-plain"}


def test_a_changed_client_is_changed(keycloak: SandboxControl) -> None:
    """And keeps what the console knows of it besides."""
    uuid = keycloak.add_client("svc-reports", description="Monthly")
    synchronise()
    long_ago()
    IndexedClient.objects.update(permissions=3, last_used_at=LONG_AGO)
    keycloak.change_client(uuid, description="Now weekly", enabled=False)

    synchronise()

    row = index()["svc-reports"]
    assert (row.description, row.enabled) == ("Now weekly", False)
    assert row.synced_at > LONG_AGO
    assert (row.permissions, row.last_used_at) == (3, LONG_AGO)
    for asked, found in (
        ({"q": "weekly"}, "1"),
        ({"q": "monthly"}, "0"),
        ({"status": "disabled"}, "1"),
        ({"status": "enabled"}, "0"),
    ):
        assert list_clients(asked, {}).total_text == found, asked


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
    synchronise()
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


def hide_an_administrator(keycloak: SandboxControl, owner: str) -> str:
    """A client with a role of `owner` that holds an administrator's; its uuid."""
    uuid = keycloak.add_client("svc-reports")
    administrator = {"realm-management": ["manage-users"]}
    keycloak.define_role("helper", owner=owner, client=administrator)
    keycloak.give_roles("service-account-svc-reports", client={owner: ["helper"]})
    return uuid


def test_an_environment_role_that_holds_an_administrators_is_flagged_the_next_time(
    keycloak: SandboxControl,
) -> None:
    uuid = hide_an_administrator(keycloak, "production")

    synchronise()
    synchronise()

    assert IndexedClient.objects.get(pk=uuid).protected


def test_what_only_a_client_itself_shows_stays_flagged_as_long_as_it_is_so(
    keycloak: SandboxControl,
) -> None:
    uuid = hide_an_administrator(keycloak, "imply-api")
    flags = []

    synchronise()
    flags.append(IndexedClient.objects.get(pk=uuid).protected)
    with pytest.raises(NotFoundError):
        get_subject(uuid)
    synchronise()
    flags.append(IndexedClient.objects.get(pk=uuid).protected)
    keycloak.remove_role("helper", owner="imply-api")
    synchronise()
    flags.append(IndexedClient.objects.get(pk=uuid).protected)

    assert flags == [False, True, False]


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
