"""What the matrix is tried on: people, objects, and the forms that they send."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from apiclients.bulk import runs
from apiclients.models import BulkAction
from console.access import Actor
from tests.architecture.addresses import list_addresses
from tests.factories import make_entry, make_indexed_client
from tests.people import sign_in
from tests.sandbox_control import SandboxControl, new_operation
from tests.screens.apiclients_permissions.roles import role_id
from tests.screens.apiclients_tokens.asking import as_token
from tests.screens.authorization.lines import Line
from tests.screens.browser import Form, find_form
from tests.screens.clusters.clusters import ANALYTICS, address, confirmation

IDLE, OLD = timedelta(minutes=16), timedelta(hours=9)
ASSIGNABLE = "reports-reader"  # which settings list as delegable
BEYOND = "reports-editor"
SESSIONS = {
    "account": "account-admin",
    "clients": "client-admin",
    "beyond": "client-admin",
    "lost": "client-admin",
    "visitor": "visitor",
}
# What is typed into the forms; what else there is comes from their pages.
TYPED: dict[str, dict[str, str]] = {
    "console:theme": {"theme": "dark"},
    "apiclients:create": {"lifespan_choice": "default"},
    "apiclients:bulk": {"action": "disable"},
    "apiclients:bulk-run": {"reason": "Not used"},
    "apiclients:settings": {"description": "Changed"},
    "apiclients:token-inspect": {"token": as_token({"alg": "RS256"}, {"sub": "x"})},
    "audit:export": {"format": "csv"},
    "audit:release": {"reason": "Looked it up"},
}
ARGUMENTS = {address.name: address.arguments for address in list_addresses()}


@dataclass(frozen=True)
class Target:
    """An address with the object that it is about, if any."""

    path: str
    thing: str = ""  # the object's id
    name: str = ""


class Stage:
    def __init__(self, keycloak: SandboxControl, people: Mapping[str, Actor]) -> None:
        self.keycloak = keycloak
        self.people = people

    def browsers(self, column: str) -> list[Client]:
        """Of such a person; several where there are several such."""
        if column == "nobody":
            return [Client()]
        if column == "over":
            person = self.people["client-admin"]
            return [
                sign_in(Client(), person, seconds_ago=age.total_seconds())
                for age in (IDLE, OLD)
            ]
        return [self.signed_in(SESSIONS[column])]

    def signed_in(self, username: str) -> Client:
        return sign_in(Client(), self.people[username])

    def target(self, name: str, column: str) -> Target:
        """One that is there, made for this column alone."""
        kind = kind_of(name)
        if kind == "client":
            beyond = [BEYOND] if column == "beyond" else []
            return self.to(name, *self.make_client(name, f"svc-{column}", beyond))
        if kind == "run":
            owner = self.people[SESSIONS.get(column, "client-admin")]
            return self.to(name, str(self.make_run(owner)))
        if kind == "entry":
            return self.to(name, str(make_entry().id))
        return self.to(name, ANALYTICS if kind == "cluster" else "")

    def to(self, name: str, thing: str = "", called: str = "") -> Target:
        in_path = [thing] if ARGUMENTS[name] else None
        return Target(reverse(name, args=in_path), thing, called)

    def make_client(
        self, url_name: str, client_id: str, roles: list[str]
    ) -> tuple[str, str]:
        """Of a column there may be several, so each has a name of its own."""
        client_id = f"{client_id}-{uuid4().hex[:8]}"
        uuid = self.keycloak.add_client(client_id, enabled="enable" not in url_name)
        if url_name == "apiclients:permission-remove":
            roles = [*roles, ASSIGNABLE]
        if roles:
            self.keycloak.give_roles(f"service-account-{client_id}", realm=roles)
        make_indexed_client(client_id, uuid=uuid)
        return uuid, client_id

    def make_run(self, owner: Actor) -> Any:
        uuid, _ = self.make_client("", f"svc-{uuid4()}", [])
        return runs.choose_clients([uuid], BulkAction.DISABLE, actor=owner).pk

    def form(self, line: Line) -> dict[str, Any]:
        """As it is sent by somebody who may."""
        if line.name == "clusters:restart":
            return self._restart(line)
        if line.method == "GET":
            return {}
        typed: dict[str, Any] = dict(TYPED.get(line.name, {}))
        if line.name == "apiclients:permissions-assign":
            typed["roles"] = role_id(ASSIGNABLE)
        if line.name == "apiclients:permission-remove":
            typed["role"] = role_id(ASSIGNABLE)
        if line.name == "apiclients:settings":
            typed = self._settings() | typed
        return typed

    def _settings(self) -> dict[str, Any]:
        """With the version of a client as they all are."""
        target = self.target("apiclients:settings", "template")
        page = self.signed_in("account-admin").get(target.path)
        soup = BeautifulSoup(page.content, "html.parser")
        return dict(find_form(soup, "Save").values)

    def _restart(self, line: Line) -> dict[str, Any]:
        owner = self.signed_in("account-admin")
        if line.method == "POST":
            return dict(confirmation(owner).values)
        soup = BeautifulSoup(owner.get(address("flags")).content, "html.parser")
        dialog: Form = find_form(soup, "OK")
        return {**dialog.values, "wanted": "oauth2"}

    def send(
        self, browser: Client, line: Line, target: Target, form: Mapping[str, Any]
    ) -> Any:
        """The answer, read to its end."""
        sent = dict(form)
        if line.method == "POST":
            sent |= {"operation": new_operation(), "confirm": target.name}
            if line.name == "apiclients:create":
                sent["client_id"] = f"svc-{uuid4()}"
            if line.name == "apiclients:bulk":
                sent["clients"] = target.thing
        response = getattr(browser, line.method.lower())(target.path, sent)
        if response.streaming:
            b"".join(response.streaming_content)
        return response


def kind_of(name: str) -> str:
    """What the address, or the form that is sent there, is about."""
    if name == "apiclients:bulk":
        return "client"
    in_path = ARGUMENTS[name]
    if "uuid" in in_path:
        return "run" if name.startswith("apiclients:bulk") else "client"
    return next((a.removesuffix("_id") for a in in_path), "")
