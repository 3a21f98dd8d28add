"""A mail arrives at the address of an exchange: whose it is, whether a person wrote it, what of it is kept.

Never lost without a word: what cannot be kept is told to who sent it, unless that is not known to be one of the parties
(a stranger must not make us write to whom they please).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from enum import StrEnum

import structlog
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.inquiries import sender_check
from marketplace.dealings.inquiries.answering import check_pace, keep_file, note_answer, tell_other_side
from marketplace.dealings.inquiries.emails import send_reply_not_kept
from marketplace.dealings.inquiries.mail_text import Written, read_written
from marketplace.dealings.inquiries.parties import is_address_of, person_at, person_name
from marketplace.dealings.inquiries.reply_addresses import (
    ReplyTo,
    read_reply_address,
    without_reply_addresses,
)
from marketplace.dealings.models import InquiryMessage, InquiryRecipient
from marketplace.outbox.bounces import receive_bounce
from marketplace.web.emails import from_address, one_line
from marketplace.web.errors import Refused
from marketplace.web.verbs import verb

log = structlog.get_logger("inquiries")

Side, SenderCheck = InquiryMessage.Side, InquiryMessage.SenderCheck
MAX_BYTES = 20 * 1024 * 1024  # of a mail with all that comes with it
MOST_FILES = 5
LONGEST_ADDRESS = 254  # RFC 5321
ADDRESS_HEADERS = ("To", "Cc", "Delivered-To", "X-Original-To")


class Result(StrEnum):
    """What became of a mail. Only the first three are an exchange's business."""

    KEPT = "kept"
    HELD = "held"
    REFUSED = "refused"
    KNOWN = "known"  # the same mail again
    AUTOMATIC = "automatic"  # an absence, a bounce, a list, a mail of ours
    BOUNCE = "bounce"  # what came to the address of a mail's envelope
    UNKNOWN = "unknown"  # no exchange has this address
    UNREADABLE = "unreadable"  # broken beyond reading: whoever sent it is told by their own server


@dataclass
class Arrived:
    """A mail with what was read of it."""

    sender: str
    sender_name: str
    mail_id: str
    written: Written
    files: list[tuple[str, bytes]]
    sender_check: str = ""
    refused: list[list[str]] = field(default_factory=list)


def receive_reply(
    *,
    source: bytes,
    recipients: Iterable[str] = (),
    envelope_from: str | None = None,
    checked: Sequence[sender_check.Result] = (),
) -> Result:
    """Take in one mail as its server had it. `recipients`, `envelope_from`: of the envelope, where it is known; an empty
    sender is a bounce's. `checked`: what the service that brought it says of its sender."""
    target = None
    try:
        message = message_from_bytes(source, _class=EmailMessage, policy=policy.default)  # type: ignore[call-arg]
        if receive_bounce(message=message, recipients=recipients):
            return _noted(Result.BOUNCE)
        target = find_target(message, recipients)
        if target is None:
            return _noted(Result.UNKNOWN)
        if envelope_from == "" or is_automatic(message):
            return _noted(Result.AUTOMATIC, target)
        arrived = _read(message, source, checked)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        # the standard library falls over what is malformed enough; asking to come back would bring the same mail again
        return _noted(Result.UNREADABLE, target)
    return _noted(keep_reply(arrived=arrived, target=target, by=None), target)


def _read(message: EmailMessage, source: bytes, checked: Sequence[sender_check.Result]) -> Arrived:
    sender = sender_of(message)
    names = getaddresses([header_of(message, "From")])
    written = read_written(message)
    return Arrived(
        sender=sender,
        sender_name=one_line(names[0][0])[:120] if names else "",
        mail_id=hashlib.sha256(_identity(message, source)).hexdigest(),
        written=Written(without_reply_addresses(written.body), without_reply_addresses(written.whole)),
        files=list(_files_of(message)),
        sender_check=sender_check.check_sender(
            sender,
            [*checked, *sender_check.results_of_headers(headers_of(message, "Authentication-Results"))],
        ),
    )


def header_of(message: EmailMessage, name: str) -> str:
    """What it says there; of what cannot be taken apart, as it was written."""
    return next(iter(headers_of(message, name)), "")


def headers_of(message: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in message.get_all(name, [])]
    except (AttributeError, IndexError, RecursionError):
        return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def find_target(message: EmailMessage, recipients: Iterable[str]) -> ReplyTo | None:
    """Which exchange a mail was sent to, by its envelope, else by its headers."""
    written = [value for name in ADDRESS_HEADERS for value in headers_of(message, name)]
    addresses = [*recipients, *(address for _name, address in getaddresses(written))]
    return next((found for address in addresses if (found := read_reply_address(address))), None)


def is_automatic(message: EmailMessage) -> bool:
    """Nobody wrote it: an absence (RFC 3834), a bounce, a mailing list, or a mail of ours that came back."""
    said = {name: header_of(message, name).strip().lower() for name in _TELLING}
    return (
        said["auto-submitted"] not in ("", "no")
        or said["precedence"] in ("bulk", "junk", "list", "auto_reply")
        or bool(said["x-autoreply"] or said["x-autorespond"] or said["list-id"])
        or said["return-path"] == "<>"
        or message.get_content_type() == "multipart/report"
        or sender_of(message) == from_address().lower()
        or read_reply_address(sender_of(message)) is not None
    )


_TELLING = ("auto-submitted", "precedence", "x-autoreply", "x-autorespond", "list-id", "return-path")


def sender_of(message: EmailMessage) -> str:
    """The address that it says that it is from; empty where it says none that mail could reach."""
    for _name, address in getaddresses([header_of(message, "From")]):
        try:
            validate_email(address)
        except ValidationError:
            continue
        if len(address) <= LONGEST_ADDRESS:
            return address.lower()
    return ""


@verb
def keep_reply(*, arrived: Arrived, target: ReplyTo, by: None) -> Result:
    """Put a mail into its exchange and tell the other side."""
    held = (
        InquiryRecipient.objects.select_for_update(of=("self",))
        .select_related("inquiry__organisation", "inquiry__asked_by", "supplier__organisation")
        .filter(pk=target.recipient_id)
        .first()
    )
    if held is None:
        return Result.UNKNOWN
    if held.messages.filter(mail_id=arrived.mail_id).exists():
        return Result.KNOWN
    person = person_at(arrived.sender, held, target.side) if arrived.sender else None
    is_known = arrived.sender_check != SenderCheck.FAILED and (
        person is not None or bool(arrived.sender and is_address_of(arrived.sender, held, target.side))
    )
    if not is_known:
        person = None
    written, files = arrived.written, arrived.files
    with translation.override(person.language if person else "fr"):
        why_not = _why_not(held, target, written.body or (_("(sans texte)") if files else ""))
        if why_not:
            if is_known:
                _tell(held, target, arrived, person, [why_not])
            return Result.REFUSED
        message = InquiryMessage(
            recipient=held,
            side=target.side,
            author=person,
            author_name=person_name(person) if person is not None else arrived.sender_name,
            by_mail=True,
            from_address=arrived.sender,
            is_held=not is_known,
            sender_check=arrived.sender_check,
            body=written.body or _("(sans texte)"),
            whole=written.whole,
            mail_id=arrived.mail_id,
        )
        try:
            with transaction.atomic():
                message.save()
        except IntegrityError:
            return Result.KNOWN
        _keep_files(message, files, arrived, person)
        if arrived.refused and is_known:
            _tell(held, target, arrived, person, [f"{name}\u00a0: {why}" for name, why in arrived.refused])
    if is_known and target.side == Side.SUPPLIER:
        note_answer(held)
    message.recipient = held
    if is_known or target.side == Side.SUPPLIER:
        tell_other_side(message)
    return Result.HELD if message.is_held else Result.KEPT


def _why_not(held: InquiryRecipient, target: ReplyTo, body: str) -> str:
    if not held.is_open:
        return _("Cet échange est fermé : votre réponse n’a pas été transmise.")
    if not body:
        return _("Votre courriel est vide : écrivez votre réponse au-dessus du message cité.")
    try:
        check_pace(held, target.side)
    except Refused as refusal:
        return str(refusal)
    return ""


def _files_of(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """What came along; a picture that only stands in the text (a logo of a signature) is no file."""
    for part in message.iter_attachments():
        is_inline = part.get_content_disposition() != "attachment" and part.get("Content-ID")
        if is_inline and part.get_content_maintype() == "image":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield one_line(part.get_filename() or "")[:120], payload


def _keep_files(
    message: InquiryMessage, files: list[tuple[str, bytes]], arrived: Arrived, person: User | None
) -> None:
    """Each is checked as evidence is; what is refused is said to both."""
    for number, (said, content) in enumerate(files):
        name = said or _("fichier")
        try:
            if number >= MOST_FILES:
                raise Refused(_("Un courriel peut contenir %(n)s fichiers au plus.") % {"n": MOST_FILES})
            if message.is_held:
                raise Refused(_("Les fichiers venus d’une adresse inconnue ne sont pas gardés."))
            with transaction.atomic():
                keep_file(message, SimpleUploadedFile(name, content), by=person)
        except Refused as refusal:
            arrived.refused.append([name, str(refusal)])
    if arrived.refused:
        message.refused_files = arrived.refused
        message.save(update_fields=["refused_files"])


def _tell(
    held: InquiryRecipient, target: ReplyTo, arrived: Arrived, person: User | None, why: list[str]
) -> None:
    send_reply_not_kept(
        held, to=arrived.sender, reader=person, side=target.side, version=arrived.mail_id[:40], why=why
    )


def _identity(message: EmailMessage, source: bytes) -> bytes:
    """What a second delivery of the same mail shares: its Message-ID, or all of it."""
    return header_of(message, "Message-ID").strip().encode(errors="replace") or source


def _noted(result: Result, target: ReplyTo | None = None) -> Result:
    log.info("mail_received", result=result.value, exchange=target.recipient_id if target else None)
    return result
