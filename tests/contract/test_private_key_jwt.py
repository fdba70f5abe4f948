"""A real Keycloak knows the console by its key: for its own token, and at sign-in."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from joserfc.jwk import KeySet, RSAKey

from gateways.client_authentication import ByPrivateKey
from gateways.errors import CredentialsRefusedError
from gateways.tokens import ServiceAccountToken
from gateways.transport import Transport
from tests.conftest import forget_what_was_learned
from tests.contract.support import CONSOLE_URL, REALM, SERVICE, Upstream, new_id
from tests.screens.provider import Provider, come_back, leave_for_provider

pytestmark = [pytest.mark.keycloak, pytest.mark.django_db]
KEY = RSAKey.generate_key(2048)
PEM = KEY.as_pem(private=True).decode()


@pytest.fixture
def keycloak(real_keycloak: str) -> Upstream:
    return Upstream(real_keycloak)


@pytest.fixture
def client_id(keycloak: Upstream) -> Iterator[str]:
    """A client like the console's that has a key and no secret."""
    name = new_id()
    public = {**KEY.as_dict(private=False), "use": "sig", "kid": KEY.thumbprint()}
    keys = KeySet.import_key_set({"keys": [public]}).as_dict(private=False)
    keycloak.admin(
        "POST",
        "clients",
        json={
            "clientId": name,
            "clientAuthenticatorType": "client-jwt",
            "serviceAccountsEnabled": True,
            "redirectUris": [f"{CONSOLE_URL}/sign-in/callback/"],
            "attributes": {
                "use.jwks.string": "true",
                "jwks.string": json.dumps(keys),
                "pkce.code.challenge.method": "S256",
            },
        },
    ).raise_for_status()
    yield name
    found = keycloak.clients.find_client(name)
    assert found is not None
    keycloak.clients.delete_client(found.uuid)


def own_token(keycloak: Upstream, client_id: str, pem: str) -> str:
    return ServiceAccountToken(
        Transport(SERVICE, keycloak.base_url),
        realm=REALM,
        authentication=ByPrivateKey(client_id, pem, keycloak.issuer),
    ).value()


def test_the_console_gets_its_own_token(keycloak: Upstream, client_id: str) -> None:
    assert own_token(keycloak, client_id, PEM).count(".") == 2


def test_another_key_is_refused(keycloak: Upstream, client_id: str) -> None:
    strange = RSAKey.generate_key(2048).as_pem(private=True).decode()

    with pytest.raises(CredentialsRefusedError):
        own_token(keycloak, client_id, strange)


def test_a_person_signs_in(keycloak: Upstream, client_id: str) -> None:
    browser = Client()
    forget_what_was_learned()
    with override_settings(
        KEYCLOAK_URL=keycloak.base_url,
        KEYCLOAK_ISSUER=keycloak.issuer,
        KEYCLOAK_CLIENT_ID=client_id,
        KEYCLOAK_CLIENT_SECRET=PEM,
        CONSOLE_URL=CONSOLE_URL,
    ):
        location = Provider().log_in(leave_for_provider(browser), "visitor")
        response = come_back(browser, location)
    forget_what_was_learned()

    # Known who it is, but this client may not read anybody's roles.
    assert response.status_code == 502
    assert "lacks a role" in response.text
