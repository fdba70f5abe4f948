"""A secret that never prints itself."""

import copy
import json
import logging
import pickle
from dataclasses import FrozenInstanceError

import pytest

from gateways.keycloak.models import ClientSecret

CANARY = "canary-3c1d77"
STARS = "************"


@pytest.fixture
def secret() -> ClientSecret:
    return ClientSecret(CANARY)


def test_its_value_is_there_for_whoever_asks(secret: ClientSecret) -> None:
    assert secret.value == CANARY
    assert secret == ClientSecret(CANARY)
    assert secret != ClientSecret("another")


def test_no_way_of_printing_it_shows_it(secret: ClientSecret) -> None:
    assert str(secret) == STARS
    assert f"{secret}" == STARS
    assert f"{secret!s}" == STARS
    assert format(secret) == STARS
    assert f"{secret}" == STARS
    assert "%s" % secret == STARS  # noqa: UP031
    assert repr(secret) == "ClientSecret()"
    assert f"{secret!r}" == "ClientSecret()"
    assert repr([secret]) == "[ClientSecret()]"
    assert ascii({"secret": secret}) == "{'secret': ClientSecret()}"


def test_a_format_that_means_nothing_is_an_error(secret: ClientSecret) -> None:
    with pytest.raises(TypeError):
        format(secret, ">20")


def test_a_log_line_does_not_show_it(
    secret: ClientSecret, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("test").warning("%s %r", secret, secret)

    assert CANARY not in caplog.text
    assert STARS in caplog.text


def test_it_is_not_json(secret: ClientSecret) -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"secret": secret})

    assert CANARY not in str(caught.value)
    assert json.dumps(secret, default=str) == f'"{STARS}"'


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_stored(secret: ClientSecret, protocol: int) -> None:
    with pytest.raises(TypeError, match="a client secret is not stored"):
        pickle.dumps(secret, protocol)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_it_is_not_copied(secret: ClientSecret, duplicate: object) -> None:
    assert callable(duplicate)
    with pytest.raises(TypeError, match="a client secret is not stored"):
        duplicate(secret)


def test_it_has_no_dictionary_that_would_show_it(secret: ClientSecret) -> None:
    with pytest.raises(TypeError):
        vars(secret)


def test_it_does_not_change(secret: ClientSecret) -> None:
    with pytest.raises(FrozenInstanceError):
        secret.value = "other"  # type: ignore[misc]


def test_an_error_about_it_does_not_show_it(secret: ClientSecret) -> None:
    with pytest.raises(AttributeError) as caught:
        secret.plain  # type: ignore[attr-defined]  # noqa: B018

    assert CANARY not in str(caught.value)


def test_it_is_read_from_an_answer() -> None:
    answer = {"type": "secret", "value": CANARY}

    assert ClientSecret.from_json(answer).value == CANARY


@pytest.mark.parametrize("value", [None, "", 5, ["a"], {"value": "a"}, True])
def test_an_answer_without_a_secret_has_no_value(value: object) -> None:
    with pytest.raises(ValueError, match="no secret"):
        ClientSecret.from_json({"value": value})


def test_an_answer_of_another_kind_has_no_value() -> None:
    with pytest.raises(KeyError):
        ClientSecret.from_json({"type": "secret"})
