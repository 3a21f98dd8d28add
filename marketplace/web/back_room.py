"""What rooms put on the first page and in the header of /gestion/. They register from their admin.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Entry:
    """A link of the header: `url_name` in the admin's namespace, shown to whom `shown` says."""

    label: Text
    url_name: str
    order: int
    shown: Callable[[HttpRequest], bool]


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader: a number, what it counts, since when, and where to act on it."""

    count: int
    title: str
    url: str
    text: str = ""
    icon: str = "list"
    is_urgent: bool = False


@dataclass
class _Registry:
    entries: list[Entry] = field(default_factory=list)
    providers: list[tuple[int, Callable[[HttpRequest], Waiting | None]]] = field(default_factory=list)


_registry = _Registry()


def register_entry(entry: Entry) -> None:
    _registry.entries.append(entry)
    _registry.entries.sort(key=lambda known: known.order)


def register_waiting(provider: Callable[[HttpRequest], Waiting | None], *, order: int) -> None:
    """`provider` counts in one query, scoped to the reader; None says nothing at all."""
    _registry.providers.append((order, provider))
    _registry.providers.sort(key=lambda known: known[0])


def entries(request: HttpRequest) -> list[dict[str, object]]:
    """The links of the header for this reader; the one that leads nearest to the page is the current one."""
    links = [(entry.label, reverse(entry.url_name)) for entry in _registry.entries if entry.shown(request)]
    nearest = max((url for _label, url in links if request.path.startswith(url)), key=len, default="")
    return [{"label": label, "url": url, "is_current": url == nearest} for label, url in links]


def waiting(request: HttpRequest) -> list[Waiting]:
    """What waits for the reader, in the rooms' order; zero counts stay visible."""
    found = (provider(request) for _order, provider in _registry.providers)
    return [waits for waits in found if waits is not None]
