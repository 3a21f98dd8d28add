"""Handing a mail to the server: at least once, and a second time only where nobody can know whether the first counted.

Three transactions' worth of truth: the claim (with the last checks), the server's answer, the result. Where the process
dies between the last two, or the line drops after the data, the same mail goes again under the same Message-ID.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime, formataddr
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import consents
from marketplace.outbox import attempts
from marketplace.outbox.models import Attempted, Message
from marketplace.outbox.senders import from_address

log = structlog.get_logger("outbox")

Check = Callable[[Message], str]

_checks: dict[str, Check] = {}


def withholds(*kinds: str) -> Callable[[Check], Check]:
    """Decorator: ask this function just before a mail of these kinds leaves.

    It answers why the mail must not leave any more, or "". It runs in the transaction of the claim, so it may also
    write what should leave instead.
    """

    def register(check: Check) -> Check:
        _checks.update(dict.fromkeys(kinds, check))
        return check

    return register


def send(*, message_id: int) -> bool:
    """Hand over a mail that is due; whether the server took it. Safe to call twice, and from two workers at once."""
    with transaction.atomic():
        message = attempts.claim(Message, message_id)
        if message is None:
            return False
        with attempts.for_staff():
            reason = _why_not(message)
        if reason:
            _cancel(message, reason)
            return False
    failure = _hand_over(message)
    if failure is None:
        return True
    attempts.postpone(
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


def build(message: Message) -> EmailMultiAlternatives:
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
        mail = build(message)
        mail.message()
    except (ValueError, UnicodeError) as error:  # a header that cannot be written, an address that is none
        return Failure(_told(error), permanent=True)
    connection = get_connection()
    try:
        connection.open()
    except Exception as error:  # no server, no name, no login: nothing was handed over
        return Failure(_told(error))
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
    told = _told(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return Failure(told, permanent=all(500 <= code < 600 for code in codes))
    if isinstance(error, smtplib.SMTPDataError):
        return Failure(told, permanent=500 <= error.smtp_code < 600)
    if isinstance(error, smtplib.SMTPResponseException):  # our own name, login or sender: ours to mend
        return Failure(told)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Failure(told, permanent=True)
    return Failure(told, in_doubt=True)


def _done(message: Message) -> None:
    fields: dict[str, Any] = {}
    if message.is_secret:
        with attempts.for_staff():
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


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
