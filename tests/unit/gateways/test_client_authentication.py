"""How the console proves which client it is."""

import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateways.client_authentication import (
    ASSERTION_TYPE,
    ByPrivateKey,
    BySecret,
    by_secret_or_key,
    read_private_key,
)

ISSUER = "https://id.example/realms/acme"


Key = RSAKey | ECKey | OKPKey


def pem(key: Key, *, private: bool = True) -> str:
    return key.as_pem(private=private).decode()


def test_a_secret_is_sent_as_it_is_and_never_shown() -> None:
    found = by_secret_or_key("console", "s3cret", audience=ISSUER)

    assert found.form() == {"client_id": "console", "client_secret": "s3cret"}
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSAKey.generate_key(2048), "RS256"), (ECKey.generate_key("P-256"), "ES256")],
    ids=["RSA", "P-256"],
)
def test_a_key_signs_a_short_lived_assertion_for_the_realm(
    key: Key, algorithm: str
) -> None:
    found = by_secret_or_key("console", f"\n{pem(key)}", audience=ISSUER)

    form = found.form()

    assert form.keys() == {"client_id", "client_assertion_type", "client_assertion"}
    assert form["client_assertion_type"] == ASSERTION_TYPE
    token = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
    assert token.header["kid"] == key.thumbprint()
    assert token.claims["iss"] == token.claims["sub"] == form["client_id"] == "console"
    assert token.claims["aud"] == ISSUER
    assert 0 < token.claims["exp"] - time.time() <= 60
    assert pem(key).splitlines()[1] not in repr(found)


def test_no_assertion_is_used_twice() -> None:
    proof = ByPrivateKey("console", pem(RSAKey.generate_key(2048)), ISSUER)

    assert proof.form()["client_assertion"] != proof.form()["client_assertion"]


@pytest.mark.parametrize(
    "text",
    [
        pem(RSAKey.generate_key(2048), private=False),
        pem(OKPKey.generate_key("Ed25519")),
        "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----",
    ],
    ids=["public", "Ed25519", "nonsense"],
)
def test_what_does_not_sign_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="not an RSA or P-256") as caught:
        read_private_key(text)

    assert text not in str(caught.value)


def test_one_of_each_is_never_mistaken_for_the_other() -> None:
    assert isinstance(by_secret_or_key("c", "BEGIN", audience=ISSUER), BySecret)
