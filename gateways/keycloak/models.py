"""What Keycloak answers, reduced to what the console uses."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

# Attributes of a client, as Keycloak and this console name them.
LIFESPAN = "access.token.lifespan"
SECRET_CREATED = "client.secret.creation.time"  # noqa: S105
OWNER = "console.owner"
INTENT = "console.intent"
ENVIRONMENT = "console.environment"

_SECRET_FIELDS = ("secret", "registrationAccessToken", "access")


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A client's secret, which never prints itself.

    `value` is the only way to it: str(), repr(), format() and pickling do not give it.
    """

    value: str = field(repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        value = data["value"]
        if not isinstance(value, str) or not value:
            raise ValueError("no secret")
        return cls(value)

    def __str__(self) -> str:
        return "************"

    def __reduce__(self) -> str:
        raise TypeError("a client secret is not stored")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An API client's access token, which never prints itself either."""

    value: str = field(repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        value = data["access_token"]
        if not isinstance(value, str) or not value.isascii() or not value.split():
            raise ValueError("no token")
        return cls(value)

    def __str__(self) -> str:
        return "************"

    def __reduce__(self) -> str:
        raise TypeError("an access token is not stored")


@dataclass(frozen=True, slots=True)
class Client:
    """A client as it is in Keycloak now.

    `access_token_lifespan` in seconds, None for the organization's default or where
    Keycloak holds text that is not a number (it then refuses every token request).
    `environment` is its shown name if it stands for one. Tokens issued before
    `not_before` are revoked.
    `representation` is what Keycloak sent, without secrets: an update sends all of it
    back, changed, because leaving out `serviceAccountsEnabled` may delete the service
    account (keycloak ClientResource.updateClientFromRep).
    """

    uuid: str
    client_id: str
    description: str
    owner: str
    enabled: bool
    access_token_lifespan: int | None
    secret_created_at: datetime | None
    full_scope: bool
    uses_client_credentials_only: bool
    environment: str
    not_before: datetime | None
    representation: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        attributes = data.get("attributes") or {}
        return cls(
            uuid=_text(data["id"]),
            client_id=_text(data["clientId"]),
            description=_text(data.get("description") or ""),
            owner=_text(attributes.get(OWNER) or ""),
            enabled=bool(data.get("enabled")),
            access_token_lifespan=_integer(attributes.get(LIFESPAN)),
            secret_created_at=_instant(attributes.get(SECRET_CREATED)),
            full_scope=bool(data.get("fullScopeAllowed")),
            uses_client_credentials_only=_uses_client_credentials_only(data),
            environment=(attributes.get(ENVIRONMENT) or "").strip(),
            not_before=_instant(data.get("notBefore")),
            representation=without_secrets(data),
        )

    @property
    def breaks_tokens(self) -> bool:
        """Whether its lifespan is no Java integer: Keycloak then makes it no token."""
        text = self.representation["attributes"].get(LIFESPAN) or ""
        number = _integer(text)
        in_range = number is not None and -(2**31) <= number < 2**31
        return bool(text.strip()) and not in_range


@dataclass(frozen=True, slots=True)
class ClientChange:
    """What the console writes of a client. None for a lifespan: the default."""

    description: str
    owner: str
    enabled: bool
    access_token_lifespan: int | None

    @classmethod
    def of(cls, client: Client) -> Self:
        return cls(
            client.description,
            client.owner,
            client.enabled,
            client.access_token_lifespan,
        )

    def applied_to(self, representation: Mapping[str, Any]) -> dict[str, Any]:
        """The representation to send. An empty attribute removes it in Keycloak."""
        lifespan = self.access_token_lifespan
        return {
            **representation,
            "description": self.description,
            "enabled": self.enabled,
            "attributes": {
                **representation.get("attributes", {}),
                OWNER: self.owner,
                LIFESPAN: "" if lifespan is None else str(lifespan),
            },
        }


@dataclass(frozen=True, slots=True)
class Roles:
    """Effective roles, composites expanded: names, and (client_id, name) pairs."""

    realm: frozenset[str] = frozenset()
    client: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def from_token(cls, claims: Mapping[str, Any]) -> Self:
        return cls(
            realm=frozenset(_texts(claims.get("realm_access", {}).get("roles", []))),
            client=frozenset(
                (client_id, role)
                for client_id, access in claims.get("resource_access", {}).items()
                for role in _texts(access["roles"])
            ),
        )

    @classmethod
    def from_pairs(cls, pairs: Iterable[Iterable[str]]) -> Self:
        """Of (client_id, name); the client_id of a role of the realm is empty."""
        named = [(client_id, name) for client_id, name in pairs]
        return cls(
            realm=frozenset(name for client_id, name in named if not client_id),
            client=frozenset(pair for pair in named if pair[0]),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """In order, those of the realm first."""
        return sorted([*(("", name) for name in self.realm), *self.client])

    def __or__(self, other: Self) -> Self:
        return type(self)(self.realm | other.realm, self.client | other.client)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.realm - other.realm, self.client - other.client)

    def __bool__(self) -> bool:
        return bool(self.realm or self.client)

    @property
    def names(self) -> list[str]:
        """As settings write them: `role`, or `environment:role`."""
        owned = (f"{client_id}:{role}" for client_id, role in self.client)
        return sorted([*self.realm, *owned])


@dataclass(frozen=True, slots=True)
class Role:
    """One role; of a role of the realm, `client_id` and `client_uuid` are empty."""

    id: str
    name: str
    client_id: str
    composite: bool
    client_uuid: str = field(default="", compare=False)
    description: str = field(default="", compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], client_id: str = "") -> Self:
        text = _text(data.get("description") or "")
        return cls(
            _text(data["id"]),
            _text(data["name"]),
            client_id,
            bool(data.get("composite")),
            _text(data["containerId"]) if data.get("clientRole") else "",
            # Keycloak describes its own roles by keys of its translations.
            "" if text.startswith("${") else text,
        )

    @property
    def as_roles(self) -> "Roles":
        """This role alone, without what it contains."""
        return Roles.from_pairs([(self.client_id, self.name)])


@dataclass(frozen=True, slots=True)
class RealmDefaults:
    """Lifespans in seconds: what a client gets without its own, and the cap on all."""

    access_token_lifespan: int
    session_limit: int

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        # A client session limit of 0 means: as long as the SSO session.
        limit = data.get("clientSessionMaxLifespan") or data["ssoSessionMaxLifespan"]
        return cls(int(data["accessTokenLifespan"]), int(limit))


def without_secrets(representation: Mapping[str, Any]) -> dict[str, Any]:
    """Without what must not be kept, and must not be sent back.

    Keycloak takes a `secret` in an update at its word, even if it is ten asterisks.
    """
    kept = {k: v for k, v in representation.items() if k not in _SECRET_FIELDS}
    kept["attributes"] = {
        name: value
        for name, value in (representation.get("attributes") or {}).items()
        if not name.startswith("client.secret.")
    }
    return kept


def _uses_client_credentials_only(data: Mapping[str, Any]) -> bool:
    attributes = data.get("attributes") or {}
    browser_flows = (
        data.get("standardFlowEnabled"),
        data.get("implicitFlowEnabled"),
        attributes.get("oauth2.device.authorization.grant.enabled") == "true",
    )
    return (
        data.get("protocol", "openid-connect") == "openid-connect"
        and bool(data.get("serviceAccountsEnabled"))
        and not data.get("publicClient")
        and not data.get("bearerOnly")
        and not any(browser_flows)
    )


def _text(value: object) -> str:
    """Raises TypeError: whatever else it is, it would be shown and stored as that."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _texts(values: object) -> list[str]:
    if not isinstance(values, list):
        raise TypeError("no list")
    return [_text(value) for value in values]


def _integer(text: object) -> int | None:
    """As Keycloak reads a number; Python's int() also takes "1_000" and " 5 "."""
    return int(str(text)) if re.fullmatch(r"[+-]?[0-9]{1,18}", str(text)) else None


def _instant(text: object) -> datetime | None:
    seconds = _integer(text)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
