"""Waking a worker for a row. The broker may be down or forget: the row stays, and the sweep finds it."""

from __future__ import annotations

from functools import partial

import structlog
from celery import Task
from django.db import transaction

log = structlog.get_logger("outbox")

# A wake that nobody heard within a minute says nothing new: the sweep has asked again since.
EXPIRES_SECONDS = 60


def on_commit(task_name: str, pk: int) -> None:
    """Wake `outbox.handle` or `outbox.send` for a row once this transaction is committed."""
    transaction.on_commit(partial(now, task_name, pk), robust=True)


def now(task_name: str, pk: int) -> bool:
    """Tell the broker at once; whether it heard."""
    from marketplace.outbox import tasks  # the tasks call the rooms that wake: imported when all are there

    known: dict[str, Task] = {"outbox.handle": tasks.handle, "outbox.send": tasks.send}
    try:
        known[task_name].apply_async(
            (pk,), expires=EXPIRES_SECONDS, retry_policy={"max_retries": 1, "interval_start": 0}
        )
    except Exception as error:
        log.warning("broker_did_not_hear", task=task_name, row=pk, error=type(error).__name__)
        return False
    return True
