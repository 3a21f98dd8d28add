"""`manage receive_mail`: the SMTP server that replies to our mails come to (docs/operations.md)."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from marketplace.dealings.inquiries.listener import reply_server


class Command(BaseCommand):
    help = "Receive replies to buyers’ questions by SMTP, until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        told = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: told.set())
        server = reply_server(host=host, port=port)
        server.start()
        domain = settings.INBOUND_MAIL_DOMAIN or "no domain (INBOUND_MAIL_DOMAIN): every mail is refused"
        self.stderr.write(f"receives mail on {host}:{port} for {domain}")
        told.wait()
        server.stop()
