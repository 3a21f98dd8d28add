"""A real SMTP server at the network's edge: it keeps what it accepts, and can hold its breath before accepting."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
import time
from email.message import EmailMessage
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postman:
    """`letters` holds what was accepted. While `holding`, a sender that has given a letter waits for the answer."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.holding = threading.Event()
        self.held = threading.Event()
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(  # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.holding.is_set():
            self.held.set()
            while self.holding.is_set():
                await asyncio.sleep(0.05)
            return "421 Too late"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        letter = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"])]

    def wait_for(self, address: str, count: int = 1, seconds: float = 60) -> list[EmailMessage]:
        """The letters to an address once there are `count`; AssertionError when they do not come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(found := self.to(address)) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{len(self.to(address))} of {count} letters to {address} after {seconds} s")

    def __enter__(self) -> Postman:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def body(letter: EmailMessage, kind: str = "plain") -> str:
    """The text of a letter, plain or html."""
    part = letter.get_body(preferencelist=(kind,))
    assert part is not None
    content: str = part.get_content()
    return content
