"""A form takes its own fields, and nothing else that Keycloak knows of a client."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from gateways import configured
from tests.sandbox_control import SandboxControl
from tests.screens.apiclients.changes import (
    CREATE,
    DELETE,
    DISABLE,
    ENABLE,
    REGENERATE,
    UPDATE,
    Change,
)

# Keycloak's ClientRepresentation, all of it but what the forms have fields for.
FIELDS = {
    **dict.fromkeys(
        [
            *("alwaysDisplayInConsole", "authorizationServicesEnabled", "bearerOnly"),
            *("consentRequired", "directAccessGrantsEnabled", "frontchannelLogout"),
            *("directGrantsOnly", "implicitFlowEnabled", "publicClient"),
            *("standardFlowEnabled", "surrogateAuthRequired", "useTemplateConfig"),
            *("useTemplateMappers", "useTemplateScope"),
        ],
        "true",
    ),
    **dict.fromkeys(["fullScopeAllowed", "serviceAccountsEnabled"], "false"),
    **dict.fromkeys(
        [
            *("id", "uuid", "clientId", "name", "type", "secret", "client_secret"),
            *("registrationAccessToken", "protocol", "origin", "clientTemplate"),
            *("clientAuthenticatorType", "rootUrl", "adminUrl", "baseUrl"),
            *("redirectUris", "webOrigins", "defaultRoles", "defaultClientScopes"),
            *("optionalClientScopes", "protocolMappers", "access", "notBefore"),
            *("nodeReRegistrationTimeout", "registeredNodes", "attributes"),
            *("authenticationFlowBindingOverrides", "authorizationSettings"),
            *("realm_roles", "client_roles", "realmRoles", "clientRoles", "groups"),
            *("access_token_lifespan", "attributes.access.token.lifespan"),
            *("attributes[console.intent]", "console.owner", "console.intent"),
            *("client.secret.creation.time", "jwks.url", "use.jwks.url", "tls.client"),
            *("token.response.type.bearer.lower-case", "standard.token.exchange"),
            *("attributes[oauth2.device.authorization.grant.enabled]",),
        ],
        "foreign",
    ),
}
# These differ from one client to the next.
OF_ITS_OWN = {"id", "clientId"}
OF_THE_MOMENT = {"client.secret.creation.time", "console.intent"}


def representation(client_id: str) -> dict[str, Any]:
    client = configured.clients().find_client(client_id)
    assert client is not None
    found = {k: v for k, v in client.representation.items() if k not in OF_ITS_OWN}
    attributes = found.get("attributes") or {}
    found["attributes"] = {
        name: value for name, value in attributes.items() if name not in OF_THE_MOMENT
    }
    return found


def made(browser: Client, change: Change, uuid: str, more: dict[str, str]) -> Any:
    address, values = change.open(browser, uuid)
    own = {"client_id": f"svc-{uuid4()}"} if change.creates else {}
    response = browser.post(address, {**more, **values, **own})
    return representation(own.get("client_id", "svc-reports")), response.status_code


def test_there_are_many_of_them() -> None:
    assert len(FIELDS) >= 60


@pytest.mark.parametrize(
    "change", [CREATE, UPDATE, DISABLE, ENABLE, REGENERATE], ids=str
)
def test_foreign_fields_reach_no_payload(
    admin: Client, keycloak: SandboxControl, reports: str, change: Change
) -> None:
    before = representation("svc-reports")
    keycloak.forget_calls()

    found = made(admin, change, reports, FIELDS)

    assert keycloak.writes() == change.calls(reports)
    assert "foreign" not in str(found)
    keycloak.remove_client(reports)
    again = keycloak.add_client("svc-reports", **before)
    assert found == made(admin, change, again, {})


def test_foreign_fields_change_nothing_about_a_deletion(
    admin: Client, keycloak: SandboxControl, reports: str
) -> None:
    other = keycloak.add_client("svc-other")
    address, values = DELETE.open(admin, reports)

    response = admin.post(address, {**FIELDS, "id": other, "uuid": other, **values})

    assert response.status_code == 302
    assert keycloak.writes() == DELETE.calls(reports)


@pytest.mark.parametrize("name", ["permissions-assign", "permission-remove"])
def test_foreign_fields_assign_no_role(
    admin: Client, keycloak: SandboxControl, reports: str, name: str
) -> None:
    address = reverse(f"apiclients:{name}", args=[reports])

    admin.post(address, {**FIELDS, "operation": str(uuid4())})

    assert keycloak.writes() == []
