"""Finds the handler for a method and a path."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.messages import Request, Response, described_error, error
from sandbox.state import State


@dataclass(frozen=True)
class Call:
    """A request on its way through a handler."""

    request: Request
    state: State
    path: Mapping[str, str]

    @property
    def issuer(self) -> str:
        return f"{self.request.origin}/auth/realms/{self.state.realm.name}"


Handler = Callable[[Call], Response]


class Router:
    """Patterns like `/realms/{realm}/clients/{uuid}`; a part never holds a slash.

    `guard` looks at each call before its handler, and raises HttpError to refuse it.
    """

    def __init__(
        self, prefix: str = "", *, guard: Callable[[Call], object] | None = None
    ) -> None:
        self._prefix = prefix
        self._guard = guard
        self._routes: list[tuple[str, list[str], Handler]] = []

    def route(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            parts = f"{self._prefix}{pattern}".split("/")
            self._routes.append((method, parts, self._guarded(handler)))
            return handler

        return register

    def include(self, *others: "Router") -> None:
        """Add the routes of others below the own prefix."""
        parts = self._prefix.split("/")
        for other in others:
            for method, pattern, handler in other._routes:
                self._routes.append((method, parts + pattern[1:], handler))

    def _guarded(self, handler: Handler) -> Handler:
        guard = self._guard
        if guard is None:
            return handler

        def guarded(call: Call) -> Response:
            guard(call)
            return handler(call)

        return guarded

    def answer(self, request: Request, state: State) -> Response:
        """Raises HttpError: 404 for an unknown path, 405 for another method of one."""
        _check_normalized(request.path)
        path = [unquote(part) for part in request.path.split("/")]
        path_known = False
        for method, pattern, handler in self._routes:
            found = _match(pattern, path)
            if found is None:
                continue
            if method == request.method:
                return handler(Call(request, state, found))
            path_known = True
        if path_known:
            raise error(405, "HTTP 405 Method Not Allowed")
        raise error(404, "HTTP 404 Not Found")


def _check_normalized(path: str) -> None:
    """Raises HttpError: Keycloak refuses what a proxy might take for another path."""
    parts = path.lower().replace("%2e", ".").split("/")[1:]
    if "" in parts[:-1] or not {".", ".."}.isdisjoint(parts):
        text = "Request path not normalized"
        raise described_error(400, "missingNormalization", text)


def _match(pattern: list[str], path: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(path):
        return None
    found = {}
    for wanted, part in zip(pattern, path, strict=True):
        if wanted.startswith("{"):
            found[wanted[1:-1]] = part
        elif wanted != part:
            return None
    return found
