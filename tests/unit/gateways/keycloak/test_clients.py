"""What the client gateway sends, and what it makes of the answers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from gateways import errors
from gateways.keycloak.clients import PAGE_SIZE, ClientGateway
from gateways.keycloak.models import Client, ClientChange
from gateways.transport import Transport

CLIENTS = "http://keycloak.example/auth/admin/realms/northwind/clients"
CHANGE = ClientChange("Reports", "Data", enabled=True, access_token_lifespan=900)


@pytest.fixture
def gateway(http: Transport) -> ClientGateway:
    return ClientGateway(http, realm="northwind")


def row(number: int) -> dict[str, Any]:
    return {"id": f"u{number}", "clientId": f"c{number:03}", "secret": "s3cret"}


def add_page(
    answers: responses.RequestsMock, rows: list[dict[str, Any]], **params: Any
) -> None:
    answers.get(CLIENTS, json=rows, match=[query_param_matcher(params)])


def test_a_client_is_got_by_its_uuid(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{CLIENTS}/u1", json=row(1))

    assert gateway.get_client("u1").client_id == "c001"


def test_a_client_is_found_by_its_client_id(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    add_page(answers, [row(1)], clientId="a&b c")

    found = gateway.find_client("a&b c")

    assert found is not None
    assert found.uuid == "u1"


def test_a_client_that_is_not_there_is_not_found(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    add_page(answers, [], clientId="nobody")

    assert gateway.find_client("nobody") is None


@pytest.mark.parametrize(
    ("total", "pages"), [(0, 1), (1, 1), (3, 2), (4, 2), (6, 3), (7, 3)]
)
def test_all_clients_come_in_pages(
    gateway: ClientGateway, answers: responses.RequestsMock, total: int, pages: int
) -> None:
    rows = [row(number) for number in range(total)]
    for first in range(0, pages * 3, 3):
        add_page(answers, rows[first : first + 3], first=first, max=3)

    read = list(gateway.iter_pages(3))

    ids = [client.uuid for page in read for client in page]
    assert ids == [row["id"] for row in rows]
    assert all(page for page in read)


def test_a_page_is_never_without_a_size(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    add_page(answers, [row(1)], first=0, max=PAGE_SIZE)

    assert len(list(gateway.iter_pages())) == 1
    assert PAGE_SIZE == 100


def test_pages_are_asked_for_as_they_are_needed(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    add_page(answers, [row(1)], first=0, max=1)

    next(gateway.iter_pages(1))

    assert len(answers.calls) == 1


@pytest.mark.parametrize("answer", [{"error": "x"}, [{"id": "u"}], ["a"], None, [None]])
def test_a_list_that_makes_no_sense_is_unreadable(
    gateway: ClientGateway, answers: responses.RequestsMock, answer: Any
) -> None:
    answers.get(CLIENTS, json=answer)

    with pytest.raises(errors.UnreadableAnswerError):
        next(gateway.iter_pages())


def test_a_client_is_made_for_client_credentials_only(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    sent = {
        "clientId": "reporting",
        "description": "Reports",
        "enabled": True,
        "protocol": "openid-connect",
        "publicClient": False,
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "frontchannelLogout": False,
        "fullScopeAllowed": True,
        "attributes": {
            "console.owner": "Data",
            "console.intent": "intent-1",
            "access.token.lifespan": "900",
        },
    }
    answers.post(
        CLIENTS,
        status=201,
        headers={"Location": f"{CLIENTS}/u9"},
        match=[json_params_matcher(sent)],
    )

    assert gateway.create_client("reporting", CHANGE, intent="intent-1") == "u9"


def test_a_taken_id_is_a_conflict(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    body = {"errorMessage": "Client reporting already exists"}
    answers.post(CLIENTS, status=409, json=body)

    with pytest.raises(errors.ConflictError) as caught:
        gateway.create_client("reporting", CHANGE, intent="i")

    assert caught.value.detail == "Client reporting already exists"


def test_a_client_made_without_an_address_is_unknown(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    answers.post(CLIENTS, status=201)

    with pytest.raises(errors.OutcomeUnknownError):
        gateway.create_client("reporting", CHANGE, intent="i")


def test_an_update_sends_the_whole_client_but_no_secret(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    read = {
        **row(1),
        "serviceAccountsEnabled": True,
        "somethingNew": {"kept": True},
        "access": {"manage": True},
        "attributes": {
            "unknown": "kept",
            "access.token.lifespan": "60",
            "client.secret.creation.time": "1760000000",
        },
    }
    sent = {
        "id": "u1",
        "clientId": "c001",
        "serviceAccountsEnabled": True,
        "somethingNew": {"kept": True},
        "description": "Reports",
        "enabled": True,
        "attributes": {
            "unknown": "kept",
            "access.token.lifespan": "900",
            "console.owner": "Data",
        },
    }
    answers.put(f"{CLIENTS}/u1", status=204, match=[json_params_matcher(sent)])

    after = gateway.update_client(Client.from_json(read), CHANGE)

    assert ClientChange.of(after) == CHANGE
    assert (after.uuid, after.client_id) == ("u1", "c001")
    assert after.secret_created_at == datetime.fromtimestamp(1760000000, UTC)


def test_an_update_can_be_followed_by_another(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    answers.put(f"{CLIENTS}/u1", status=204)
    first = gateway.update_client(Client.from_json(row(1)), CHANGE)

    cleared = ClientChange("", "", enabled=False, access_token_lifespan=None)
    second = gateway.update_client(first, cleared)

    assert ClientChange.of(second) == cleared
    body = json.loads(answers.calls[1].request.body or "")
    assert body["attributes"] == {"access.token.lifespan": "", "console.owner": ""}


def test_tokens_are_revoked_by_an_instant(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    sent = {"id": "u1", "clientId": "c001", "attributes": {}, "notBefore": 1760000000}
    answers.put(f"{CLIENTS}/u1", status=204, match=[json_params_matcher(sent)])

    gateway.set_not_before(Client.from_json(row(1)), 1760000000)


def test_a_client_is_deleted(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    answers.delete(f"{CLIENTS}/u1", status=204)

    gateway.delete_client("u1")

    assert answers.calls[0].request.body is None


@pytest.mark.parametrize("uuid", ["", ".", ".."])
def test_nothing_else_than_a_client_can_be_deleted(
    gateway: ClientGateway, answers: responses.RequestsMock, uuid: str
) -> None:
    with pytest.raises(errors.NotFoundError):
        gateway.delete_client(uuid)

    assert len(answers.calls) == 0


def test_a_secret_is_read(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    body = {"type": "secret", "value": "s3cret"}
    answers.get(f"{CLIENTS}/u1/client-secret", json=body)

    assert gateway.read_secret("u1").value == "s3cret"


def test_a_client_without_a_secret_has_an_unreadable_one(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{CLIENTS}/u1/client-secret", json={"type": "secret"})

    with pytest.raises(errors.UnreadableAnswerError):
        gateway.read_secret("u1")


def test_a_secret_is_regenerated(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    body = {"type": "secret", "value": "n3w"}
    answers.post(f"{CLIENTS}/u1/client-secret", json=body)

    assert gateway.regenerate_secret("u1").value == "n3w"


@pytest.mark.parametrize("body", ["", "{}", '{"value": null}', "<html>"])
def test_a_new_secret_that_cannot_be_read_is_unknown(
    gateway: ClientGateway, answers: responses.RequestsMock, body: str
) -> None:
    answers.post(f"{CLIENTS}/u1/client-secret", body=body)

    with pytest.raises(errors.OutcomeUnknownError):
        gateway.regenerate_secret("u1")

    assert len(answers.calls) == 1


def test_the_service_account_is_a_user(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    url = f"{CLIENTS}/u1/service-account-user"
    answers.get(url, json={"id": "user-1", "username": "service-account-c001"})

    assert gateway.get_service_account_id("u1") == "user-1"


def test_a_client_without_a_service_account_is_invalid(
    gateway: ClientGateway, answers: responses.RequestsMock
) -> None:
    text = "Service account not enabled for the client 'c001'"
    url = f"{CLIENTS}/u1/service-account-user"
    answers.get(url, status=400, json={"error": text})

    with pytest.raises(errors.InvalidError) as caught:
        gateway.get_service_account_id("u1")

    assert caught.value.detail == text
