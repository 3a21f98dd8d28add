"""Trying until it works: claims with a lease, waits that grow, and the hand-over of a mail to the server.

A claim is committed before the work begins. Its `leased_until` is also the token that proves, at the end, that the
row is still ours. A mail takes three transactions' worth of truth: the claim (with the last checks), the server's
answer, the result. Where the process dies between the last two, or the line drops after the data, the same mail goes
again under the same Message-ID: at least once, and a second time only where nobody can know whether the first counted.
"""

from __future__ import annotations

import random
import smtplib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from functools import partial
from typing import Any, TypeVar

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.accounts import consents
from marketplace.accounts.models import User
from marketplace.outbox.models import LEASE, Attempted, Delivery, Message
from marketplace.web.emails import from_address
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

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
#: The Celery task that tries a row of each table.
TASKS: dict[type[Attempted], str] = {Delivery: "outbox.handle", Message: "outbox.send"}

Row = TypeVar("Row", Delivery, Message)
Check = Callable[[Message], str]

_checks: dict[str, Check] = {}
_random = random.SystemRandom()


def withholds(*kinds: str) -> Callable[[Check], Check]:
    """Decorator: ask this function just before a mail of these kinds leaves.

    It answers why the mail must not leave any more, or "". It runs in the transaction of the claim, so it may also
    write what should leave instead.
    """

    def register(check: Check) -> Check:
        _checks.update(dict.fromkeys(kinds, check))
        return check

    return register


# --- Waking workers ---------------------------------------------------------------------------------------------------


def wake_on_commit(row: Attempted) -> None:
    """Wake a worker for a row once this transaction is committed."""
    transaction.on_commit(partial(wake_worker, TASKS[type(row)], row.pk), robust=True)


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
    """Wake a worker for every due row, the oldest first; how many for each task.

    This finds lost wakes, dead workers and waits that are over. Claims make a second wake harmless.
    """
    found = {"outbox.handle": _due_rows(Delivery), "outbox.send": _due_rows(Message)}
    for task_name, rows in found.items():
        for pk in rows:
            if not wake_worker(task_name, pk):
                break  # the broker is gone: the next sweep will ask again
    return {task_name: len(rows) for task_name, rows in found.items()}


def _due_rows(model: type[Delivery] | type[Message]) -> list[int]:
    rows = model.objects.due().order_by("next_attempt_at", "pk")
    return list(rows.values_list("pk", flat=True)[:SWEEP_BATCH])


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


def lock_claimed_row(row: Row) -> Row | None:
    """Lock a row that we claimed, for the end of the transaction; None where its lease went to someone else."""
    rows = type(row).objects.select_for_update(of=("self",))
    held: Row | None = rows.filter(
        pk=row.pk, status=Attempted.Status.SENDING, leased_until=row.leased_until
    ).first()
    return held


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


@verb
def retry_message(*, message: Message, by: User | None) -> None:
    """Try again a mail that was given up, as if for the first time."""
    if by is not None and not (by.is_superuser or message.pole_id in by.pole_codes):
        raise NotAllowed(_("Ce courriel n’est pas de votre pôle."))
    changed = Message.objects.failed().filter(pk=message.pk)
    if not changed.update(
        status=Attempted.Status.QUEUED, attempts=0, next_attempt_at=timezone.now(), leased_until=None
    ):
        raise WrongMove(_("Seul un courriel en échec peut être réessayé."))
    message.refresh_from_db()
    wake_on_commit(message)


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


# --- Mails ------------------------------------------------------------------------------------------------------------


def send_message(*, message_id: int) -> bool:
    """Hand over a mail that is due; whether the server took it. Safe to call twice, and from two workers at once."""
    with transaction.atomic():
        message = claim_row(Message, message_id)
        if message is None:
            return False
        with staff_language():
            reason = _why_not(message)
        if reason:
            _cancel(message, reason)
            return False
    failure = _hand_over(message)
    if failure is None:
        return True
    postpone_row(
        message,
        error=failure.text,
        permanent=failure.permanent,
        since=message.created_at,
        in_doubt=message.in_doubt or failure.in_doubt,
    )
    return False


@dataclass(frozen=True)
class Failure:
    """Why a mail did not go. `permanent`: trying again is useless. `in_doubt`: the server may have it all the same."""

    text: str
    permanent: bool = False
    in_doubt: bool = False


def build_email(message: Message) -> EmailMultiAlternatives:
    """The mail as it leaves, the same at every attempt."""
    mail = EmailMultiAlternatives(
        subject=message.title,
        body=message.text,
        from_email=formataddr((message.sender_name, from_address())),
        to=[message.address],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": message.message_id,
            "Date": format_datetime(timezone.localtime(message.created_at)),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            **message.headers,
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _why_not(message: Message) -> str:
    """The last checks, made at the moment of sending: people change their minds while mails wait."""
    recipient = message.recipient
    if recipient is not None and not recipient.is_active:
        return _("Le compte est désactivé.")
    if message.purpose and (recipient is None or not consents.stands(recipient, message.purpose)):
        return _("Le consentement a été retiré.")
    check = _checks.get(message.kind)
    return check(message) if check else ""


def _hand_over(message: Message) -> Failure | None:
    """None once the server said yes, and we wrote that down."""
    try:
        mail = build_email(message)
        mail.message()
    except (ValueError, UnicodeError) as error:  # a header that cannot be written, an address that is none
        return Failure(_error_text(error), permanent=True)
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # no server, no name, no login: nothing was handed over
        return Failure(_error_text(error))
    try:
        if not connection.send_messages([mail]):
            return Failure("The server took no recipient.")
    except Exception as error:
        return _judge(error)
    else:
        _done(message)
    finally:
        _close(connection)
    return None


def _judge(error: Exception) -> Failure:
    """What an error during the dialogue means. The server's own refusals are certain; a lost line is not."""
    text = _error_text(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return Failure(text, permanent=all(500 <= code < 600 for code in codes))
    if isinstance(error, smtplib.SMTPDataError):
        return Failure(text, permanent=500 <= error.smtp_code < 600)
    if isinstance(error, smtplib.SMTPResponseException):  # our own name, login or sender: ours to mend
        return Failure(text)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Failure(text, permanent=True)
    return Failure(text, in_doubt=True)


def _done(message: Message) -> None:
    fields: dict[str, Any] = {}
    if message.is_secret:
        with staff_language():
            fields = {"text": _("Contenu retiré après l’envoi."), "html": ""}
    Message.objects.filter(pk=message.pk).exclude(status=Attempted.Status.DONE).update(
        status=Attempted.Status.DONE,
        done_at=timezone.now(),
        leased_until=None,
        in_doubt=False,
        last_error="",
        **fields,
    )
    log.info("mail_sent", message=message.pk, kind=message.kind, attempts=message.attempts)


def _cancel(message: Message, reason: str) -> None:
    Message.objects.filter(pk=message.pk).update(
        status=Attempted.Status.CANCELLED, leased_until=None, last_error=reason
    )
    if not message.in_doubt:  # nobody has read of these notices here: another mail may still name them
        message.mentions.all().delete()
    log.info("mail_cancelled", message=message.pk, kind=message.kind)


def _close(connection: Any) -> None:
    """The mail is accepted or not by now: a bad goodbye changes nothing."""
    try:
        connection.close()
    except Exception as error:
        log.info("bad_goodbye", error=type(error).__name__)


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
