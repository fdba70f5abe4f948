"""Setting the scene in the sandbox and seeing what reached it."""

from typing import Any, Self
from uuid import uuid4

import requests


class SandboxControl:
    """One running sandbox. What is done here is no call of the console."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def reset(self, clients: int | None = None) -> Self:
        self._control("POST", "reset", {"clients": clients})
        return self

    def add_client(self, client_id: str, **representation: Any) -> str:
        """An API client made elsewhere; its uuid."""
        attributes = {
            "client.secret.creation.time": "1760000000",
            **representation.pop("attributes", {}),
        }
        body = {
            "clientId": client_id,
            "enabled": True,
            "publicClient": False,
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": False,
            "fullScopeAllowed": True,
            "attributes": attributes,
            **representation,
        }
        return str(self._control("POST", "clients", body)["id"])

    def change_client(self, uuid: str, **representation: Any) -> None:
        self._control("PUT", f"clients/{uuid}", representation)

    def remove_client(self, uuid: str) -> None:
        self._control("DELETE", f"clients/{uuid}")

    def secret(self, uuid: str) -> str:
        return str(self._control("GET", f"secret/{uuid}")["value"])

    def give_roles(self, user: str, **roles: Any) -> None:
        self._control(
            "POST", "roles", {"user": user, "realm": [], "client": {}, **roles}
        )

    def define_role(self, name: str, **details: Any) -> str:
        """Make a role elsewhere, or change what it contains; its id."""
        return str(self._control("PUT", "roles", {"name": name, **details})["id"])

    def remove_role(self, name: str, owner: str | None = None) -> None:
        self._control("DELETE", "roles", {"name": name, "owner": owner})

    def fail(self, method: str, path: str, action: str, **details: Any) -> None:
        fault = {"method": method, "path": path, "action": action, **details}
        self._control("POST", "faults", fault)

    def heal(self) -> None:
        self._control("DELETE", "faults")

    def set_updates(self, **how: Any) -> None:
        """How long updates of clusters take, and how they end."""
        self._control("POST", "manager", how)

    def set_clock(self, *, ahead: float) -> None:
        """How many seconds the sandbox is ahead of the real time, until a reset."""
        self._control("POST", "clock", {"offset": ahead})

    def change_cluster(self, name: str, **changes: Any) -> None:
        """Change a cluster elsewhere: in force at once."""
        self._control("POST", f"manager/clusters/{name}", changes)

    def calls(self, *methods: str) -> list[str]:
        """What reached Keycloak since the last `forget_calls`, as "METHOD path"."""
        return [
            f"{call['method']} {call['path']}"
            for call in self._control("GET", "calls")
            if not methods or call["method"] in methods
        ]

    def writes(self) -> list[str]:
        """The changes that reached Keycloak."""
        return [call for call in self.calls() if is_change(call)]

    def reads(self) -> list[str]:
        return self.calls("GET")

    def forget_calls(self) -> None:
        self._control("DELETE", "calls")

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        response = self._http.request(
            method, f"{self.url}/_sandbox/{path}", json=body, timeout=10
        )
        response.raise_for_status()
        return response.json() if response.content else None


def is_change(call: str) -> bool:
    """Signing in and tokens change nothing."""
    harmless = ("openid-connect", "login-actions")
    reads = call.startswith(("GET", "HEAD"))
    return not reads and not any(part in call for part in harmless)


def new_operation() -> str:
    return str(uuid4())
