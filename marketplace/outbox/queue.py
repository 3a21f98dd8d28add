"""Trying a row until it works: the waking of workers, claims with a lease, waits that grow.

A row here is the truth, and the broker only wakes. A wake names a queue, not a row: « there is work », said once until a
worker has heard it. A claim is committed before the work begins.
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
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.celery import ACCOUNT_TASK, EVENT_TASK, MAIL_TASK
from marketplace.outbox.models import LEASE, Attempted, Delivery, DeliveryQuerySet, Message
from marketplace.web.caching import is_cache_away

log = structlog.get_logger("outbox")

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# Both must be behind us before a row is given up: a weekend without a mail server loses nothing.
ENOUGH_ATTEMPTS = 10
LONG_ENOUGH = timedelta(days=3)
# A wake that nobody heard within a minute says nothing new: the sweep has asked again since.
WAKE_EXPIRES_SECONDS = 60
# A wake that the broker lost is said again after this; the worker that hears one forgets that it was said.
WAKE_IS_SAID_SECONDS = 5

Row = TypeVar("Row", Delivery, Message)

_random = random.SystemRandom()


# --- Waking workers ---------------------------------------------------------------------------------------------------


def task_for(row: Attempted) -> str:
    """The Celery task that works on rows like this one."""
    if isinstance(row, Message):
        return ACCOUNT_TASK if row.is_account_mail else MAIL_TASK
    return EVENT_TASK


def wake_on_commit(*rows: Attempted) -> None:
    """Wake a worker for these rows once this transaction is committed."""
    for task_name in sorted({task_for(row) for row in rows}):
        transaction.on_commit(partial(wake_queue, task_name), robust=True)


def wake_queue(task_name: str) -> bool:
    """Say that there is work, unless that was just said and no worker has heard it yet. Whether the broker knows."""
    if not is_cache_away() and not cache.add(_said(task_name), 1, WAKE_IS_SAID_SECONDS):
        return True
    if wake_worker(task_name):
        return True
    cache.delete(_said(task_name))
    return False


def hear_wake(task_name: str) -> None:
    """To be called by the worker before it looks for rows: whatever is committed from now on wakes again."""
    cache.delete(_said(task_name))


def _said(task_name: str) -> str:
    return f"outbox-wake:{current_app.conf.task_default_queue}:{task_name}"


def wake_worker(task_name: str, *args: int) -> bool:
    """Tell the broker at once; whether it heard. It may be down or forget: the row stays, and a sweep finds it."""
    try:
        current_app.send_task(
            task_name,
            args,
            expires=WAKE_EXPIRES_SECONDS,
            retry_policy={"max_retries": 1, "interval_start": 0},
        )
    except Exception as error:
        log.warning("broker_did_not_hear", task=task_name, row=args, error=type(error).__name__)
        return False
    return True


def sweep_due_rows() -> list[str]:
    """Wake a worker for each queue that holds due rows; which tasks. Three small statements.

    This finds lost wakes, dead workers and waits that are over.
    """
    mails = Message.objects.due()
    of_accounts = Q(haste=Message.Haste.ACCOUNT)
    queues: dict[str, QuerySet[Any]] = {
        ACCOUNT_TASK: mails.filter(of_accounts),
        MAIL_TASK: mails.exclude(of_accounts),
        EVENT_TASK: Delivery.objects.due(),
    }
    found = [task_name for task_name, rows in queues.items() if rows.exists()]
    for task_name in found:
        if not wake_queue(task_name):  # the broker is gone: the next sweep asks again
            break
    return found


# --- Claims -----------------------------------------------------------------------------------------------------------


def claim_delivery(rows: DeliveryQuerySet) -> Delivery | None:
    """Take the delivery that has been due longest for the length of a lease; None where none is free.

    Call it inside a transaction of its own. While its handler runs the row itself is locked, so a lease may be short. One
    whose worker died comes back, later and later, and is given up after ten deaths: it may well be the row that kills.
    """
    now = timezone.now()
    free = rows.due(now).select_related("event")
    row = free.select_for_update(skip_locked=True, of=("self",)).order_by("next_attempt_at", "pk").first()
    if row is None:
        return None
    if row.status == Attempted.Status.SENDING and row.attempts >= ENOUGH_ATTEMPTS:
        with staff_language():
            reason = _("Le processus s’est interrompu à chaque essai.")
        _update_row(row, status=Attempted.Status.FAILED, leased_until=None, last_error=reason)
        log.error("given_up", row=_label(row), attempts=row.attempts, error="worker died")
        return row
    _update_row(
        row,
        status=Attempted.Status.SENDING,
        attempts=row.attempts + 1,
        leased_until=now + LEASE,
        next_attempt_at=now + death_wait(row.attempts + 1),
    )
    return row


def postpone_row(row: Row, *, error: str, since: datetime, permanent: bool = False, **fields: Any) -> None:
    """After a failure: try again later, or give up where it is permanent or has lasted long enough.

    `since` is when the row was first due; `fields` are written too.
    """
    now = timezone.now()
    given_up = permanent or (row.attempts >= ENOUGH_ATTEMPTS and now - since >= LONG_ENOUGH)
    status = Attempted.Status.FAILED if given_up else Attempted.Status.QUEUED
    held = type(row).objects.filter(pk=row.pk, status=Attempted.Status.SENDING)
    # Whose it is: a batch has a name, a single row the end of its lease.
    held = (
        held.filter(claim=row.claim)
        if isinstance(row, Message)
        else held.filter(leased_until=row.leased_until)
    )
    held.update(
        **{
            "status": status,
            "leased_until": None,
            "next_attempt_at": now + retry_wait(row.attempts),
            "last_error": error[:5000],
            **fields,
        }
    )
    # The error itself may name a person: it stays in the row.
    report = log.error if given_up else log.warning
    report("given_up" if given_up else "will_try_again", row=_label(row), attempts=row.attempts)


def retry_wait(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, six hours at most, give or take a fifth so that rows do not come back all at once."""
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return wait * _random.uniform(0.8, 1.2)


def death_wait(attempts: int) -> timedelta:
    """Until a row whose worker died is tried again: one lease, then twice as long after each death."""
    wait: timedelta = min(LEASE * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return wait


def staff_language() -> AbstractContextManager[None]:
    """What is kept in a row for staff to read is written in the site's own language."""
    return translation.override(settings.LANGUAGE_CODE)


def _update_row(row: Row, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def _label(row: Attempted) -> str:
    return f"{row._meta.model_name}:{row.pk}"
