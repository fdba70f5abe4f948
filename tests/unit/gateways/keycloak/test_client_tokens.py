"""The token of an API client: how it is got, tried, and refused."""

import pickle
from urllib.parse import parse_qs

import pytest
import responses
from responses.matchers import header_matcher

from gateways import errors
from gateways.keycloak.client_tokens import (
    ClientTokenGateway,
    FixedToken,
    UserinfoGateway,
)
from gateways.keycloak.models import AccessToken, ClientSecret
from gateways.transport import Transport

BASE = "http://keycloak.example/auth"
OIDC = f"{BASE}/realms/northwind/protocol/openid-connect"
CANARY = "canary-77e1aa"
SECRET = ClientSecret(CANARY)


@pytest.fixture
def gateway(http: Transport) -> ClientTokenGateway:
    return ClientTokenGateway(http, realm="northwind")


@pytest.mark.parametrize(
    ("scope", "sent"), [("", {}), ("openid", {"scope": ["openid"]})]
)
def test_a_token_is_asked_for_as_the_client(
    gateway: ClientTokenGateway,
    answers: responses.RequestsMock,
    scope: str,
    sent: dict[str, list[str]],
) -> None:
    answers.post(f"{OIDC}/token", json={"access_token": "t"})

    token = gateway.get_token("reporting", SECRET, scope=scope)

    assert token.value == "t"
    assert parse_qs(str(answers.calls[0].request.body)) == {
        "grant_type": ["client_credentials"],
        "client_id": ["reporting"],
        "client_secret": [CANARY],
        **sent,
    }


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_refusal_is_the_clients(
    gateway: ClientTokenGateway, answers: responses.RequestsMock, status: int
) -> None:
    answers.post(f"{OIDC}/token", status=status, json={"error": "e"})

    with pytest.raises(errors.GatewayError) as caught:
        gateway.get_token("reporting", SECRET)

    assert type(caught.value) is errors.TokenRefusedError
    assert caught.value.status == status
    assert caught.value.detail
    assert len(answers.calls) == 1


@pytest.mark.parametrize("status", [302, 429, 502, 503])
def test_a_service_that_is_away_refuses_nobody(
    gateway: ClientTokenGateway, answers: responses.RequestsMock, status: int
) -> None:
    answers.post(f"{OIDC}/token", status=status)

    with pytest.raises(errors.GatewayError) as caught:
        gateway.get_token("reporting", SECRET)

    assert type(caught.value) is errors.UnavailableError


@pytest.mark.parametrize("token", [None, "", " ", 5, "é", ["a"]], ids=repr)
def test_an_answer_without_a_token_is_unreadable(
    gateway: ClientTokenGateway, answers: responses.RequestsMock, token: object
) -> None:
    answers.post(f"{OIDC}/token", json={"access_token": token})

    with pytest.raises(errors.UnreadableAnswerError):
        gateway.get_token("reporting", SECRET)


def test_the_keys_are_read(
    gateway: ClientTokenGateway, answers: responses.RequestsMock
) -> None:
    answers.get(f"{OIDC}/certs", json={"keys": []})

    assert gateway.get_keys() == {"keys": []}


def test_a_token_never_prints_itself() -> None:
    token = AccessToken(CANARY)

    assert str(token) == f"{token}" == "************"
    assert CANARY not in repr(token)
    with pytest.raises(TypeError, match="an access token is not stored"):
        pickle.dumps(token)


def test_a_token_is_tried(answers: responses.RequestsMock) -> None:
    answers.get(
        f"{OIDC}/userinfo",
        json={"sub": "u1"},
        match=[header_matcher({"Authorization": f"Bearer {CANARY}"})],
    )

    assert userinfo().ask() == "u1"


def test_a_token_that_is_refused_is_tried_once(answers: responses.RequestsMock) -> None:
    answers.get(f"{OIDC}/userinfo", status=401)

    with pytest.raises(errors.CredentialsRefusedError) as caught:
        userinfo().ask()

    assert caught.value.status == 401
    assert len(answers.calls) == 1


def test_a_token_outlives_the_refusal_of_another() -> None:
    token = FixedToken("Keycloak", AccessToken(CANARY))

    token.drop("another")

    assert token.value() == CANARY


def userinfo() -> UserinfoGateway:
    token = FixedToken("Keycloak", AccessToken(CANARY))
    return UserinfoGateway(Transport("Keycloak", BASE, token=token), realm="northwind")
