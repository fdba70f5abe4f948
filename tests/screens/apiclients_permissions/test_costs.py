"""What the Client Permissions and Tokens tabs may ask of Keycloak and the database."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.sandbox_control import SandboxControl

BUDGETS = {"permissions": 3, "permissions-assign": 3, "tokens": 2, "token-revoke": 2}


@pytest.mark.parametrize(("page", "calls"), BUDGETS.items())
def test_a_tab_stays_within_its_budget(
    admin: Client, keycloak: SandboxControl, reports: str, page: str, calls: int
) -> None:
    keycloak.give_roles(
        "service-account-svc-reports",
        realm=["visualization-team", "audit-reader"],
        client={"production": ["manage-clusters"], "staging": ["access-datasets"]},
    )
    address = reverse(f"apiclients:{page}", args=[reports])
    admin.get(address)
    keycloak.forget_calls()

    with CaptureQueriesContext(connection) as queries:
        response = admin.get(address)

    assert response.status_code == 200
    assert len(keycloak.calls()) <= calls, keycloak.calls()
    asked = [
        query["sql"]
        for query in queries
        if not re.match("SAVEPOINT|RELEASE", str(query["sql"]))
    ]
    assert len(asked) <= 8, asked
