"""What the tokens of an API client say, and how long they are good."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from gateways.keycloak.models import LIFESPAN, Client
from tests.contract.support import (
    ACCOUNT_ROLES,
    DEFAULT_ROLES,
    TIMEOUT,
    UNKNOWN_ERROR,
    MakeClient,
    Upstream,
    changed,
    claims_in,
    lifespan_in,
    roles_in,
)

# The longest that any token is good: the realm's limit of a session.
LIMIT = 36000


def lifespan_of(upstream: Upstream, client: Client) -> int:
    """As the longer of two tokens says.

    The limit counts from the session, which may begin a second before its token.
    """
    secret = upstream.secret_of(client)
    return max(
        lifespan_in(upstream.ask_token(client.client_id, secret).json())
        for _ in range(2)
    )


def test_every_claim_of_a_token(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()

    claims = upstream.claims_of(client)

    assert claims.keys() == {
        *("exp", "iat", "jti", "iss", "aud", "sub", "typ", "azp", "acr"),
        *("realm_access", "resource_access", "scope", "email_verified"),
        *("clientHost", "clientAddress", "client_id", "preferred_username"),
    }
    assert claims["iss"] == upstream.issuer
    assert claims["aud"] == "account"
    assert claims["sub"] == upstream.clients.get_service_account_id(client.uuid)
    assert claims["typ"] == "Bearer"
    assert claims["azp"] == claims["client_id"] == client.client_id
    assert claims["acr"] == "1"
    assert set(claims["scope"].split()) == {"profile", "email"}
    assert claims["email_verified"] is False
    assert claims["clientHost"] == claims["clientAddress"] == "127.0.0.1"
    assert claims["preferred_username"] == f"service-account-{client.client_id}"
    assert roles_in(claims) == DEFAULT_ROLES
    (owner, access), *others = claims["resource_access"].items()
    assert others == []
    assert {(owner, role) for role in access["roles"]} == ACCOUNT_ROLES


def test_every_token_has_its_own_number(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()

    first, second = (upstream.claims_of(client)["jti"] for _ in range(2))

    assert first != second
    assert first.startswith("trrtcc:")


def test_a_token_is_signed_with_a_published_key(
    upstream: Upstream, make_client: MakeClient
) -> None:
    token = upstream.token_of(make_client())
    certs = upstream.http.get(f"{upstream.oidc}/certs", timeout=TIMEOUT).json()

    signed = jwt.decode(token, KeySet.import_key_set(certs), algorithms=["RS256"])

    assert signed.header["typ"] == "JWT"
    assert signed.claims == claims_in(token)


def test_roles_are_in_the_token(upstream: Upstream, make_client: MakeClient) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader", staging=["access-datasets"])

    claims = upstream.claims_of(client)

    assert roles_in(claims) == {*DEFAULT_ROLES, "audit-reader"}
    assert claims["resource_access"]["staging"]["roles"] == ["access-datasets"]
    assert set(claims["aud"]) == {"account", "staging"}


def test_roles_inside_others_are_in_the_token(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "visualization-team")

    claims = upstream.claims_of(client)

    assert roles_in(claims) == {
        *(*DEFAULT_ROLES, "visualization-team"),
        *("reports-reader", "reports-editor"),
    }
    assert set(claims["resource_access"]["production"]["roles"]) == {
        *("access-datasets", "administer-dashboards"),
    }


def test_without_full_scope_roles_are_not_in_the_token(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.give_roles(client, "audit-reader")
    body = {"fullScopeAllowed": False, "serviceAccountsEnabled": True}
    upstream.admin("PUT", "clients", client.uuid, json=body)

    claims = upstream.claims_of(client)

    assert "realm_access" not in claims
    assert "resource_access" not in claims
    assert "aud" not in claims


def test_the_default_lifespan_is_the_realms(
    upstream: Upstream, make_client: MakeClient
) -> None:
    defaults = upstream.realm.get_defaults()

    assert lifespan_of(upstream, make_client()) == defaults.access_token_lifespan


@pytest.mark.parametrize(
    ("own", "issued"),
    [(1, 1), (900, 900), (35999, 35999), (LIMIT, LIMIT), (LIMIT + 1, LIMIT)],
)
def test_an_own_lifespan_goes_up_to_the_realms_limit(
    upstream: Upstream, make_client: MakeClient, own: int, issued: int
) -> None:
    client = make_client(access_token_lifespan=own)

    assert upstream.realm.get_defaults().session_limit == LIMIT
    assert lifespan_of(upstream, client) == issued


def test_a_lifespan_that_is_cleared_is_the_default_again(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client(access_token_lifespan=900)

    upstream.clients.update_client(client, changed(client, access_token_lifespan=None))

    read = upstream.clients.get_client(client.uuid)
    assert read.access_token_lifespan is None
    assert LIFESPAN not in read.representation["attributes"]
    assert lifespan_of(upstream, client) == 300


@pytest.mark.parametrize(
    ("text", "issued", "read"),
    [
        ("100000", LIMIT, 100000),
        ("2147483647", LIMIT, 2147483647),
        ("-1", LIMIT, -1),
        ("-5", -5, -5),
        ("0", 0, 0),
        ("+60", 60, 60),
        ("007", 7, 7),
        (" ", 300, None),
    ],
)
def test_an_odd_number_is_taken_at_its_word(
    upstream: Upstream, make_client: MakeClient, text: str, issued: int, read: int
) -> None:
    client = make_client()

    upstream.set_attribute(client, LIFESPAN, text)

    assert upstream.clients.get_client(client.uuid).access_token_lifespan == read
    assert lifespan_of(upstream, client) == issued


@pytest.mark.parametrize("text", ["abc", " 900", "1_000", "1.5", "2147483648"])
def test_text_that_is_no_number_breaks_every_token_request(
    upstream: Upstream, make_client: MakeClient, text: str
) -> None:
    client = make_client()

    upstream.set_attribute(client, LIFESPAN, text)

    answer = upstream.ask_token(client.client_id, upstream.secret_of(client))
    assert answer.status_code == 500
    assert answer.json() == UNKNOWN_ERROR


def test_a_broken_lifespan_is_mended_by_an_update(
    upstream: Upstream, make_client: MakeClient
) -> None:
    client = make_client()
    upstream.set_attribute(client, LIFESPAN, "abc")
    broken = upstream.clients.get_client(client.uuid)

    upstream.clients.update_client(broken, changed(broken, access_token_lifespan=60))

    assert broken.access_token_lifespan is None
    assert lifespan_of(upstream, client) == 60
