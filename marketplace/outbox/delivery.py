"""Handing a mail to the server: at least once, and a second time only where nobody can know whether the first counted.

Three transactions' worth of truth: the claim (with the last checks), the server's answer, the result. Where the process
dies between the last two, or the line drops after the data, the same mail goes again under the same Message-ID.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.utils import format_datetime, formataddr
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.consents import has_consent
from marketplace.accounts.models import Membership, User
from marketplace.outbox.decisions import DecisionLetters, sort_letters, why_not_standing
from marketplace.outbox.events import post_event
from marketplace.outbox.models import Attempted, Message
from marketplace.outbox.queue import claim_row, postpone_row, staff_language, wake_on_commit
from marketplace.web.emails import from_address
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

log = structlog.get_logger("outbox")


def send_message(*, message_id: int) -> bool:
    """Hand over a mail that is due; whether the server took it. Safe to call twice, and from two workers at once."""
    with transaction.atomic():
        message = claim_row(Message, message_id)
        if message is None:
            return False
        with staff_language():
            reason = _why_not(message)
        if reason:
            cancel_message(message, reason)
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
    """The last checks, made at the moment of sending: things change while mails wait. All they need is stored."""
    recipient = message.recipient
    if recipient is not None and not recipient.is_active:
        return _("Le compte est désactivé.")
    if message.purpose and (recipient is None or not has_consent(recipient, message.purpose)):
        return _("Le consentement a été retiré.")
    if message.members_of_id:
        members = Membership.objects.filter(user=recipient, organisation=message.members_of_id)
        if not members.exists():
            return _("La personne n’est plus membre de l’organisation.")
    if message.decision and (reason := why_not_standing(message.decision)):
        return reason
    now = timezone.now()
    mentions = list(message.mentions.values_list("open_until", flat=True))
    closed = [until for until in mentions if until is not None and until <= now]
    if closed and len(closed) == len(mentions):
        return _("L’avis a fermé ou a été écarté, ou l’alerte est arrêtée.")
    if closed and not message.in_doubt:  # in doubt, only this very mail may go again
        return _("Des avis ont fermé : un courriel sans ces avis remplace celui-ci.")
    return ""


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


def cancel_message(message: Message, reason: str) -> None:
    """Withhold a mail. The one that it stood for leaves after all; who wrote it hears of it by `message.withheld`."""
    Message.objects.filter(pk=message.pk).update(
        status=Attempted.Status.CANCELLED, leased_until=None, last_error=reason
    )
    if not message.in_doubt:  # nobody has read of these notices here: another mail may still name them
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


def _close(connection: Any) -> None:
    """The mail is accepted or not by now: a bad goodbye changes nothing."""
    try:
        connection.close()
    except Exception as error:
        log.info("bad_goodbye", error=type(error).__name__)


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
