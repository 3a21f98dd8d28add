"""A small SMTP server for replies: it takes mail for addresses of exchanges and for nothing else, and relays nothing.

Meant to stand behind a domain's MX, or behind the host's own mail server. A mail is answered « 250 » once it is committed;
where the database is away the sender is asked to come back, and mail servers do, for days.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections

from marketplace.dealings.inquiries.incoming import MAX_BYTES, Result, receive_reply
from marketplace.dealings.inquiries.reply_addresses import read_reply_address

log = structlog.get_logger("inquiries")
MOST_RECIPIENTS = 5

OK = "250 2.0.0 OK"
NO_SUCH_ADDRESS = "550 5.1.1 No such address here"
TOO_MANY = "452 4.5.3 Too many recipients"
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
        if read_reply_address(address) is None:
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


def reply_server(*, host: str, port: int, handler: Any = None) -> Controller:
    """Started with `.start()`, stopped with `.stop()`; a mail of more than 20 MB is refused before it is read (552)."""
    # aiosmtpd logs who connects and every command, addresses included: what became of a mail is said by us, without any.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    return Controller(
        handler or ReplyHandler(),
        hostname=host,
        port=port,
        data_size_limit=MAX_BYTES,
        ident="Maillage",
        enable_SMTPUTF8=True,
    )
