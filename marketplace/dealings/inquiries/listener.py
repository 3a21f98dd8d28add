"""A small SMTP server for replies: it takes mail for addresses of exchanges, and bounces of our mails, and relays nothing.

Meant to stand behind a domain's MX, or behind the host's own mail server. A mail is answered « 250 » once it is committed;
where the database is away the sender is asked to come back, and mail servers do, for days.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from marketplace.dealings.inquiries.incoming import MAX_BYTES, Result, receive_reply
from marketplace.dealings.inquiries.reply_addresses import read_reply_address
from marketplace.outbox.bounces import is_bounce_address

log = structlog.get_logger("inquiries")
MOST_RECIPIENTS = 5
#: Connections at once, of all and of one address; a peer that says nothing for so many seconds is sent away.
MOST_CONNECTIONS, MOST_OF_ONE = 64, 32
PATIENCE = 60

OK = "250 2.0.0 OK"
NO_SUCH_ADDRESS = "550 5.1.1 No such address here"
TOO_MANY = "452 4.5.3 Too many recipients"
BUSY = b"421 4.7.0 Too many connections, try again later\r\n"
COME_BACK = "451 4.3.0 Try again later"
UNREADABLE = "550 5.6.0 Malformed message"
ACCEPTED = dict.fromkeys(Result, OK) | {Result.UNKNOWN: NO_SUCH_ADDRESS, Result.UNREADABLE: UNREADABLE}


def take_in(envelope: Envelope) -> Result:
    """One mail, in a thread of its own: the database is asked there."""
    close_old_connections()
    try:
        content = envelope.original_content or b""
        return receive_reply(
            source=content, recipients=envelope.rcpt_tos, envelope_from=envelope.mail_from or ""
        )
    finally:
        close_old_connections()


class ReplyHandler:
    """What aiosmtpd asks at each step."""

    def __init__(self, receive: Callable[[Envelope], Result] = take_in) -> None:
        self.receive = receive

    async def handle_RCPT(  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if read_reply_address(address) is None and not is_bounce_address(address):
            return NO_SUCH_ADDRESS
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # aiosmtpd's name
        try:
            return ACCEPTED[await asyncio.to_thread(self.receive, envelope)]
        except DatabaseError as fault:
            log.error("mail_not_received", error=type(fault).__name__)
        except Exception as fault:
            log.exception("mail_not_received", error=type(fault).__name__)
        return COME_BACK


class Seats:
    """Who is connected, by address; counted in the loop of one thread."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def take(self, peer: str) -> bool:
        if self.taken.total() >= MOST_CONNECTIONS or self.taken[peer] >= MOST_OF_ONE:
            return False
        self.taken[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        self.taken[peer] -= 1
        self.taken += Counter()  # forgets who is gone


class SeatedSMTP(SMTP):
    """One connection, if there is a seat for it."""

    def __init__(self, *args: Any, seats: Seats, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seats, self._seat, self._is_refused = seats, "", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._seat:  # called again once TLS has begun
            peer = str((transport.get_extra_info("peername") or ("",))[0]) or "-"
            if not self._seats.take(peer):
                self._is_refused = True
                writer: Any = transport
                writer.write(BUSY)
                writer.close()
                return
            self._seat = peer
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._is_refused else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_refused:
            return
        self._seats.leave(self._seat)
        super().connection_lost(error)


class ReplyServer(Controller):
    """With as many seats as `Seats` has."""

    seats = Seats()

    def factory(self) -> SMTP:
        return SeatedSMTP(self.handler, seats=self.seats, **self.SMTP_kwargs)


def tls_of_settings() -> ssl.SSLContext | None:
    """None where no certificate is set: a mail server of the host's stands before this one, or mail comes in clear."""
    if not settings.INBOUND_TLS_CERTIFICATE:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.INBOUND_TLS_CERTIFICATE, settings.INBOUND_TLS_KEY or None)
    return context


def reply_server(*, host: str, port: int, handler: Any = None) -> Controller:
    """Started with `.start()`, stopped with `.stop()`; a mail of more than 20 MB is refused before it is read (552).
    With a certificate it offers STARTTLS; it asks nobody for it, as servers that deliver mail do not insist."""
    # aiosmtpd logs who connects and every command, addresses included: what became of a mail is said by us, without any.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    server = ReplyServer(
        handler or ReplyHandler(),
        hostname=host,
        port=port,
        data_size_limit=MAX_BYTES,
        ident="Maillage",
        enable_SMTPUTF8=True,
        timeout=PATIENCE,
        tls_context=tls_of_settings(),
    )
    server.seats = Seats()
    return server
