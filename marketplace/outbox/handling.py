"""Running one handler for one event: its effects and the word that it ran are committed together."""

from __future__ import annotations

import traceback

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.outbox import attempts, events
from marketplace.outbox.models import Attempted, Delivery


def handle(*, delivery_id: int) -> bool:
    """Run what is due of a delivery; whether it ran. Safe to call twice, and from two workers at once."""
    with transaction.atomic():
        delivery = attempts.claim(Delivery, delivery_id)
    if delivery is None:
        return False
    handler = events.handler_named(delivery.handler)
    if handler is None:
        with attempts.for_staff():
            error = _("Le traitement « %(name)s » n’existe plus.") % {"name": delivery.handler}
        attempts.postpone(delivery, error=error, since=delivery.event.created_at)
        return False
    try:
        with transaction.atomic(), pghistory.context(verb=delivery.handler, user=None):
            held = attempts.still_ours(delivery)
            if held is None:
                return False
            handler(held.event)
            Delivery.objects.filter(pk=held.pk).update(
                status=Attempted.Status.DONE, done_at=timezone.now(), leased_until=None, last_error=""
            )
    except Exception:  # whatever a room does wrong, the row says so and comes back; the others go on
        attempts.postpone(delivery, error=traceback.format_exc(), since=delivery.event.created_at)
        return False
    return True
