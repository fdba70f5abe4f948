"""Tokens as their owner gets and uses them, not through the console."""

import base64
import json
from typing import Any

import requests
from django.urls import reverse

from tests.sandbox_control import SandboxControl

CLIENTS = "/auth/admin/realms/northwind/clients"
OIDC = "/auth/realms/northwind/protocol/openid-connect"


def address(name: str, uuid: str) -> str:
    return reverse(f"apiclients:{name}", args=[uuid])


def get_token(
    keycloak: SandboxControl, uuid: str, client_id: str = "svc-reports", **form: str
) -> str:
    answer = requests.post(
        f"{keycloak.url}{OIDC}/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": keycloak.secret(uuid),
            **form,
        },
        timeout=10,
    )
    return str(answer.json()["access_token"])


def ask_userinfo(keycloak: SandboxControl, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"{keycloak.url}{OIDC}/userinfo", headers=headers, timeout=10)
    return answer.status_code


def claims_in(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(f"{payload}==="))
    return found


def as_token(header: Any, claims: Any, signature: str = "c2lnbmF0dXJl") -> str:
    """Something in the shape of a token, signed by nobody."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (header, claims)
    ]
    return ".".join([*parts, signature])
