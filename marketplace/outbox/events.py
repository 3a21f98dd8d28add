"""Events: how a room reaches the hall without importing it (see docs/adr on the outbox).

`post` writes the event and one delivery row per handler in the caller's transaction; a worker runs each handler once,
in a transaction of its own. Handlers register in their room's `handlers.py`, which `AppConfig.ready()` imports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from marketplace.outbox import waking
from marketplace.outbox.models import Delivery, Event

Handler = Callable[[Event], None]

_handlers: dict[str, tuple[frozenset[str], Handler]] = {}


def handles(*kinds: str) -> Callable[[Handler], Handler]:
    """Decorator: run the function for every event of these kinds. Its name is its address in the database."""

    def register(handler: Handler) -> Handler:
        _handlers[name_of(handler)] = (frozenset(kinds), handler)
        return handler

    return register


def name_of(handler: Handler) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def handler_named(name: str) -> Handler | None:
    """None where a release dropped or renamed it."""
    entry = _handlers.get(name)
    return entry[1] if entry else None


@transaction.atomic
def post(*, kind: str, subject: str, version: str, payload: dict[str, Any] | None = None) -> Event:
    """Say that something happened (`tender.imported`, `tender:42`, its release id), in the caller's transaction.

    Saying it again (same kind, subject and version) changes nothing and reaches nobody a second time.
    """
    event, is_new = Event.objects.get_or_create(
        kind=kind, subject=subject, version=version, defaults={"payload": payload or {}}
    )
    if is_new:
        names = sorted(name for name, (kinds, _) in _handlers.items() if kind in kinds)
        for delivery in Delivery.objects.bulk_create([Delivery(event=event, handler=name) for name in names]):
            waking.on_commit("outbox.handle", delivery.pk)
    return event
