"""Handing mails to the server: at least once, and a second time only where nobody can know whether the first counted.

A turn: claim a batch with the last checks, then for each mail, over one kept connection: say in its row that it goes, hand it
over, write down the answer. Where the process dies between the last two, or the line drops after the data, the same mail
goes again under the same Message-ID.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.celery import ACCOUNT_TASK, MAIL_TASK
from marketplace.outbox import queue
from marketplace.outbox.batches import CHECKS_HOLD, MOST_MAILS, Batch, Heartbeat, claim_batch, release_batch
from marketplace.outbox.decisions import DecisionLetters, sort_letters
from marketplace.outbox.events import TURN_SECONDS, post_event
from marketplace.outbox.mail_server import Failure, MailServer
from marketplace.outbox.models import LEASE, Attempted, Message, MessageQuerySet, Suppression
from marketplace.outbox.queue import death_wait, postpone_row, staff_language, wake_on_commit
from marketplace.outbox.refusals import refusal_words, refuses_address
from marketplace.outbox.suppressions import suppress_address
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

log = structlog.get_logger("outbox")

Status = Attempted.Status
#: A server that takes nobody's mail is asked again after this.
OUTAGE_WAIT = timedelta(minutes=1)
#: How long an answer of the mail server is kept in hand while PostgreSQL is away.
ANSWER_KEPT = timedelta(minutes=2)


def send_due_mails(
    *, up_to: int = Message.Haste.DIGEST, rows: MessageQuerySet | None = None, seconds: float = TURN_SECONDS
) -> int:
    """Hand over what is due (of `rows`, if given; not less hasty than `up_to`), until nothing is or the turn is over.

    How many the server took. A turn ends so that other tasks have theirs: what is left wakes again. Safe in several
    workers at once.
    """
    claim, began, sent = uuid.uuid4(), time.monotonic(), 0
    task_name = MAIL_TASK if up_to > Message.Haste.ACCOUNT else ACCOUNT_TASK
    due = (Message.objects.all() if rows is None else rows).filter(haste__lte=up_to)
    most = MOST_MAILS
    with MailServer() as server, Heartbeat(claim) as heartbeat:
        while batch := _next_batch(due, claim, most):
            if batch.is_full and not sent:
                queue.wake_queue(task_name)  # more than one worker's worth
            heartbeat.pks = [message.pk for message in batch.mails]
            turn = _send_batch(batch, server, claim)
            heartbeat.pks = []
            sent += turn.sent
            if turn.outage:
                break
            # As many as were handed over while the checks held, and some: a slow server gets small batches.
            most = min(MOST_MAILS, max(4, 2 * turn.tried))
            if time.monotonic() - began > seconds:
                queue.wake_queue(task_name)
                break
    return sent


@verb
def retry_message(*, message: Message, by: User | None) -> None:
    """Try again a mail that was given up, as if for the first time."""
    if by is not None and not (by.is_superuser or message.pole_id in by.pole_codes):
        raise NotAllowed(_("Ce courriel n’est pas de votre pôle."))
    if message.is_secret and message.done_at:
        raise WrongMove(_("Son contenu a été retiré après l’envoi : la personne doit en demander un autre."))
    changed = Message.objects.failed().filter(pk=message.pk)
    if not changed.update(
        status=Attempted.Status.QUEUED, attempts=0, next_attempt_at=timezone.now(), leased_until=None
    ):
        raise WrongMove(_("Seul un courriel en échec peut être réessayé."))
    message.refresh_from_db()
    wake_on_commit(message)


def _next_batch(due: MessageQuerySet, claim: uuid.UUID, most: int) -> Batch:
    with transaction.atomic():
        batch = claim_batch(due, claim=claim, most=most)
        for message, reason in batch.withheld:
            cancel_message(message, reason)
        for message in batch.refused:
            with staff_language():
                reason = _("L’adresse refuse nos courriels.")
            cancel_message(message, reason, releases=False)
    return batch


@dataclass
class Turn:
    """What became of a batch. `outage`: the server takes no mail at all."""

    tried: int = 0
    sent: int = 0
    outage: bool = False


def _send_batch(batch: Batch, server: MailServer, claim: uuid.UUID) -> Turn:
    turn, until = Turn(), time.monotonic() + CHECKS_HOLD.total_seconds()
    for message in batch.mails:
        if time.monotonic() > until:
            break
        turn.tried += 1
        if not _begin(message, claim):  # withheld, erased, or another's since
            continue
        failure = server.hand_over(message)
        if failure is None:
            _surely(lambda message=message: _done(message))
            turn.sent += 1
        else:
            _surely(lambda message=message, failure=failure: _failed(message, failure))
            if failure.is_outage:
                turn.outage = True
                break
    left = batch.mails[turn.tried :]
    if turn.outage:
        _put_off(left, claim)
    else:
        release_batch(left, claim=claim)
    return turn


def _begin(message: Message, claim: uuid.UUID) -> bool:
    """Say that a mail goes to the server now; False where it is not ours to send any more."""
    now = timezone.now()
    message.attempts += 1
    fields: dict[str, Any] = {}
    if message.attempts > 1:  # should it be this mail that kills workers, they get longer pauses from it
        fields = {"next_attempt_at": now + death_wait(message.attempts)}
    held = Message.objects.filter(pk=message.pk, claim=claim, status=Status.QUEUED)
    return bool(
        held.update(status=Status.SENDING, attempts=message.attempts, leased_until=now + LEASE, **fields)
    )


def _surely(write: Callable[[], None]) -> None:
    """Write down what the server said, even while PostgreSQL restarts: nobody else knows it."""
    until = time.monotonic() + ANSWER_KEPT.total_seconds()
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            log.warning("answer_not_written", error=type(error).__name__)
            connection.close()
            time.sleep(0.2)


def _failed(message: Message, failure: Failure) -> None:
    fields: dict[str, Any] = {"in_doubt": message.in_doubt or failure.in_doubt, "claim": None}
    if failure.is_outage:
        fields["next_attempt_at"] = timezone.now() + OUTAGE_WAIT
    error = failure.text
    if failure.status:
        with staff_language():
            error = f"{error}\n{refusal_words(failure.status)}"
    postpone_row(message, error=error, permanent=failure.permanent, since=message.created_at, **fields)
    if refuses_address(failure.status):
        source, reason = Suppression.Source.SERVER, Suppression.Reason.REFUSED
        suppress_address(message=message, reason=reason, said=failure.text, source=source, by=None)


def _put_off(messages: list[Message], claim: uuid.UUID) -> None:
    """The server takes nobody's mail: the rest of the batch waits too, and was not tried."""
    rows = Message.objects.filter(pk__in=[m.pk for m in messages], claim=claim, status=Status.QUEUED)
    rows.update(claim=None, leased_until=None, next_attempt_at=timezone.now() + OUTAGE_WAIT)


def _done(message: Message) -> None:
    fields: dict[str, Any] = {}
    if message.is_secret:
        with staff_language():
            fields = {"text": _("Contenu retiré après l’envoi."), "html": ""}
    Message.objects.filter(pk=message.pk).exclude(status=Attempted.Status.DONE).update(
        status=Attempted.Status.DONE,
        done_at=timezone.now(),
        leased_until=None,
        claim=None,
        in_doubt=False,
        last_error="",
        **fields,
    )
    log.info("mail_sent", message=message.pk, kind=message.kind, attempts=message.attempts)


def cancel_message(message: Message, reason: str, *, releases: bool = True) -> None:
    """Withhold a mail. The one that it stood for leaves after all; who wrote it hears of it by `message.withheld`.

    `releases`: another mail may name its notices. To an address that refuses ours none is to be written.
    """
    Message.objects.filter(pk=message.pk).update(
        status=Attempted.Status.CANCELLED, leased_until=None, claim=None, last_error=reason
    )
    if (
        releases and not message.in_doubt
    ):  # nobody has read of these notices here: another mail may still name them
        notices = list(message.mentions.order_by("pk").values_list("notice", flat=True))
        message.mentions.all().delete()
        if notices:
            payload = {"notices": notices}
            post_event(kind="message.withheld", subject=f"message:{message.pk}", version="1", payload=payload)
    replaced = message.instead_of
    if replaced is not None:
        _release(replaced)
    log.info("mail_cancelled", message=message.pk, kind=message.kind)


def withhold_letters(*, decision: str, reason: str = "") -> DecisionLetters:
    """Keep the letters of a decision that is being undone; which were kept, which had left.

    Call it in the transaction that undoes, before the decision's own row is locked: a worker that holds a letter is
    waited for, and one that comes after finds it withheld.
    """
    rows = Message.objects.filter(decision=decision).select_for_update(of=("self",)).order_by("pk")
    letters = sort_letters(list(rows))
    if not reason:
        with staff_language():
            reason = _("La décision a été annulée avant le départ du courriel.")
    for letter in letters.waiting:
        cancel_message(letter, reason)
    # A letter that another one stood for was let go by that one's cancelling: it has no more to say either.
    Message.objects.filter(decision=decision, status=Attempted.Status.QUEUED).update(
        status=Attempted.Status.CANCELLED, last_error=reason
    )
    return letters


def _release(replaced: Message) -> None:
    """Let a mail leave after all that another one stood for; not before its own moment."""
    rows = Message.objects.filter(pk=replaced.pk, status=Attempted.Status.CANCELLED, attempts=0)
    if rows.update(status=Attempted.Status.QUEUED, last_error=""):
        wake_on_commit(replaced)
