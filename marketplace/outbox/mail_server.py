"""The mail server: one connection kept for many mails, and what its answers mean.

The server's own refusals are certain. Only where the line drops once the data has begun may it have the mail all the same.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime, formataddr
from types import TracebackType
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from marketplace.outbox.bounces import bounce_address
from marketplace.outbox.models import Message
from marketplace.outbox.refusals import enhanced_code
from marketplace.web.emails import from_address

log = structlog.get_logger("outbox")

#: Mails on one connection. Servers count them too, and hang up: Postfix after 100.
MAILS_PER_CONNECTION = 90
#: « Service not available, closing transmission channel ».
GOODBYE = 421


@dataclass(frozen=True)
class Failure:
    """Why a mail did not go. `permanent`: trying again is useless. `in_doubt`: the server may have it all the same.

    `status`: the code of RFC 3463 of a refusal for good.
    `hung_up`: the connection is of no use any more. `is_outage`: it is not about this mail; no other would go either.
    """

    text: str
    permanent: bool = False
    status: str = ""
    in_doubt: bool = False
    hung_up: bool = False
    is_outage: bool = False


def build_email(message: Message) -> EmailMultiAlternatives:
    """The mail as it leaves, the same at every attempt."""
    sender = formataddr((message.sender_name, from_address()))
    mail = EmailMultiAlternatives(
        subject=message.title,
        body=message.text,
        from_email=bounce_address(message) or sender,  # the envelope's
        to=[message.address],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "From": sender,
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


class MailServer:
    """`with MailServer() as server`: connects at the first mail, and again after a fault."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._sent = 0
        self._is_watched = self._data_began = False

    def __enter__(self) -> MailServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def hand_over(self, message: Message) -> Failure | None:
        """None once the server said yes."""
        try:
            mail = build_email(message)
            mail.message()
        except (
            ValueError,
            UnicodeError,
        ) as error:  # a header that cannot be written, an address that is none
            return Failure(_error_text(error), permanent=True)
        if self._sent >= MAILS_PER_CONNECTION:
            self._hang_up()
        was_kept = self._backend is not None
        failure = self._try(mail)
        if failure is not None and failure.hung_up and not failure.in_doubt and was_kept:
            failure = self._try(mail)  # the server may have had enough of this connection, and not of us
        return failure

    def _try(self, mail: EmailMultiAlternatives) -> Failure | None:
        try:
            self._connect()
        except Exception as error:  # no server, no name, no login: nothing was handed over
            self._hang_up()
            return Failure(_error_text(error), hung_up=True, is_outage=True)
        self._data_began = not self._is_watched
        try:
            if not self._backend.send_messages([mail]):
                return Failure("The server took no recipient.")
        except Exception as error:
            failure = judge(error, data_began=self._data_began)
            if failure.hung_up:
                self._hang_up()
            return failure
        self._sent += 1
        return None

    def _connect(self) -> None:
        if self._backend is not None:
            return
        self._backend, self._sent = get_connection(), 0
        self._backend.open()
        client = getattr(self._backend, "connection", None)
        self._is_watched = isinstance(client, smtplib.SMTP)  # of a folder or a console we know no more
        if isinstance(client, smtplib.SMTP):
            client.data = self._watched(client.data)  # type: ignore[method-assign]

    def _watched(self, data: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def watched(content: Any) -> Any:
            self._data_began = True
            return data(content)

        return watched

    def _hang_up(self) -> None:
        """What was handed over is accepted or not by now: a bad goodbye changes nothing."""
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except Exception as error:
            log.info("bad_goodbye", error=type(error).__name__)


def judge(error: Exception, *, data_began: bool) -> Failure:
    """What an error during the dialogue means."""
    text = _error_text(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        permanent = all(500 <= code < 600 for code in codes)
        status = _status(text) if permanent else ""
        return Failure(text, permanent=permanent, status=status, hung_up=GOODBYE in codes)
    if isinstance(error, smtplib.SMTPDataError):
        permanent = 500 <= error.smtp_code < 600
        status = _status(text) if permanent else ""
        return Failure(text, permanent=permanent, status=status, hung_up=error.smtp_code == GOODBYE)
    if isinstance(error, smtplib.SMTPResponseException):  # our own name, login or sender: ours to mend
        has_enough = error.smtp_code == GOODBYE
        return Failure(text, hung_up=has_enough, is_outage=has_enough)
    if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
        return Failure(text, permanent=True)
    return Failure(text, in_doubt=data_began, hung_up=True, is_outage=not data_began)


def _status(text: str) -> str:
    """« 5.0.0 » where a refusal has no code of its own."""
    return enhanced_code(text) or "5.0.0"


def _error_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
