"""One pass at a time, and what becomes of one that fails."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apiclients import synchronisation
from apiclients.models import PASS_EXPIRES_AFTER, Synchronisation
from apiclients.synchronisation import synchronise
from gateways.errors import UnavailableError
from gateways.keycloak.clients import ClientGateway
from tests.databases import at_once
from tests.sandbox_control import SandboxControl
from tests.unit.apiclients.indexed import index, long_ago, state

pytestmark = pytest.mark.usefixtures("db", "keycloak")


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
