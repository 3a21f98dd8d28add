"""Doing by hand what a worker does, for tests of other apps."""

from __future__ import annotations

from marketplace.outbox.events import handle_delivery
from marketplace.outbox.models import Delivery


def run_handlers() -> int:
    """Every delivery that is due, once; how many ran."""
    return sum(handle_delivery(delivery_id=pk) for pk in Delivery.objects.due().values_list("pk", flat=True))
