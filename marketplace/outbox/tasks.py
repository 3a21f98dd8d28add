"""What Celery may ask of the outbox. Each task names a row; the row says whether there is anything to do."""

from celery import shared_task

from marketplace.celery import ACCOUNT_TASK
from marketplace.outbox.delivery import send_message
from marketplace.outbox.events import handle_delivery
from marketplace.outbox.models import LEASE
from marketplace.outbox.queue import sweep_due_rows

# The process is killed before its lease ends, so a row is never in two hands, however slow a server is.
BEFORE_THE_LEASE_ENDS = max(int(LEASE.total_seconds()) - 20, 5)


@shared_task(name="outbox.handle")
def handle_delivery_task(delivery_id: int) -> None:
    handle_delivery(delivery_id=delivery_id)


@shared_task(name="outbox.send", time_limit=BEFORE_THE_LEASE_ENDS)
def send_message_task(message_id: int) -> None:
    send_message(message_id=message_id)


@shared_task(name=ACCOUNT_TASK, time_limit=BEFORE_THE_LEASE_ENDS)
def send_account_message_task(message_id: int) -> None:
    """The same by a queue of its own: a reset does not wait behind two thousand digests."""
    send_message(message_id=message_id)


@shared_task(name="outbox.sweep", expires=30)
def sweep_outbox() -> None:
    """Asked every few seconds; a request older than half a minute has been overtaken by others."""
    sweep_due_rows()
