"""Events: how an app reaches a higher layer without importing it (see docs/adr/0003-outbox.md).

`post_event` writes the event and one delivery row per handler in the caller's transaction; a worker runs each handler
once, in a transaction of its own. Handlers register in their app's `event_handlers.py`, which `AppConfig.ready()` imports.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.celery import EVENT_TASK
from marketplace.outbox import queue
from marketplace.outbox.models import Attempted, Delivery, DeliveryQuerySet, Event
from marketplace.outbox.queue import claim_delivery, postpone_row, staff_language, wake_on_commit

#: A worker's turn at a queue: then other tasks have theirs.
TURN_SECONDS = 20.0

Handler = Callable[[Event], None]

_handlers: dict[str, tuple[frozenset[str], Handler]] = {}
_labels: dict[str, str | Promise] = {}


def handles_event(*kinds: str, does: str | Promise) -> Callable[[Handler], Handler]:
    """Decorator: run the function for every event of these kinds. Its name is its address in the database.

    `does`: the same for people, in the admin.
    """

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _handlers[name] = (frozenset(kinds), handler)
        _labels[name] = does
        return handler

    return register


def handler_label(name: str) -> str:
    """What a handler does, for people; its name where a release dropped it."""
    return str(_labels.get(name, name))


@transaction.atomic
def post_event(*, kind: str, subject: str, version: str, payload: dict[str, Any] | None = None) -> Event:
    """Say that something happened (`tender.imported`, `tender:42`, its release id), in the caller's transaction.

    Saying it again (same kind, subject and version) changes nothing and reaches nobody a second time.
    """
    event, is_new = Event.objects.get_or_create(
        kind=kind, subject=subject, version=version, defaults={"payload": payload or {}}
    )
    if is_new:
        names = sorted(name for name, (kinds, _) in _handlers.items() if kind in kinds)
        rows = [Delivery(event=event, handler=name) for name in names]
        wake_on_commit(*Delivery.objects.bulk_create(rows))
    return event


def handle_due_events(*, seconds: float = TURN_SECONDS) -> int:
    """Run handlers of what is due, the oldest first, until nothing is or the turn is over; how many ran.

    A turn ends so that other tasks have theirs: what is left wakes again. Safe in several workers at once.
    """
    began, ran = time.monotonic(), 0
    while (done := handle_next_delivery()) is not None:
        ran += done
        if ran == 1:
            queue.wake_queue(EVENT_TASK)  # there may be more than one worker's worth
        if time.monotonic() - began > seconds:
            queue.wake_queue(EVENT_TASK)
            break
    return ran


def handle_next_delivery(rows: DeliveryQuerySet | None = None) -> bool | None:
    """Run one due delivery's handler (of `rows`, if given): whether it ran; None where none is due.

    The handler's effects and the word that it ran are committed together.
    """
    with transaction.atomic():
        delivery = claim_delivery(Delivery.objects.all() if rows is None else rows)
    if delivery is None:
        return None
    if delivery.status != Attempted.Status.SENDING:  # given up
        return False
    _kinds, handler = _handlers.get(delivery.handler, (None, None))
    if handler is None:  # a release dropped or renamed it
        with staff_language():
            error = _("Le traitement « %(name)s » n’existe plus.") % {"name": delivery.handler}
        postpone_row(delivery, error=error, since=delivery.event.created_at)
        return False
    try:
        with transaction.atomic(), pghistory.context(verb=delivery.handler, user=None):
            held = Delivery.objects.select_related("event").select_for_update(of=("self",))
            held = held.filter(
                pk=delivery.pk, status=Attempted.Status.SENDING, leased_until=delivery.leased_until
            )
            if (row := held.first()) is None:  # its lease went to another worker
                return False
            handler(row.event)
            Delivery.objects.filter(pk=row.pk).update(
                status=Attempted.Status.DONE, done_at=timezone.now(), leased_until=None, last_error=""
            )
    except Exception:  # whatever an app does wrong, the row says so and comes back; the others go on
        postpone_row(delivery, error=traceback.format_exc(), since=delivery.event.created_at)
        return False
    return True
