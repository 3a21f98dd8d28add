"""What comes back: bounces (RFC 3464) and complaints (RFC 5965), tied to the mail that we sent.

A mail leaves with an envelope address of its own, « b42.9c1e…@reponses.example.org »: its number and a keyed digest. Where that is not
used (a mail service with envelopes of its own), the Message-ID ties, which is as hard to guess. Both are known to who got the mail and
to nobody else, and what is suppressed is the address that we wrote to, whatever the report names: nobody can silence
another's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.message import Message as Part

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.outbox.models import Message, Suppression
from marketplace.outbox.refusals import enhanced_code
from marketplace.outbox.suppressions import note_complaint, note_refusal
from marketplace.web.emails import one_line

#: Later than that a report is no news: servers try for five days.
OLDEST = timedelta(days=30)
#: The address for what is sent by hand or by providers' feedback loops.
REPORTS = "bounces"
_LOCAL = re.compile(r"b([1-9][0-9]{0,17})\.([0-9a-f]{20})")


@dataclass(frozen=True)
class Report:
    """What a machine says of a mail: `status` as RFC 3463 has it, or a complaint. `message_id`: of the mail, where told."""

    status: str = ""
    said: str = ""
    message_id: str = ""
    is_complaint: bool = False


def bounce_address(message: Message) -> str:
    """The envelope's sender of a mail; empty where this installation receives no mail."""
    domain = settings.BOUNCE_MAIL_DOMAIN
    return f"b{message.pk}.{_mark(message.pk, settings.SECRET_KEY)}@{domain}" if domain else ""


def is_bounce_address(address: str) -> bool:
    """Whether reports come to it."""
    return _is_reports(address) or _read(address) is not None


def receive_bounce(*, message: EmailMessage, recipients: Iterable[str]) -> bool:
    """Take in what came to a bounce address; False where none of these is one.

    An absence, or whatever else answers a machine, comes there too: only a report says something, and nothing is ever
    answered, so no two machines can write to each other.
    """
    ours = [address for address in recipients if is_bounce_address(address)]
    if not ours:
        return False
    report = read_report(message)
    if report is not None:
        numbers = [pk for address in ours if (pk := _read(address)) is not None]
        sent = _sent(numbers, report.message_id)
        if sent is not None:
            note_report(sent, report, source=Suppression.Source.REPORT)
    return True


def note_report(sent: Message, report: Report, *, source: str) -> None:
    if report.is_complaint:
        note_complaint(message=sent, said=report.said, source=source, by=None)
    elif report.status.startswith(("4.", "5.")):
        note_refusal(message=sent, status=report.status, said=report.said, source=source, by=None)


def read_report(message: EmailMessage) -> Report | None:
    """A failure for good or a complaint; None of what says neither (a delay, a delivery, an absence)."""
    if message.get_content_type() != "multipart/report":
        return None
    parts = list(message.walk())
    message_id = next((found for part in parts if (found := _original_id(part))), "")
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/feedback-report":
            return Report(is_complaint=True, said=_fields(part)[:2000], message_id=message_id)
        if kind == "message/delivery-status" and isinstance(blocks := part.get_payload(), list):
            for block in blocks:
                action = str(block.get("Action", "")).strip().lower()
                status = enhanced_code(str(block.get("Status", "")))
                if action == "failed" and status.startswith(("4.", "5.")):
                    said = one_line(str(block.get("Diagnostic-Code", "")))
                    # « 5.0.0 » says nothing; the server's own words may.
                    told = enhanced_code(said)
                    exact = told if status.endswith(".0.0") and told.startswith("5.") else status
                    return Report(status=exact, said=said[:2000], message_id=message_id)
    return None


def _original_id(part: Part) -> str:
    """The Message-ID of the mail that comes along, whole or its headers alone."""
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
        return str(payload[0].get("Message-ID", "")).strip()
    if part.get_content_type() == "text/rfc822-headers" and isinstance(payload, str):
        found = re.search(r"^Message-ID:\s*(<[^<>\s]+>)", payload, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""
    return ""


def _fields(part: Part) -> str:
    """Of a complaint, its kind and program: no address."""
    payload = part.get_payload()
    text = str(payload[0]) if isinstance(payload, list) and payload else str(payload)
    kept = [line for line in text.splitlines() if line.lower().startswith(("feedback-type:", "user-agent:"))]
    return "\n".join(one_line(line) for line in kept)


def _sent(numbers: list[int], message_id: str) -> Message | None:
    """The mail that a report is about: one that the server had, not long ago."""
    rows = Message.objects.filter(done_at__gt=timezone.now() - OLDEST)
    if numbers:
        return rows.filter(pk__in=numbers).first()
    return rows.filter(message_id=message_id).first() if message_id else None


def _domain_of(address: str) -> tuple[str, bool]:
    local, _at, domain = address.strip().lower().rpartition("@")
    return local, bool(settings.BOUNCE_MAIL_DOMAIN) and domain == settings.BOUNCE_MAIL_DOMAIN.lower()


def _is_reports(address: str) -> bool:
    local, is_ours = _domain_of(address)
    return is_ours and local == REPORTS


def _read(address: str) -> int | None:
    local, is_ours = _domain_of(address)
    found = _LOCAL.fullmatch(local)
    if not is_ours or not found:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    pk = int(found[1])
    return pk if any(constant_time_compare(found[2], _mark(pk, key)) for key in keys) else None


def _mark(pk: int, key: str) -> str:
    return salted_hmac("outbox.bounces", str(pk), secret=key, algorithm="sha256").hexdigest()[:20]
