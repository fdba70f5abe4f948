"""What comes in and what goes out: requests, responses and errors over HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

JSON = "application/json"
JSON_UTF8 = "application/json;charset=UTF-8"
HTML = "text/html;charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One HTTP request, read completely. Header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = "127.0.0.1"

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        """Fields of a form body; of a repeated field the first."""
        text = self.body.decode("utf-8", "replace")
        fields = parse_qs(text, keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    @cached_property
    def cookies(self) -> dict[str, str]:
        try:
            jar = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def origin(self) -> str:
        """Scheme and host that the caller used: Keycloak builds its addresses so."""
        return f"http://{self.headers.get('host', 'localhost')}"

    def parameter(self, name: str) -> str | None:
        values = self.parameters.get(name)
        return values[0] if values else None


@dataclass
class Response:
    """One HTTP response; Content-Length is the server's business."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


class HttpError(Exception):
    """Ends the handling of a request with this answer."""

    def __init__(self, status: int, payload: Mapping[str, Any]) -> None:
        super().__init__(status, payload)
        self.response = as_json(payload, status, content_type=JSON, cache=None)


def error(status: int, text: str) -> HttpError:
    """The shape of most of Keycloak's errors."""
    return HttpError(status, {"error": text})


def described_error(status: int, code: str, description: str) -> HttpError:
    return HttpError(status, {"error": code, "error_description": description})


def unknown_error() -> HttpError:
    """What Keycloak says of its own failures."""
    hint = "For more on this error consult the server log."
    return described_error(500, "unknown_error", hint)


def as_json(
    payload: object,
    status: int = 200,
    *,
    content_type: str = JSON_UTF8,
    cache: str | None = "no-cache",
) -> Response:
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    headers = [("Content-Type", content_type)]
    if cache:
        headers.append(("Cache-Control", cache))
    return Response(status, body, headers)


def no_content() -> Response:
    return Response(204)


def redirect(address: str, parameters: Mapping[str, str | None]) -> Response:
    """To an address with these parameters added; those that are None are left out."""
    query = urlencode({k: v for k, v in parameters.items() if v is not None})
    separator = "&" if "?" in address else "?"
    target = f"{address}{separator}{query}" if query else address
    return Response(302, headers=[("Location", target), ("Cache-Control", "no-store")])


def parsed_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as problem:
        raise described_error(
            400, "invalid_request", "Cannot parse the JSON"
        ) from problem
