"""What Celery may ask of the outbox. A task names no row: the rows say what there is to do."""

from celery import shared_task

from marketplace.celery import ACCOUNT_TASK, EVENT_TASK, MAIL_TASK, SWEEP_TASK
from marketplace.outbox.delivery import send_due_mails
from marketplace.outbox.events import handle_due_events
from marketplace.outbox.models import Message
from marketplace.outbox.queue import hear_wake, sweep_due_rows
from marketplace.outbox.suppressions import forget_suppressions

# A turn ends after twenty seconds; a process that a mail server holds for so long is put an end to.
LONGEST_SEND_SECONDS = 300


@shared_task(name=EVENT_TASK)
def handle_due_events_task() -> None:
    hear_wake(EVENT_TASK)
    handle_due_events()


@shared_task(name=MAIL_TASK, time_limit=LONGEST_SEND_SECONDS)
def send_due_mails_task() -> None:
    hear_wake(MAIL_TASK)
    send_due_mails()


@shared_task(name=ACCOUNT_TASK, time_limit=LONGEST_SEND_SECONDS)
def send_due_account_mails_task() -> None:
    """By a queue of its own: a reset does not wait behind two thousand digests."""
    hear_wake(ACCOUNT_TASK)
    send_due_mails(up_to=Message.Haste.ACCOUNT)


@shared_task(name="outbox.forget_suppressions")
def forget_suppressions_nightly() -> int:
    """Every night: addresses that refused our mail, once that has served."""
    return forget_suppressions(by=None)


@shared_task(name=SWEEP_TASK, expires=10)
def sweep_outbox() -> None:
    """Asked every few seconds; a request older than that has been overtaken by others."""
    sweep_due_rows()
