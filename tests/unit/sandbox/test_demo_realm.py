"""The realm file that the sandbox and a real Keycloak both read."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from sandbox import seed
from sandbox.importing import DEMO_REALM, read_realm
from sandbox.realm import Realm


@pytest.fixture(scope="module")
def realm() -> Realm:
    return read_realm(DEMO_REALM, {})


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(json.loads(DEMO_REALM.read_text()))


def test_the_file_is_what_the_seed_makes() -> None:
    assert DEMO_REALM.read_text() == seed.as_text(seed.realm())


def test_the_accounts(realm: Realm) -> None:
    for username, role in {
        "account-admin": "administer-account",
        "client-admin": "administer-clients",
        "visitor": "uma_authorization",
    }.items():
        user = realm.user_by_name(username)
        assert user is not None
        assert user.password == username
        assert user.email_verified
        roles = {r.name for r in realm.effective_roles(user.roles) if r.owner is None}
        assert role in roles
        assert {"administer-account", "administer-clients"} & roles <= {role}


def test_the_protected_clients_are_no_api_clients(realm: Realm) -> None:
    accounts = {c for c in realm.clients.values() if realm.service_account(c)}
    protected = {c.client_id for c in accounts if not realm.is_api_client(c)}
    assert protected == {
        "api-client-console",
        "platform-automation",
        "legacy-provisioner",
    }


def test_there_is_something_of_everything(realm: Realm) -> None:
    clients = [c for c in realm.clients.values() if realm.is_api_client(c)]
    assert len(clients) == 298
    assert 15 < sum(not client.has("enabled") for client in clients) < 40
    lifespans = Counter(c.attributes.get("access.token.lifespan") for c in clients)
    assert lifespans.keys() == {None, "900", "3600", "28800", "86400"}
    assert all(len(client.client_id) <= 100 for client in clients)
    texts = {str(client.data.get("description")) for client in clients}
    assert '<b>not bold</b> & "quoted"' in texts
    assert [c.client_id for c in clients if not c.has("fullScopeAllowed")] == [
        "edge-gateway"
    ]


def test_secrets_are_obviously_demonstration_values(document: dict[str, Any]) -> None:
    secrets = [c["secret"] for c in document["clients"] if "secret" in c]
    assert all(re.match("demonstration-only", secret) for secret in secrets)


def test_everybody_has_the_default_role(realm: Realm) -> None:
    assert all(user.roles >= realm.default_roles() for user in realm.users.values())
