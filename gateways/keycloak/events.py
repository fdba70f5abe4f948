"""Login events: which client got a token when, and which was refused."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from gateways.transport import Transport

PAGE_SIZE = 500
SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000  # ms
KINDS = ("CLIENT_LOGIN", "CLIENT_LOGIN_ERROR")


@dataclass(frozen=True, slots=True)
class LoginEvent:
    """A client got a token, or was refused one: then `error` says why.

    `time` in milliseconds since the epoch; `token_id` is the token's `jti`.
    """

    id: str
    time: int
    client_id: str
    address: str
    error: str
    token_id: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        details = data.get("details") or {}
        refused = data["type"] == "CLIENT_LOGIN_ERROR"
        return cls(
            id=str(data.get("id") or ""),
            time=int(data["time"]),
            client_id=str(data.get("clientId") or ""),
            address=str(data.get("ipAddress") or ""),
            error=str(data.get("error") or "unknown") if refused else "",
            token_id=str(details.get("token_id") or ""),
        )

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.time / 1000, UTC)


class EventGateway:
    """The stored login events of one realm. Needs view-events."""

    def __init__(self, transport: Transport, *, realm: str) -> None:
        self._http = transport
        self._events = ("admin", "realms", realm, "events")

    def keeps_logins(self) -> bool:
        """Whether the realm stores them at all: it does not unless it was told to."""
        return self._http.get(*self._events, "config", parse=_keeps_logins)

    def iter_pages(self, since: int) -> Iterator[list[LoginEvent]]:
        """All from `since` (milliseconds, inclusive), the oldest first.

        A stretch of time after the other: of all that is younger Keycloak's database
        may sort every row for one page. A stretch becomes longer while its events fit a
        page, and where they do not, as long as two pages. What ends a page begins the
        next one, so some events come twice; to skip rows would cost more, and pages
        would shift while events expire.
        """
        start, stretch, first, now = since, HOUR, 0, _now()
        while True:
            end = start + stretch
            page = self._read(start, end if end < now else None, first)
            if page:
                yield page
            if len(page) == PAGE_SIZE:
                ended = page[-1].time
                first = first + PAGE_SIZE if ended == start else 0
                stretch = min(max(2 * (ended - page[0].time), SECOND), DAY)
                start = ended
            elif end < now:
                start, first, stretch = end, 0, min(2 * stretch, DAY)
            else:
                return

    def _read(self, start: int, end: int | None, first: int) -> list[LoginEvent]:
        return self._http.get(
            *self._events,
            params={
                "type": KINDS,
                "direction": "asc",
                "dateFrom": start,
                **({} if end is None else {"dateTo": end}),
                "first": first,
                "max": PAGE_SIZE,
            },
            parse=lambda data: [LoginEvent.from_json(item) for item in data],
        )


def _now() -> int:
    return int(time.time() * 1000)


def _keeps_logins(data: Mapping[str, Any]) -> bool:
    return bool(data["eventsEnabled"]) and set(KINDS) <= set(data["enabledEventTypes"])
