"""What became of each change whose answer was lost: found out by reading Keycloak."""

from datetime import timedelta

import pytest
from django.test import Client

from apiclients.fingerprints import fingerprint
from apiclients.models import IndexedClient
from audit.models import Action, OpenIntent, Record
from audit.reconciling import Progress, look_at
from audit.recorder import Object
from audit.selectors import Entry, Standing, get_entry
from gateways.errors import GatewayError
from gateways.keycloak.models import ClientSecret
from tests.outcomes import leave_open, look_twice
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    CHANGES,
    CREATE,
    DELETE,
    DISABLE,
    ENABLE,
    REGENERATE,
    UPDATE,
    Change,
)
from tests.screens.records import only_entry


@pytest.fixture
def uuid(reports: str, change: Change, keycloak: SandboxControl) -> str:
    if change is ENABLE:
        keycloak.change_client(reports, enabled=False)
    return reports


def lose(
    browser: Client, keycloak: SandboxControl, change: Change, uuid: str, fault: str
) -> int:
    """Make a change whose answer never comes; its entry."""
    keycloak.fail(change.method, change.path, fault)
    assert change.make(browser, uuid).status_code == 502
    keycloak.heal()
    return only_entry().record.id


def settled(entry_id: int) -> Entry:
    entry = get_entry(entry_id)
    assert not OpenIntent.objects.exists()
    assert entry.settled is not None
    return entry


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_keycloak_did_is_settled_at_once(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")
    keycloak.forget_calls()

    progress = look_at(entry_id)

    assert progress is Progress.SETTLED
    assert settled(entry_id).outcome is Standing.SUCCEEDED
    assert keycloak.writes() == []
    assert len(keycloak.reads()) <= 3


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_keycloak_never_got_is_settled_by_two_readings(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_before")
    keycloak.forget_calls()

    progress = look_twice(entry_id)

    assert progress is Progress.SETTLED
    assert settled(entry_id).outcome is Standing.FAILED
    assert keycloak.writes() == []
    assert change.make(admin, uuid).status_code in (200, 302)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_while_keycloak_does_not_answer_nothing_is_settled(
    admin: Client, keycloak: SandboxControl, hasty: None, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")
    keycloak.fail("GET", "/admin/", "status", status=503)

    with pytest.raises(GatewayError):
        look_at(entry_id)

    assert get_entry(entry_id).outcome is Standing.UNKNOWN
    keycloak.heal()
    assert look_at(entry_id) is Progress.SETTLED


@pytest.mark.parametrize("change", [CREATE, DELETE], ids=str)
def test_the_list_follows_what_was_found(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")

    look_at(entry_id)

    listed = IndexedClient.objects.filter(client_id=change.name).exists()
    assert listed is change.creates


@pytest.mark.parametrize("change", [CREATE], ids=str)
def test_a_client_that_was_made_is_known_by_its_uuid(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")

    look_at(entry_id)

    row = IndexedClient.objects.get(client_id="svc-new")
    assert settled(entry_id).object_id == row.uuid


@pytest.mark.parametrize("change", [CREATE], ids=str)
def test_a_client_of_the_same_id_that_someone_else_made_is_not_ours(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_before")
    keycloak.add_client("svc-new", attributes={"console.intent": "another"})

    look_twice(entry_id)

    entry = settled(entry_id)
    assert entry.outcome is Standing.FAILED
    assert "made by another change" in entry.explanation


@pytest.mark.parametrize("change", [DELETE], ids=str)
def test_a_client_that_was_made_again_under_the_same_id_was_deleted(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")
    keycloak.add_client("svc-reports")

    look_at(entry_id)

    assert settled(entry_id).outcome is Standing.SUCCEEDED


@pytest.mark.parametrize("change", [REGENERATE], ids=str)
def test_the_fingerprint_of_a_secret_that_was_made_is_recorded(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")

    look_at(entry_id)

    secret = keycloak.secret(uuid)
    (told,) = settled(entry_id).changes
    assert told["after"] == fingerprint(ClientSecret(secret))
    assert secret not in str(list(Record.objects.values()))


@pytest.mark.parametrize("change", [REGENERATE], ids=str)
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_secret_of_another_time_takes_a_person(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str, hours: int
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_before")
    intent = Record.objects.get(pk=entry_id)
    made_at = intent.at + timedelta(hours=hours)
    stamp = str(int(made_at.timestamp()))
    keycloak.change_client(
        uuid, secret="elsewhere", attributes={"client.secret.creation.time": stamp}
    )

    progress = look_twice(entry_id)

    assert progress is Progress.NEEDS_PERSON
    assert "who else regenerated it" in OpenIntent.objects.get().finding
    assert get_entry(entry_id).outcome is Standing.UNKNOWN


def test_a_secret_that_another_change_made_is_not_ours(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    """Both read the secret from before; then one worked, and one was killed."""
    before = fingerprint(ClientSecret(keycloak.secret(reports)))
    REGENERATE.make(admin, reports)
    killed = leave_open(
        Object("client", "svc-reports", reports),
        action=Action.SECRET_REGENERATE,
        changes={"fingerprint": {"before": before, "after": None}},
        ago=timedelta(seconds=61),
    )

    look_twice(killed.id)

    assert settled(killed.id).outcome is Standing.FAILED


@pytest.mark.parametrize(
    ("change", "elsewhere"),
    [
        (UPDATE, {"description": "Reports"}),  # one of the two fields that were set
        (UPDATE, {"description": "Something else"}),
    ],
    ids=["half", "other"],
)
def test_values_that_are_neither_old_nor_new_take_a_person(
    admin: Client,
    keycloak: SandboxControl,
    change: Change,
    uuid: str,
    elsewhere: dict[str, str],
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_before")
    keycloak.change_client(uuid, **elsewhere)

    progress = look_twice(entry_id)

    assert progress is Progress.NEEDS_PERSON
    assert "somebody else changed them" in OpenIntent.objects.get().finding


@pytest.mark.parametrize("change", [UPDATE], ids=str)
def test_fields_that_were_not_touched_do_not_count(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")
    keycloak.change_client(uuid, enabled=False)

    look_at(entry_id)

    assert settled(entry_id).outcome is Standing.SUCCEEDED


@pytest.mark.parametrize("change", [UPDATE, DISABLE, REGENERATE], ids=str)
def test_a_client_that_is_gone_meanwhile_takes_a_person(
    admin: Client, keycloak: SandboxControl, change: Change, uuid: str
) -> None:
    entry_id = lose(admin, keycloak, change, uuid, "drop_after")
    keycloak.remove_client(uuid)

    progress = look_twice(entry_id)

    assert progress is Progress.NEEDS_PERSON
    assert "not there any more" in OpenIntent.objects.get().finding
