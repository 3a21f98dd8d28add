"""Every address of the project, found by walking the resolver, and the key by which the table names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """`key` is the full name (« suppliers:directory ») or, without a name, the route as written."""

    key: str
    route: str


def addresses(urlconf: str | None = None) -> list[Address]:
    return sorted(set(_walk(get_resolver(urlconf).url_patterns, "", "")), key=lambda address: address.key)


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, route: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, here)
        else:
            name = pattern.name if isinstance(pattern.name, str) else ""
            yield Address(f"{namespace}{name}" if name else here, here)
