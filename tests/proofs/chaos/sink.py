"""A mail server that remembers when it took each mail, and refuses some for the time being."""

from __future__ import annotations

import logging
import random
import re
import time
from collections import defaultdict

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.scenario.postman import free_port

MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)


class Sink:
    """`accepted`: seconds since the epoch, by Message-ID. `refusing`: the share of mails that it puts off."""

    def __init__(self, chance: random.Random) -> None:
        self.accepted: dict[str, list[float]] = defaultdict(list)
        self.refused: set[str] = set()
        self.refusing = 0.0
        self.connections = 0
        self.port = free_port()
        self._chance = chance
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_EHLO(  # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._chance.random() < self.refusing / 2:
            self.refused.add(address)
            return "451 4.7.1 Greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._chance.random() < self.refusing / 2:
            self.refused.update(envelope.rcpt_tos)
            return "451 4.3.2 Overloaded"
        found = MESSAGE_ID.search(envelope.original_content or b"")
        assert found is not None
        self.accepted[found[1].decode()].append(time.time())
        return "250 OK"

    def __enter__(self) -> Sink:
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
