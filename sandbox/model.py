"""Clients, users and roles. They are never changed, only replaced.

So a snapshot of a realm is a copy of a few dictionaries, and a reset takes no time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Client:
    """A client; `data` is its representation without id, secret and access."""

    uuid: str
    data: Mapping[str, Any]
    secret: str | None = None

    @property
    def client_id(self) -> str:
        return str(self.data["clientId"])

    @property
    def attributes(self) -> Mapping[str, str]:
        attributes: Mapping[str, str] = self.data["attributes"]
        return attributes

    @property
    def scopes(self) -> list[str]:
        """Names of the scopes that every token of this client gets."""
        return list(self.data["defaultClientScopes"])

    def has(self, flag: str) -> bool:
        return bool(self.data.get(flag))

    def with_data(self, **changes: Any) -> Self:
        return replace(self, data={**self.data, **changes})


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the realm, or of the client with the uuid `owner`."""

    id: str
    name: str
    description: str | None = None
    owner: str | None = None
    composites: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the service account of the client with the uuid `client`."""

    id: str
    username: str
    created_at: int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    email_verified: bool = False
    enabled: bool = True
    password: str | None = field(default=None, repr=False)
    client: str | None = None
    roles: frozenset[str] = frozenset()
