"""Doing by hand what a worker does."""

from __future__ import annotations

from marketplace.outbox.delivery import send_due_mails
from marketplace.outbox.events import handle_next_delivery
from marketplace.outbox.models import Delivery, Message


def send_message(*, message_id: int) -> bool:
    """Whether the server took this one."""
    return bool(send_due_mails(rows=Message.objects.filter(pk=message_id)))


def handle_delivery(*, delivery_id: int) -> bool:
    """Whether this handler ran."""
    return bool(handle_next_delivery(Delivery.objects.filter(pk=delivery_id)))


def run_handlers() -> int:
    """Every delivery that is due, once; how many ran."""
    return sum(handle_delivery(delivery_id=pk) for pk in Delivery.objects.due().values_list("pk", flat=True))
