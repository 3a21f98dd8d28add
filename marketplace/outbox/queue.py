"""Trying a row until it works: claims with a lease, waits that grow, and the waking of workers.

A row here is the truth, and the broker only wakes. A claim is committed before the work begins. Its `leased_until` is
also the token that proves, at the end, that the row is still ours.
"""

from __future__ import annotations

import random
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.celery import ACCOUNT_TASK
from marketplace.outbox.models import LEASE, Attempted, Delivery, Message

log = structlog.get_logger("outbox")

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# Both must be behind us before a row is given up: a weekend without a mail server loses nothing.
ENOUGH_ATTEMPTS = 10
LONG_ENOUGH = timedelta(days=3)
# A wake that nobody heard within a minute says nothing new: the sweep has asked again since.
WAKE_EXPIRES_SECONDS = 60
# Enough for a backlog to drain quickly; what is left comes with the next sweep.
SWEEP_BATCH = 1000

Row = TypeVar("Row", Delivery, Message)

_random = random.SystemRandom()


# --- Waking workers ---------------------------------------------------------------------------------------------------


def task_for(row: Attempted) -> str:
    """The Celery task that tries a row. Account mail has one of its own, and so a queue (`marketplace.celery`)."""
    if isinstance(row, Message):
        return ACCOUNT_TASK if row.is_account_mail else "outbox.send"
    return "outbox.handle"


def wake_on_commit(row: Attempted) -> None:
    """Wake a worker for a row once this transaction is committed."""
    transaction.on_commit(partial(wake_worker, task_for(row), row.pk), robust=True)


def wake_worker(task_name: str, pk: int) -> bool:
    """Tell the broker at once; whether it heard. It may be down or forget: the row stays, and the sweep finds it."""
    try:
        current_app.send_task(
            task_name,
            (pk,),
            expires=WAKE_EXPIRES_SECONDS,
            retry_policy={"max_retries": 1, "interval_start": 0},
        )
    except Exception as error:
        log.warning("broker_did_not_hear", task=task_name, row=pk, error=type(error).__name__)
        return False
    return True


def sweep_due_rows() -> dict[str, int]:
    """Wake a worker for every due row, account mail and then the oldest first; how many for each task.

    This finds lost wakes, dead workers and waits that are over. Claims make a second wake harmless.
    """
    messages = Message.objects.due().in_order_of_haste().only("pk", "kind")
    deliveries = Delivery.objects.due().order_by("next_attempt_at", "pk").only("pk")
    found = {"outbox.handle": 0, "outbox.send": 0, ACCOUNT_TASK: 0}
    broker_hears = True
    for rows in (messages, deliveries):
        for row in rows[:SWEEP_BATCH]:
            found[task_for(row)] += 1
            # Where the broker is gone, the next sweep asks again.
            broker_hears = broker_hears and wake_worker(task_for(row), row.pk)
    return found


# --- Claims -----------------------------------------------------------------------------------------------------------


def claim_row(model: type[Row], pk: int) -> Row | None:
    """Take a due row for the length of a lease; None where it is not due or someone holds it.

    Call it inside a transaction of its own. A row whose worker died comes back when its lease is over, later and
    later, and is given up after ten deaths: it may well be the row that kills.
    """
    now = timezone.now()
    row: Row | None = (
        model.objects.due(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    )
    if row is None:
        return None
    died = row.status == Attempted.Status.SENDING
    if died and row.attempts >= ENOUGH_ATTEMPTS:
        with staff_language():
            reason = _("Le processus s’est interrompu à chaque essai.")
        _update_row(row, status=Attempted.Status.FAILED, leased_until=None, last_error=reason)
        log.error("given_up", row=_label(row), attempts=row.attempts, error="worker died")
        return None
    if died and isinstance(row, Message):
        _update_row(row, in_doubt=True)
    _update_row(
        row,
        status=Attempted.Status.SENDING,
        attempts=row.attempts + 1,
        leased_until=now + LEASE,
        next_attempt_at=now + max(LEASE, retry_wait(row.attempts + 1)),
    )
    return row


def postpone_row(row: Row, *, error: str, since: datetime, permanent: bool = False, **fields: Any) -> None:
    """After a failure: try again later, or give up where it is permanent or has lasted long enough.

    `since` is when the row was first due.
    """
    now = timezone.now()
    given_up = permanent or (row.attempts >= ENOUGH_ATTEMPTS and now - since >= LONG_ENOUGH)
    status = Attempted.Status.FAILED if given_up else Attempted.Status.QUEUED
    updated = type(row).objects.filter(
        pk=row.pk, status=Attempted.Status.SENDING, leased_until=row.leased_until
    )
    updated.update(
        status=status,
        leased_until=None,
        next_attempt_at=now + retry_wait(row.attempts),
        last_error=error[:5000],
        **fields,
    )
    # The error itself may name a person: it stays in the row.
    report = log.error if given_up else log.warning
    report("given_up" if given_up else "will_try_again", row=_label(row), attempts=row.attempts)


def retry_wait(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, six hours at most, give or take a fifth so that rows do not come back all at once."""
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return wait * _random.uniform(0.8, 1.2)


def staff_language() -> AbstractContextManager[None]:
    """What is kept in a row for staff to read is written in the site's own language."""
    return translation.override(settings.LANGUAGE_CODE)


def _update_row(row: Row, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def _label(row: Attempted) -> str:
    return f"{row._meta.model_name}:{row.pk}"
