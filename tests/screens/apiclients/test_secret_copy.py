"""Copying the secret: the answer to a script, never a page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Action, Outcome
from tests.sandbox_control import SandboxControl
from tests.screens.records import assert_recorded, only_entry


@pytest.fixture
def address(reports: str) -> str:
    return reverse("apiclients:secret-copy", args=[reports])


def test_secret_copy_answers_with_the_secret_and_records_it(
    admin: Client, keycloak: SandboxControl, reports: str, address: str
) -> None:
    response = admin.post(address)

    assert response["Content-Type"] == "application/json"
    assert response.json() == {"client_secret": keycloak.secret(reports)}
    assert keycloak.writes() == []
    entry = only_entry()
    assert_recorded(entry, Action.SECRET_COPY, Outcome.SUCCEEDED, name="svc-reports")
    assert entry.summary == "Copied the secret of <b>svc-reports</b>"
    assert entry.object_id == reports


def test_secret_copy_is_stored_nowhere(admin: Client, address: str) -> None:
    assert "no-store" in admin.post(address)["Cache-Control"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"action": "status", "status": 403}, 502),
        ({"action": "status", "status": 500}, 503),
        ({"action": "drop_after"}, 503),
        ({"action": "garbage"}, 502),
    ],
    ids=lambda value: str(value),
)
def test_secret_copy_without_an_answer_is_recorded_as_failed(
    admin: Client,
    keycloak: SandboxControl,
    hasty: None,
    address: str,
    fault: dict[str, Any],
    status: int,
) -> None:
    keycloak.fail("GET", "client-secret$", **fault)

    response = admin.post(address)

    assert response.status_code == status
    assert "Nothing was changed" in response.text
    entry = only_entry()
    assert_recorded(entry, Action.SECRET_COPY, Outcome.FAILED, name="svc-reports")
    assert entry.summary == "Tried to copy the secret of <b>svc-reports</b>"
