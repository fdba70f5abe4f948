"""Query parameters that many lists share."""

from collections.abc import Sequence
from typing import TypeVar

from sandbox.messages import error
from sandbox.routing import Call

Item = TypeVar("Item")


def number(call: Call, name: str) -> int | None:
    """A negative number is no limit, a text is an unknown address to Keycloak."""
    text = call.request.parameter(name)
    if not text:
        return None
    try:
        value = int(text)
    except ValueError as problem:
        raise error(404, "HTTP 404 Not Found") from problem
    return value if value >= 0 else None


def flag(call: Call, name: str, *, default: bool) -> bool:
    text = call.request.parameter(name)
    return default if text is None else text.lower() == "true"


def page(call: Call, items: Sequence[Item], default: int | None = None) -> list[Item]:
    first = number(call, "first") or 0
    size = number(call, "max")
    size = default if size is None else size
    return list(items[first : None if size is None else first + size])
