"""The four shapes of an error; the gateways take the sentence out of each."""

from typing import Any

import pytest

from gateways.errors import ConflictError, InvalidError
from tests.contract.support import (
    CONSOLE_ID,
    EMPTY,
    INTENT,
    TIMEOUT,
    UNKNOWN_ERROR,
    UNKNOWN_UUID,
    Upstream,
)

JSON = "application/json"


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "body"),
    [
        (
            *("POST", "clients", {"json": {"clientId": CONSOLE_ID}}, 409),
            {"errorMessage": f"Client {CONSOLE_ID} already exists"},
        ),
        (
            *("POST", "clients", {"json": {"clientId": ""}}, 400),
            {
                "error": "invalid_input",
                "error_description": "Client ID cannot be blank",
            },
        ),
        (
            *("GET", f"clients/{UNKNOWN_UUID}", {}, 404),
            {"error": "Could not find client"},
        ),
        ("POST", "clients", {"json": {"clientId": "x" * 300}}, 500, UNKNOWN_ERROR),
    ],
    ids=["message", "described", "plain", "unknown"],
)
def test_the_shape_of_an_error(
    upstream: Upstream,
    method: str,
    path: str,
    options: dict[str, Any],
    status: int,
    body: dict[str, str],
) -> None:
    answer = upstream.admin(method, *path.split("/"), **options)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == JSON
    assert answer.json() == body


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("PATCH", "clients", 405, "HTTP 405 Method Not Allowed"),
        ("DELETE", "clients", 405, "HTTP 405 Method Not Allowed"),
        ("GET", "nothing", 404, "HTTP 404 Not Found"),
    ],
)
def test_a_call_that_does_not_exist(
    upstream: Upstream, method: str, path: str, status: int, error: str
) -> None:
    answer = upstream.admin(method, path)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_without_a_token_there_is_no_answer(upstream: Upstream) -> None:
    address = f"{upstream.base_url}/admin/realms/northwind/clients"

    answer = upstream.http.get(address, timeout=TIMEOUT)

    assert answer.status_code == 401
    assert answer.json() == {"error": "HTTP 401 Unauthorized"}


def test_a_conflict_is_explained(upstream: Upstream) -> None:
    with pytest.raises(ConflictError) as caught:
        upstream.clients.create_client(CONSOLE_ID, EMPTY, intent=INTENT)

    assert caught.value.detail == f"Client {CONSOLE_ID} already exists"


def test_an_invalid_value_is_explained(upstream: Upstream) -> None:
    with pytest.raises(InvalidError) as caught:
        upstream.clients.create_client("", EMPTY, intent=INTENT)

    assert caught.value.detail == "Client ID cannot be blank"
