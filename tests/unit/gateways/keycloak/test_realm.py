"""Settings of the realm."""

import pytest
import responses

from gateways import errors
from gateways.keycloak.models import RealmDefaults
from gateways.keycloak.realm import RealmGateway
from gateways.transport import Transport

REALM = "http://keycloak.example/auth/admin/realms/northwind"


def test_the_defaults_are_read(
    http: Transport, answers: responses.RequestsMock
) -> None:
    settings = {"accessTokenLifespan": 300, "ssoSessionMaxLifespan": 36000}
    answers.get(REALM, json={**settings, "clientSessionMaxLifespan": 0})

    found = RealmGateway(http, realm="northwind").get_defaults()

    assert found == RealmDefaults(access_token_lifespan=300, session_limit=36000)


def test_without_view_realm_there_are_none(
    http: Transport, answers: responses.RequestsMock
) -> None:
    answers.get(REALM, json={"realm": "northwind", "displayName": "Northwind"})

    with pytest.raises(errors.UnreadableAnswerError):
        RealmGateway(http, realm="northwind").get_defaults()
