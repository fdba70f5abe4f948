"""What the console makes of a client as Keycloak describes it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateways.keycloak.models import (
    Client,
    ClientChange,
    RealmDefaults,
    without_secrets,
)

REPRESENTATION: dict[str, Any] = {
    "id": "5d1c4ad8-4c5e-4d7a-9a1f-0f1d5b0f7a11",
    "clientId": "reporting",
    "name": "Reporting",
    "description": "Nightly reports",
    "enabled": True,
    "protocol": "openid-connect",
    "publicClient": False,
    "bearerOnly": False,
    "serviceAccountsEnabled": True,
    "standardFlowEnabled": False,
    "implicitFlowEnabled": False,
    "directAccessGrantsEnabled": False,
    "fullScopeAllowed": True,
    "secret": "s3cret",
    "registrationAccessToken": "r3gister",
    "access": {"view": True, "configure": True, "manage": True},
    "attributes": {
        "access.token.lifespan": "900",
        "client.secret.creation.time": "1760000000",
        "client.secret.rotated": "0ld",
        "console.owner": "Data team",
        "console.intent": "abc",
        "unknown": "kept",
    },
}


def client(**changes: Any) -> Client:
    return Client.from_json({**REPRESENTATION, **changes})


def client_with(**attributes: Any) -> Client:
    named = {name.replace("_", "."): value for name, value in attributes.items()}
    return client(attributes={**REPRESENTATION["attributes"], **named})


def test_a_client_is_read() -> None:
    found = client()

    assert found.uuid == "5d1c4ad8-4c5e-4d7a-9a1f-0f1d5b0f7a11"
    assert found.client_id == "reporting"
    assert found.description == "Nightly reports"
    assert found.owner == "Data team"
    assert found.enabled is True
    assert found.access_token_lifespan == 900
    assert found.secret_created_at == datetime.fromtimestamp(1760000000, UTC)
    assert found.full_scope is True
    assert found.uses_client_credentials_only is True


def test_a_client_needs_only_its_names() -> None:
    found = Client.from_json({"id": "u", "clientId": "c"})

    assert (found.uuid, found.client_id) == ("u", "c")
    assert (found.description, found.owner) == ("", "")
    assert found.enabled is False
    assert found.access_token_lifespan is None
    assert found.secret_created_at is None
    assert found.full_scope is False
    assert found.uses_client_credentials_only is False
    assert found.representation == {"id": "u", "clientId": "c", "attributes": {}}


@pytest.mark.parametrize("missing", ["id", "clientId"])
def test_a_client_without_a_name_is_none(missing: str) -> None:
    nameless = {k: v for k, v in REPRESENTATION.items() if k != missing}

    with pytest.raises(KeyError):
        Client.from_json(nameless)


@pytest.mark.parametrize("nothing", [None, {}])
def test_a_client_may_have_no_attributes(nothing: object) -> None:
    found = client(attributes=nothing)

    assert found.owner == ""
    assert found.access_token_lifespan is None
    assert found.representation["attributes"] == {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("900", 900),
        ("0", 0),
        ("-1", -1),
        ("+5", 5),
        ("100000", 100000),
        ("007", 7),
        (900, 900),
        ("", None),
        (None, None),
        ("abc", None),
        ("5m", None),
        ("1.5", None),
        ("1e3", None),
        (" 900", None),
        ("900\n", None),
        ("1_000", None),
        ("0x10", None),
        ("9" * 30, None),
        ("٣", None),
        (True, None),
    ],
)
def test_a_lifespan_is_a_number_or_nothing(text: object, seconds: int | None) -> None:
    assert client_with(access_token_lifespan=text).access_token_lifespan == seconds


@pytest.mark.parametrize(
    "text", ["", None, "0", "soon", "1760000000.5", "9" * 18, "9" * 40, "-" + "9" * 18]
)
def test_a_secret_may_have_no_time_that_makes_sense(text: object) -> None:
    found = client_with(client_secret_creation_time=text)

    assert found.secret_created_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"serviceAccountsEnabled": False},
        {"serviceAccountsEnabled": None},
        {"publicClient": True},
        {"bearerOnly": True},
        {"standardFlowEnabled": True},
        {"implicitFlowEnabled": True},
        {"protocol": "saml"},
        {"attributes": {"oauth2.device.authorization.grant.enabled": "true"}},
    ],
    ids=str,
)
def test_a_client_of_another_kind_is_known_as_such(changes: dict[str, Any]) -> None:
    assert client(**changes).uses_client_credentials_only is False


@pytest.mark.parametrize(
    "changes",
    [
        {"directAccessGrantsEnabled": True},
        {"attributes": {"oauth2.device.authorization.grant.enabled": "false"}},
        {"enabled": False},
    ],
    ids=str,
)
def test_what_does_not_change_its_kind(changes: dict[str, Any]) -> None:
    assert client(**changes).uses_client_credentials_only is True


def test_a_client_without_a_protocol_speaks_openid_connect() -> None:
    found = {k: v for k, v in REPRESENTATION.items() if k != "protocol"}

    assert Client.from_json(found).uses_client_credentials_only is True


def test_clients_are_compared_by_what_the_console_shows() -> None:
    assert client() == client(name="Another name")
    assert client() != client(description="Another description")


def test_a_client_keeps_no_secret() -> None:
    found = client()

    for secret in ("s3cret", "r3gister", "0ld"):
        assert secret not in str(found.representation)
        assert secret not in repr(found)
    assert "representation" not in repr(found)


def test_what_is_secret_is_left_out() -> None:
    kept = without_secrets(REPRESENTATION)

    assert not {"secret", "registrationAccessToken", "access"} & kept.keys()
    assert kept["attributes"] == {
        "access.token.lifespan": "900",
        "console.owner": "Data team",
        "console.intent": "abc",
        "unknown": "kept",
    }
    left_out = {"secret", "registrationAccessToken", "access", "attributes"}
    for name in REPRESENTATION.keys() - left_out:
        assert kept[name] == REPRESENTATION[name]
    assert REPRESENTATION["secret"] == "s3cret"
    assert "client.secret.rotated" in REPRESENTATION["attributes"]


def test_no_change_of_a_client_is_what_it_is() -> None:
    assert ClientChange.of(client()) == ClientChange(
        description="Nightly reports",
        owner="Data team",
        enabled=True,
        access_token_lifespan=900,
    )


def test_a_change_is_applied_to_the_whole_representation() -> None:
    before = without_secrets(REPRESENTATION)
    change = ClientChange("New", "Nobody", enabled=False, access_token_lifespan=60)

    after = change.applied_to(before)

    assert after == {
        **before,
        "description": "New",
        "enabled": False,
        "attributes": {
            **before["attributes"],
            "console.owner": "Nobody",
            "access.token.lifespan": "60",
        },
    }
    assert before == without_secrets(REPRESENTATION)


def test_what_is_cleared_is_sent_empty() -> None:
    change = ClientChange("", "", enabled=True, access_token_lifespan=None)

    after = change.applied_to(without_secrets(REPRESENTATION))

    assert after["description"] == ""
    assert after["attributes"]["console.owner"] == ""
    assert after["attributes"]["access.token.lifespan"] == ""


def test_a_lifespan_of_nothing_is_not_the_default() -> None:
    change = ClientChange("", "", enabled=True, access_token_lifespan=0)

    assert change.applied_to({})["attributes"]["access.token.lifespan"] == "0"


def test_a_change_never_sends_a_secret() -> None:
    after = ClientChange.of(client()).applied_to(client().representation)

    assert "secret" not in after
    assert not [name for name in after["attributes"] if name.startswith("client.secre")]


@pytest.mark.parametrize(
    ("text", "environment"), [("Production", "Production"), (" ", ""), (None, "")]
)
def test_a_client_may_stand_for_an_environment(
    text: str | None, environment: str
) -> None:
    assert client_with(console_environment=text).environment == environment


@pytest.mark.parametrize(
    ("seconds", "instant"),
    [(0, None), (None, None), (1760000000, datetime.fromtimestamp(1760000000, UTC))],
)
def test_tokens_may_be_revoked(seconds: int | None, instant: datetime | None) -> None:
    assert client(notBefore=seconds).not_before == instant


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        ({"ssoSessionMaxLifespan": 36000}, 36000),
        ({"ssoSessionMaxLifespan": 36000, "clientSessionMaxLifespan": 0}, 36000),
        ({"ssoSessionMaxLifespan": 36000, "clientSessionMaxLifespan": 900}, 900),
    ],
    ids=str,
)
def test_the_lifespans_of_a_realm(settings: dict[str, int], limit: int) -> None:
    found = RealmDefaults.from_json({"accessTokenLifespan": 300, **settings})

    assert found == RealmDefaults(access_token_lifespan=300, session_limit=limit)


def test_a_realm_that_hides_its_lifespans_has_none() -> None:
    with pytest.raises(KeyError):
        RealmDefaults.from_json({"realm": "northwind"})


@pytest.mark.parametrize("name", ["id", "clientId", "description"])
@pytest.mark.parametrize("value", [["x"], {"x": 1}, 5, True], ids=str)
def test_what_is_no_text_is_not_read_as_one(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match="no text"):
        client(**{name: value})


@pytest.mark.parametrize("value", [["x"], {"x": 1}, 5], ids=str)
def test_an_owner_that_is_no_text_is_not_read(value: Any) -> None:
    with pytest.raises(TypeError, match="no text"):
        client_with(console_owner=value)
