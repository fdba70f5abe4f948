"""Telling secrets and states apart without keeping them."""

import re
from dataclasses import replace
from typing import Any

import pytest

from apiclients.fingerprints import fingerprint, version_of
from gateways.keycloak.models import ClientChange, ClientSecret

CHANGE = ClientChange(
    description="Reports", owner="data", enabled=True, access_token_lifespan=900
)


def test_a_fingerprint_is_twelve_digits_in_three_groups() -> None:
    made = fingerprint(ClientSecret("s3cret"))

    assert re.fullmatch(r"[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}", made)


def test_the_same_secret_has_the_same_fingerprint_and_another_has_another() -> None:
    assert fingerprint(ClientSecret("s3cret")) == fingerprint(ClientSecret("s3cret"))
    assert fingerprint(ClientSecret("s3cret")) != fingerprint(ClientSecret("S3cret"))


def test_without_the_key_a_fingerprint_proves_nothing(settings: Any) -> None:
    before = fingerprint(ClientSecret("s3cret"))
    settings.FINGERPRINT_KEY = "another"

    assert fingerprint(ClientSecret("s3cret")) != before


def test_a_fingerprint_holds_nothing_of_the_secret() -> None:
    made = fingerprint(ClientSecret("deadbeefdeadbeef"))

    assert "dead" not in made
    assert "beef" not in made


def test_secrets_of_any_text_have_one() -> None:
    assert fingerprint(ClientSecret("ключ 🔑 \n"))


def test_the_same_values_are_the_same_version() -> None:
    assert version_of(CHANGE) == version_of(replace(CHANGE))
    assert len(version_of(CHANGE)) == 16


@pytest.mark.parametrize(
    "other",
    [
        {"description": "Report"},
        {"owner": ""},
        {"enabled": False},
        {"access_token_lifespan": None},
        {"access_token_lifespan": 0},
        {"description": "data", "owner": "Reports"},
        {"description": 'Reports", "data'},
    ],
)
def test_any_other_value_is_another_version(other: dict[str, Any]) -> None:
    assert version_of(replace(CHANGE, **other)) != version_of(CHANGE)
