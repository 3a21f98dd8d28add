"""What Celery may ask of the outbox. Each task names a row; the row says whether there is anything to do."""

from celery import shared_task

from marketplace.outbox import handling, sending, sweeping
from marketplace.outbox.models import LEASE

# The process is killed before its lease ends, so a row is never in two hands, however slow a server is.
BEFORE_THE_LEASE_ENDS = max(int(LEASE.total_seconds()) - 20, 5)


@shared_task(name="outbox.handle")
def handle(delivery_id: int) -> None:
    handling.handle(delivery_id=delivery_id)


@shared_task(name="outbox.send", time_limit=BEFORE_THE_LEASE_ENDS)
def send(message_id: int) -> None:
    sending.send(message_id=message_id)


@shared_task(name="outbox.sweep", expires=30)
def sweep() -> None:
    """Asked every few seconds; a request older than half a minute has been overtaken by others."""
    sweeping.sweep()
