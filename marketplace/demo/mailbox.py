"""The demo's mail server is a folder: every message handed over becomes one `.eml` file, exactly as sent."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as Parsed
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from marketplace.dealings.inquiries.incoming import Result, receive_reply
from marketplace.dealings.inquiries.reply_addresses import read_reply_address

# The moment of the hand-over in UTC, then chance: names sort by time, and two at once never meet.
_NAME = "%Y%m%dT%H%M%S%f"
NAME_PATTERN = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")


class EmlBackend(BaseEmailBackend):
    """A file appears whole or not at all; a message handed over twice leaves two files."""

    def __init__(self, file_path: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sent = 0
        for message in email_messages:
            if message.recipients():
                self._write(bytes(message.message().as_bytes(linesep="\r\n")))
                sent += 1
        return sent

    def _write(self, source: bytes) -> None:
        name = f"{datetime.now(UTC):{_NAME}}-{secrets.token_hex(4)}"
        half_written = self.folder / f".{name}.part"
        with half_written.open("wb") as file:
            file.write(source)
            file.flush()
            os.fsync(file.fileno())
        half_written.rename(self.folder / f"{name}.eml")


@dataclass(frozen=True)
class StoredEmail:
    """A message as sent. `sent_at` is the moment of the hand-over."""

    name: str
    sent_at: datetime
    parsed: Parsed

    @property
    def title(self) -> str:
        return str(self.parsed["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.parsed["To"] or "")

    @property
    def sender(self) -> str:
        """« Maillage, pôle de… (alertes@…) »."""
        [author] = self.parsed["From"].addresses
        return f"{author.display_name} ({author.addr_spec})"

    @property
    def reply_to(self) -> str:
        """Where an answer comes back to the site; empty where it would go to people."""
        address = str(self.parsed["Reply-To"] or "")
        return address if read_reply_address(address) else ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.parsed.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        return str(part.get_content()) if isinstance(part, Parsed) else ""


def stored_email_names() -> list[str]:
    """The names of all messages, the newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    found = (path.stem for path in folder.glob("*.eml")) if folder.is_dir() else ()
    return sorted((name for name in found if NAME_PATTERN.fullmatch(name)), reverse=True)


def find_stored_email(name: str) -> StoredEmail | None:
    """A message by its name; None where there is none."""
    if not NAME_PATTERN.fullmatch(name):
        return None
    try:
        source = (Path(settings.EMAIL_FILE_PATH) / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    sent_at = datetime.strptime(name.partition("-")[0], _NAME).replace(tzinfo=UTC)
    return StoredEmail(name, sent_at, BytesParser(Parsed, policy=policy.default).parsebytes(source))


def answer_stored_email(letter: StoredEmail, *, sender: str, text: str) -> Result:
    """What a mail program would send back, quote included, handed in as a mail server would."""
    answer = Parsed(policy=policy.default)
    answer["From"], answer["To"], answer["Subject"] = sender, letter.reply_to, f"RE: {letter.title}"
    answer["Message-ID"] = f"<{uuid4().hex}@demo.example>"
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    answer.set_content(f"{text}\n\nLe {letter.sent_at:%Y-%m-%d}, {letter.reply_to} a écrit :\n{quoted}\n")
    return receive_reply(source=answer.as_bytes(), recipients=[letter.reply_to], envelope_from=sender)
