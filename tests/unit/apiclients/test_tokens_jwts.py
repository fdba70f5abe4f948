"""Taking a token apart, whatever it is."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import RSAKey

from apiclients.jwts import NotATokenError, Signature, decode, inspect

KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
KEYS = {"keys": [KEY.as_dict(private=False)]}
CLAIMS = {
    "iat": 1_800_000_000,
    "exp": 1_800_000_300,
    "azp": "svc-reports",
    "realm_access": {"roles": ["reader"]},
    "resource_access": {"production": {"roles": ["a", "b"]}, "staging": {"roles": []}},
}


def signed(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_token_is_taken_apart() -> None:
    found = inspect(signed(CLAIMS), KEYS)

    assert found.signature is Signature.VALID
    assert found.client_id == "svc-reports"
    assert found.lifetime == 300
    assert found.roles == ["Organization: reader", "production: a", "production: b"]
    assert json.loads(found.header) == {"alg": "RS256", "kid": "k1", "typ": "JWT"}
    assert json.loads(found.claims) == CLAIMS
    assert '    "production": {"roles": ["a", "b"]},' in found.claims.splitlines()


@pytest.mark.parametrize(
    "token",
    [
        signed(CLAIMS, OTHER),
        f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
        f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(CLAIMS)}.c2ln",
        f"{part({'alg': 'RS256', 'kid': 'k2'})}.{part(CLAIMS)}.c2ln",
        f"{part({'alg': 5})}.{part(CLAIMS)}.c2ln",
        f"{part({})}.{part(CLAIMS)}.!",
        f"{part({'alg': 'RS256', 'crit': ['x']})}.{part(CLAIMS)}.c2ln",
    ],
)
def test_what_the_organization_did_not_sign_is_foreign(token: str) -> None:
    assert inspect(token, KEYS).signature is Signature.FOREIGN


def test_keys_for_encryption_are_left_out() -> None:
    keys = {"keys": [{"kty": "strange", "use": "enc"}, *KEYS["keys"]]}

    assert inspect(signed(CLAIMS), keys).signature is Signature.VALID


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": [{}]}, {"keys": ["x"]}])
def test_keys_that_make_no_sense_prove_nothing(keys: Any) -> None:
    assert inspect(signed(CLAIMS), keys).signature is not Signature.VALID


def test_without_keys_the_signature_is_not_judged() -> None:
    assert inspect(signed(CLAIMS), None).signature is Signature.UNCHECKED


def test_a_token_that_has_expired_has_no_time_left() -> None:
    found = inspect(signed({"iat": 1, "exp": 2}), None)

    assert (found.seconds_left, found.lifetime) == (0, 1)


@given(st.text())
def test_any_text_is_a_token_or_is_said_to_be_none(text: str) -> None:
    with suppress(NotATokenError):
        inspect(text, KEYS)


@given(
    st.dictionaries(
        st.sampled_from([*CLAIMS, "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_any_claims_are_shown(claims: dict[str, Any]) -> None:
    found = inspect(f"{part({'alg': 'RS256'})}.{part(claims)}.c2ln", None)

    assert found.claims.startswith("{")
    assert isinstance(found.roles, list)


def test_half_a_surrogate_pair_in_a_claim_can_be_shown() -> None:
    token = f"{part({'alg': 'RS256'})}.{part({'scope': chr(0xD800)})}.c2ln"

    found = inspect(token, None)

    assert found.claims.encode() == b'{\n  "scope": "\xef\xbf\xbd"\n}'


@pytest.mark.parametrize("depth", [10_000])
def test_a_deep_token_is_none(depth: int) -> None:
    deep = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")

    with pytest.raises(NotATokenError):
        decode(f"{deep}.{deep}.x")
