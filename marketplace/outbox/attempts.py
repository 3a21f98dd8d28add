"""Trying until it works: claims with a lease, waits that grow, and giving up where staff can see it.

A claim is committed before the work begins. Its `leased_until` is also the token that proves, at the end, that the
row is still ours.
"""

from __future__ import annotations

import random
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.outbox.models import LEASE, Attempted, Delivery, Message

log = structlog.get_logger("outbox")

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# Both must be behind us before a row is given up: a weekend without a mail server loses nothing.
ENOUGH_ATTEMPTS = 10
LONG_ENOUGH = timedelta(days=3)

Row = TypeVar("Row", Delivery, Message)

_chance = random.SystemRandom()


def for_staff() -> AbstractContextManager[None]:
    """What is kept in a row for staff to read is written in the site's own language."""
    return translation.override(settings.LANGUAGE_CODE)


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, six hours at most, give or take a fifth so that rows do not come back all at once."""
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return wait * _chance.uniform(0.8, 1.2)


def claim(model: type[Row], pk: int) -> Row | None:
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
        with for_staff():
            reason = _("Le processus s’est interrompu à chaque essai.")
        _write(row, status=Attempted.Status.FAILED, leased_until=None, last_error=reason)
        log.error("given_up", row=_name(row), attempts=row.attempts, error="worker died")
        return None
    if died and isinstance(row, Message):
        _write(row, in_doubt=True)
    _write(
        row,
        status=Attempted.Status.SENDING,
        attempts=row.attempts + 1,
        leased_until=now + LEASE,
        next_attempt_at=now + max(LEASE, wait_after(row.attempts + 1)),
    )
    return row


def still_ours(row: Row) -> Row | None:
    """Lock a row that we claimed, for the end of the transaction; None where its lease went to someone else."""
    rows = type(row).objects.select_for_update(of=("self",))
    held: Row | None = rows.filter(
        pk=row.pk, status=Attempted.Status.SENDING, leased_until=row.leased_until
    ).first()
    return held


def postpone(row: Row, *, error: str, since: datetime, permanent: bool = False, **fields: Any) -> None:
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
        next_attempt_at=now + wait_after(row.attempts),
        last_error=error[:5000],
        **fields,
    )
    # The error itself may name a person: it stays in the row.
    report = log.error if given_up else log.warning
    report("given_up" if given_up else "will_try_again", row=_name(row), attempts=row.attempts)


def _write(row: Row, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def _name(row: Attempted) -> str:
    return f"{row._meta.model_name}:{row.pk}"
