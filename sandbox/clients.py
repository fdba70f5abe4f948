"""Keycloak's rules for making and changing clients, pitfalls included."""

import secrets
import string
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from sandbox.builtin import DEFAULT_SCOPES, OPTIONAL_SCOPES
from sandbox.messages import HttpError, described_error, error, unknown_error
from sandbox.model import Client, JsonObject, User
from sandbox.realm import Realm, service_account_name
from sandbox.representations import CLIENT_FIELDS

CREATED = "client.secret.creation.time"
SERVICE_ACCOUNT_SCOPE = "service_account"
# Known to Keycloak, without meaning here.
_IGNORED = frozenset({"id", "access", "registrationAccessToken", "origin"})
_SCOPES = {
    "defaultClientScopes": DEFAULT_SCOPES,
    "optionalClientScopes": OPTIONAL_SCOPES,
}
# Kept as they are by an update, or treated on their own.
_NOT_MERGED = frozenset({"secret", "attributes", *_SCOPES})
_LONGEST = 255
_DEFAULTS: Mapping[str, Any] = {
    "surrogateAuthRequired": False,
    "enabled": True,
    "alwaysDisplayInConsole": False,
    "clientAuthenticatorType": "client-secret",
    "redirectUris": [],
    "notBefore": 0,
    "bearerOnly": False,
    "consentRequired": False,
    "standardFlowEnabled": True,
    "implicitFlowEnabled": False,
    "directAccessGrantsEnabled": False,
    "serviceAccountsEnabled": False,
    "publicClient": False,
    "frontchannelLogout": False,
    "protocol": "openid-connect",
    "authenticationFlowBindingOverrides": {},
    "fullScopeAllowed": True,
    "nodeReRegistrationTimeout": -1,
}


def new_secret() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(86))


def checked(data: object) -> JsonObject:
    """A client representation without fields that are null. Raises HttpError."""
    if data is None:
        raise unknown_error()
    if not isinstance(data, dict):
        raise described_error(400, "unknown_error", "Cannot parse the JSON")
    for name in data:
        if name not in CLIENT_FIELDS and name not in _IGNORED:
            raise error(
                400,
                "Invalid json representation for ClientRepresentation. "
                f'Unrecognized field "{name}" at line 1 column 1.',
            )
    for name, value in data.items():
        kind = dict if name == "attributes" else type(_DEFAULTS.get(name))
        if kind in {bool, dict} and not isinstance(value, kind | None):
            raise described_error(400, "unknown_error", "Cannot parse the JSON")
    client_id = data.get("clientId")
    if client_id is not None and not str(client_id).strip():
        raise described_error(400, "invalid_input", "Client ID cannot be blank")
    # The columns are that wide, and the database is the only one who checks.
    for name in ("clientId", "name", "description"):
        if len(str(data.get(name) or "")) > _LONGEST:
            raise unknown_error()
    return {name: value for name, value in data.items() if value is not None}


def new_client(data: JsonObject, *, now: float, client_uuid: str = "") -> Client:
    """A client from a checked representation, with Keycloak's defaults."""
    identifier = client_uuid or data.get("id") or str(uuid.uuid4())
    fields = {**_DEFAULTS, "clientId": identifier, **data}
    for name in (*_IGNORED, "secret"):
        fields.pop(name, None)
    fields.setdefault("webOrigins", _origins(fields["redirectUris"]))
    # Who names scopes of one kind gets none of the other by itself.
    named = not data.keys().isdisjoint(_SCOPES)
    for kind, scopes in _SCOPES.items():
        fields.setdefault(kind, [] if named else scopes)
    attributes = {"realm_client": "false", **_filled(data.get("attributes", {}))}
    if "protocol" in data:
        attributes.setdefault("backchannel.logout.session.required", "true")
        attributes.setdefault("backchannel.logout.revoke.offline.tokens", "false")
    client = Client(identifier, {**fields, "attributes": attributes})
    return _with_secret(client, data.get("secret"), now)


def create(realm: Realm, data: JsonObject, *, now: float) -> Client:
    """Add a client and its service account. Raises HttpError."""
    client = new_client(data, now=now)
    taken = realm.client_by_id(client.client_id)
    if taken or (_wants_account(client) and _account_name_taken(realm, client)):
        text = f"Client {client.client_id} already exists"
        raise HttpError(409, {"errorMessage": text})
    realm.put_client(client)
    settle_service_account(realm, client, now=now)
    return realm.clients[client.uuid]


def update(realm: Realm, client: Client, data: JsonObject, *, now: float) -> None:
    """Merge a checked representation into a client. Raises HttpError."""
    new_id = data.get("clientId", client.client_id)
    account = realm.service_account(client)
    if new_id != client.client_id:
        holder = realm.user_by_name(service_account_name(new_id)) if account else None
        if realm.client_by_id(new_id) or holder not in {None, account}:
            raise described_error(409, "conflict", "Duplicate resource error")
    merged = {
        name: value
        for name, value in data.items()
        if name not in _NOT_MERGED and name not in _IGNORED
    }
    attributes = _filled({**client.attributes, **data.get("attributes", {})})
    changed = client.with_data(**merged, attributes=attributes)
    # A secret in an update is taken at its word, and its age stays what it was.
    realm.put_client(_with_secret(changed, data.get("secret", client.secret), now))
    if account and new_id != client.client_id:
        realm.put_user(replace(account, username=service_account_name(new_id)))
    settle_service_account(realm, changed, now=now)


def settle_service_account(realm: Realm, client: Client, *, now: float) -> None:
    """Make or remove the account and the scope that the client's flag asks for."""
    account = realm.service_account(client)
    wanted = _wants_account(client)
    if wanted and not account:
        if len(service_account_name(client.client_id)) > _LONGEST:
            realm.remove_client(client)
            raise unknown_error()
        realm.put_user(_service_account(realm, client, now))
    elif account and not wanted:
        realm.remove_user(account)
    client = realm.clients[client.uuid]
    scopes = [name for name in client.scopes if name != SERVICE_ACCOUNT_SCOPE]
    if wanted:
        scopes.insert(1, SERVICE_ACCOUNT_SCOPE)
    realm.put_client(client.with_data(defaultClientScopes=scopes))


def regenerate_secret(realm: Realm, client: Client, *, now: float) -> Client:
    attributes = {**client.attributes, CREATED: str(int(now))}
    fresh = replace(client.with_data(attributes=attributes), secret=new_secret())
    realm.put_client(fresh)
    return fresh


def _with_secret(client: Client, secret: str | None, now: float) -> Client:
    if client.has("publicClient") or client.has("bearerOnly"):
        return replace(client, secret=None)
    if secret is not None:
        return replace(client, secret=secret)
    attributes = {**client.attributes, CREATED: str(int(now))}
    return replace(client.with_data(attributes=attributes), secret=new_secret())


def _wants_account(client: Client) -> bool:
    return client.has("serviceAccountsEnabled")


def _account_name_taken(realm: Realm, client: Client) -> bool:
    return realm.user_by_name(service_account_name(client.client_id)) is not None


def _service_account(realm: Realm, client: Client, now: float) -> User:
    return User(
        id=str(uuid.uuid4()),
        username=service_account_name(client.client_id),
        created_at=int(now * 1000),
        client=client.uuid,
        roles=realm.default_roles(),
    )


def _filled(attributes: Mapping[str, object]) -> dict[str, str]:
    """An attribute that is null or blank is removed."""
    texts = {k: "" if v is None else str(v) for k, v in attributes.items()}
    return {name: text for name, text in texts.items() if text.strip()}


def _origins(redirect_uris: list[str]) -> list[str]:
    parts = (urlsplit(uri) for uri in redirect_uris)
    found = (f"{p.scheme}://{p.netloc}" for p in parts if p.scheme in {"http", "https"})
    return list(dict.fromkeys(found))
