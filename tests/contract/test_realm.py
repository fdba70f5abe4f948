"""Settings of the organization."""

from gateways.keycloak.models import RealmDefaults
from tests.contract.support import TIMEOUT, Upstream


def test_the_defaults_of_the_realm(upstream: Upstream) -> None:
    assert upstream.realm.get_defaults() == RealmDefaults(
        access_token_lifespan=300, session_limit=36000
    )


def test_the_settings_of_the_realm(upstream: Upstream) -> None:
    settings = upstream.admin("GET").json()

    known = {
        "realm": "northwind",
        "displayName": "Northwind Analytics",
        "enabled": True,
        "accessTokenLifespan": 300,
        "ssoSessionMaxLifespan": 36000,
        "clientSessionMaxLifespan": 0,
        "eventsEnabled": True,
    }
    assert {name: settings[name] for name in known} == known
    assert settings["defaultRole"]["name"] == "default-roles-northwind"


def test_another_realm_is_not_there(upstream: Upstream) -> None:
    bearer = upstream.console_token.value()

    answer = upstream.http.get(
        f"{upstream.base_url}/admin/realms/southwind",
        headers={"Authorization": f"Bearer {bearer}"},
        timeout=TIMEOUT,
    )

    assert (answer.status_code, answer.json()) == (404, {"error": "Realm not found."})


def test_whether_secrets_can_be_rotated_is_told(upstream: Upstream) -> None:
    bearer = upstream.console_token.value()

    answer = upstream.http.get(
        f"{upstream.base_url}/admin/serverinfo",
        headers={"Authorization": f"Bearer {bearer}"},
        timeout=TIMEOUT,
    )

    features = {feature["name"]: feature for feature in answer.json()["features"]}
    assert features["CLIENT_SECRET_ROTATION"]["enabled"] is True
    assert "systemInfo" not in answer.json()
