"""Where the endpoints are, and the keys behind the signatures."""

import pytest
from joserfc.jwk import KeySet

from tests.contract.support import TIMEOUT, Upstream

ENDPOINTS = {
    "authorization_endpoint": "auth",
    "token_endpoint": "token",
    "userinfo_endpoint": "userinfo",
    "end_session_endpoint": "logout",
    "jwks_uri": "certs",
}
OFFERED = {
    "response_types_supported": {"code"},
    "grant_types_supported": {"authorization_code", "client_credentials"},
    "subject_types_supported": {"public"},
    "id_token_signing_alg_values_supported": {"RS256"},
    "token_endpoint_auth_methods_supported": {
        "client_secret_post",
        "client_secret_basic",
    },
    "code_challenge_methods_supported": {"S256"},
    "scopes_supported": {"openid", "profile", "email"},
    "claims_supported": {"iss", "sub", "aud", "name", "preferred_username", "email"},
    "response_modes_supported": {"query"},
}


def test_where_everything_is(upstream: Upstream) -> None:
    address = f"{upstream.issuer}/.well-known/openid-configuration"

    answer = upstream.http.get(address, timeout=TIMEOUT)

    found = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert found["issuer"] == upstream.issuer
    assert {name: found[name] for name in ENDPOINTS} == {
        name: f"{upstream.oidc}/{end}" for name, end in ENDPOINTS.items()
    }
    assert found["authorization_response_iss_parameter_supported"] is True


@pytest.mark.parametrize("name", OFFERED)
def test_what_is_offered(upstream: Upstream, name: str) -> None:
    address = f"{upstream.issuer}/.well-known/openid-configuration"

    found = upstream.http.get(address, timeout=TIMEOUT).json()

    assert OFFERED[name] <= set(found[name])


def test_another_realm_has_no_endpoints(upstream: Upstream) -> None:
    address = f"{upstream.base_url}/realms/southwind/.well-known/openid-configuration"

    answer = upstream.http.get(address, timeout=TIMEOUT)

    assert answer.status_code == 404
    assert answer.json() == {"error": "Realm does not exist"}


def test_there_is_one_key_for_signatures(upstream: Upstream) -> None:
    certs = upstream.http.get(f"{upstream.oidc}/certs", timeout=TIMEOUT).json()

    (key,) = (key for key in certs["keys"] if key["use"] == "sig")
    assert (key["kty"], key["alg"], key["e"]) == ("RSA", "RS256", "AQAB")
    assert {"kid", "n"} <= key.keys()
    assert "d" not in key
    assert KeySet.import_key_set(certs).get_by_kid(key["kid"])
