"""The gateways of this installation."""

from collections.abc import Iterator

import pytest
import responses
from pytest_django import Settings
from responses.matchers import header_matcher, query_param_matcher

from gateways import configured, errors
from gateways.keycloak.clients import ClientGateway
from gateways.keycloak.realm import RealmGateway
from gateways.keycloak.roles import RoleGateway

BASE = "http://keycloak.example/auth"
CLIENTS = f"{BASE}/admin/realms/acme/clients"


@pytest.fixture(autouse=True)
def installation(settings: Settings) -> Iterator[None]:
    settings.KEYCLOAK_URL = BASE
    settings.KEYCLOAK_REALM = "acme"
    settings.KEYCLOAK_CLIENT_ID = "my-console"
    settings.KEYCLOAK_CLIENT_SECRET = "my-secret"
    forget()
    yield
    forget()


def forget() -> None:
    for cached in (
        configured.service_account,
        configured.keycloak,
        configured.manager,
        configured.console_uuid,
        configured.realm_management_uuid,
    ):
        cached.cache_clear()


def add_token(mock: responses.RequestsMock) -> None:
    url = f"{BASE}/realms/acme/protocol/openid-connect/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": "my-console",
        "client_secret": "my-secret",
    }
    mock.post(
        url,
        json={"access_token": "t", "expires_in": 300},
        match=[responses.matchers.urlencoded_params_matcher(form)],
    )


def add_client(mock: responses.RequestsMock, client_id: str, *rows: object) -> None:
    mock.get(
        CLIENTS,
        json=list(rows),
        match=[
            query_param_matcher({"clientId": client_id}),
            header_matcher({"Authorization": "Bearer t"}),
        ],
    )


def test_the_gateways_share_one_transport() -> None:
    assert configured.keycloak() is configured.keycloak()
    assert isinstance(configured.clients(), ClientGateway)
    assert isinstance(configured.roles(), RoleGateway)
    assert isinstance(configured.realm(), RealmGateway)


def test_building_them_asks_for_nothing() -> None:
    with responses.RequestsMock() as mock:
        configured.clients()
        configured.roles()
        configured.realm()

        assert len(mock.calls) == 0


def test_the_uuids_of_known_clients_are_asked_for_once() -> None:
    with responses.RequestsMock() as mock:
        add_token(mock)
        add_client(mock, "my-console", {"id": "u1", "clientId": "my-console"})
        add_client(mock, "realm-management", {"id": "u2", "clientId": "r"})

        assert [configured.console_uuid() for _ in range(3)] == ["u1"] * 3
        assert [configured.realm_management_uuid() for _ in range(3)] == ["u2"] * 3
        assert len(mock.calls) == 3


def test_a_console_that_cannot_see_itself_lacks_a_role() -> None:
    with responses.RequestsMock() as mock:
        add_token(mock)
        add_client(mock, "my-console")

        with pytest.raises(errors.AccessDeniedError, match="my-console"):
            configured.console_uuid()


def test_a_failure_is_not_remembered() -> None:
    with responses.RequestsMock() as mock:
        add_token(mock)
        add_client(mock, "my-console")
        with pytest.raises(errors.AccessDeniedError):
            configured.console_uuid()
        mock.replace(
            responses.GET, CLIENTS, json=[{"id": "u1", "clientId": "my-console"}]
        )

        assert configured.console_uuid() == "u1"
