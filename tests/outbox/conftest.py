"""A real mail server on a loopback port, and a record of who was woken instead of a broker."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from marketplace.outbox import queue
from marketplace.territories.models import Pole


@pytest.fixture(autouse=True)
def wakes(monkeypatch) -> list[str]:
    """The tasks that the broker would have been told of."""
    told: list[str] = []

    def wake_queue(task_name: str) -> bool:
        told.append(task_name)
        return True

    monkeypatch.setattr(queue, "wake_queue", wake_queue)
    return told


class MailServer:
    """Keeps what it accepted; `answer_to_recipient` and `answer_to_data` are SMTP replies, `drop` hangs up."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.answer_to_recipient = "250 OK"
        self.answer_to_data = "250 OK"
        self.drop = False
        self.refused: dict[str, str] = {}
        #: From which mail of a connection on the server wants no more of it.
        self.enough_after = 1_000
        self.connections = 0
        self._of_this = 0

    async def handle_EHLO(  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        self._of_this = 0
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._of_this += 1
        if self._of_this > self.enough_after:
            return "421 4.7.0 Too many messages on one connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.refused.get(address, self.answer_to_recipient)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer_to_data.startswith("2"):
            self.accepted.append(envelope)
        if self.drop:
            server.transport.abort()
        return self.answer_to_data

    @property
    def sources(self) -> list[bytes]:
        return [envelope.content for envelope in self.accepted]


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    controller.stop()


@pytest.fixture
def some_pole(db) -> Pole:
    return Pole.objects.create(
        code="essai",
        name="Pôle d’essai",
        email="pole@exemple.test",
        phone="819 555-0188",
        postal_address="1, rue de l’Essai, Shawinigan (Québec) G9N 1A1",
    )
