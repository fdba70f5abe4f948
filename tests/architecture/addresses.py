"""Every address of the console, with the view behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

SAMPLES = {"uuid": "5e0fd8ea-0000-4000-8000-000000000001", "int": 1}


@dataclass(frozen=True)
class Address:
    name: str
    view: Callable[..., Any]
    path: str
    arguments: tuple[str, ...]  # the names of what stands in the path


@cache
def list_addresses() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver(), "", {}))


def _walk(
    resolver: URLResolver, namespace: str, converters: dict[str, Any]
) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        known = {**converters, **pattern.pattern.converters}
        if isinstance(pattern, URLResolver):
            inner = (
                f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
            yield from _walk(pattern, inner, known)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}"
            values = {key: _sample(converter) for key, converter in known.items()}
            path = reverse(name, kwargs=values)
            yield Address(name, pattern.callback, path, tuple(values))


def _sample(converter: Any) -> Any:
    kind = type(converter).__name__.removesuffix("Converter").lower()
    return SAMPLES.get(kind, "x")
