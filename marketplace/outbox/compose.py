"""Writing a mail: rendered and stored in the transaction that causes it; a worker hands it over afterwards.

A message is unique per (address, kind, subject, version): writing it again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.consents import has_consent
from marketplace.accounts.models import Consent, Organisation, User
from marketplace.accounts.poles import pole_for, poles_for
from marketplace.outbox.decisions import decision_hold
from marketplace.outbox.models import ACCOUNT_KINDS, Attempted, Mention, Message
from marketplace.outbox.queue import staff_language, wake_on_commit
from marketplace.territories.models import Pole
from marketplace.web import languages
from marketplace.web.emails import Email, RenderedEmail, from_address, one_line, render_email


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One mail to write: its kind, its reader, what it says, and in whose name.

    `subject` and `version` name its cause (`supplier:42`, the number of a decision): the same reader gets it once.
    `address` is needed only where it is not the recipient's own, or where the reader has no account.
    `organisation` gives its name to the template (`organisation`, and `name` in titles), and the pôle that looks after
    it where `pole` is not given.
    `mentions`, (notice, version, open until): a mail that names one of them to the same person is not written, and it
    does not leave with one that closed meanwhile.
    `members_of`: it leaves only while its reader is a member.
    `instead_of`: a mail that was not tried yet and that this one says too; it leaves after all should this one not.
    `decision`, « supplier_decision:42 »: the decision that it tells of. It waits ten minutes and leaves only if the
    decision still stands (`outbox.decisions`); so does the mail that goes `instead_of` it.
    `reply_to`: where answers go, if not to the pôle that signs.
    `is_digest`: gathered for a day or a week, it lets other mail go first.
    `language` is for a reader without an account; a recipient's own comes first.
    """

    email: Email
    recipient: User | None
    subject: str
    version: str
    context: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    organisation: Organisation | None = None
    pole: Pole | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    mentions: Sequence[tuple[str, str, datetime | None]] = ()
    members_of: Organisation | None = None
    instead_of: Message | None = None
    decision: str = ""
    reply_to: str = ""
    is_digest: bool = False
    language: str = ""

    @property
    def to(self) -> str:
        return (self.address or (self.recipient.email if self.recipient else "")).strip().lower()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a mail is unique by."""
        return (self.to, self.email.kind, self.subject, self.version)

    @property
    def spoken(self) -> str:
        """The language of the mail: never that of who or what causes it."""
        return self.recipient.language if self.recipient else self.language or settings.LANGUAGE_CODE


def send_email(
    email: Email, *, recipient: User | None, subject: str, version: str, **rest: Any
) -> Message | None:
    """Render and store one mail (`rest`: see `Draft`); the worker sends it once this is committed.

    None where it was written before, where the consent that it needs is missing, or where a mail to this person
    already names one of its mentions.
    """
    return send_draft(Draft(email=email, recipient=recipient, subject=subject, version=version, **rest))


def send_email_to_all(email: Email, readers: Iterable[User], **rest: Any) -> list[Message]:
    """The same mail about the same cause to several people, each in their language; those that were written."""
    return send_emails([Draft(email=email, recipient=reader, **rest) for reader in readers])


@transaction.atomic(savepoint=False)
def send_draft(draft: Draft) -> Message | None:
    """`send_email` for a draft."""
    address, kind, subject, version = draft.key
    if Message.objects.filter(address=address, kind=kind, subject=subject, version=version).exists():
        return None
    pole = draft.pole or (pole_for(draft.organisation) if draft.organisation else None)
    return store_email(draft, _render(draft, pole), pole=pole)


@transaction.atomic(savepoint=False)
def send_emails(drafts: Sequence[Draft]) -> list[Message]:
    """`send_email` for several, in a few statements for all instead of six for each; those that were written.

    Where one of them cannot stand beside what another worker wrote at the same moment, each is written by itself.
    """
    wanted = _neither_written_nor_refused(drafts)
    if not wanted:
        return []
    poles = poles_for({draft.organisation for draft in wanted if draft.organisation and not draft.pole})
    stored = []
    for draft in wanted:
        pole = draft.pole or (poles[draft.organisation.pk] if draft.organisation else None)
        stored.append(_message(draft, _render(draft, pole), pole))
    try:
        with transaction.atomic():
            Message.objects.bulk_create(stored)
            Mention.objects.bulk_create(
                mention
                for draft, message in zip(wanted, stored, strict=True)
                for mention in _mentions(draft, message)
            )
    except IntegrityError:
        alone = [send_draft(draft) for draft in wanted]
        return [message for message in alone if message is not None]
    _wake(*stored)
    return stored


@transaction.atomic(savepoint=False)
def store_email(draft: Draft, rendered: RenderedEmail, *, pole: Pole | None) -> Message | None:
    """Store a mail whose parts are ready; see `send_email`."""
    if draft.mentions and draft.recipient is None:
        raise ValueError("a mention needs a recipient")
    purpose = draft.email.purpose
    if purpose and (draft.recipient is None or not has_consent(draft.recipient, purpose)):
        return None
    message = _message(draft, rendered, pole)
    try:
        with transaction.atomic():
            message.save()
            Mention.objects.bulk_create(_mentions(draft, message))
    except IntegrityError:  # written before, or at the same moment by another worker
        return None
    if draft.instead_of:
        with staff_language():
            reason = _("Un autre courriel sur le même sujet part à sa place.")
        Message.objects.filter(pk=draft.instead_of.pk).untried().update(
            status=Attempted.Status.CANCELLED, last_error=reason
        )
    _wake(message)
    return message


def unsubscribe_headers(*, url: str, reply_to: str, reference: str) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the mail program's own « Se désabonner » button. `reference` names no one."""
    return {
        "List-Unsubscribe": f"<{url}>, <mailto:{reply_to}?subject=desabonnement-{reference}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@dataclass(frozen=True)
class Sender:
    """Who writes: the name that signs, who gets the answers, the postal address that the anti-spam law asks for."""

    name: str
    reply_to: str
    postal_address: str
    phone: str


def sender_for(pole: Pole | None) -> Sender:
    """The platform, in the name of a pôle where there is one."""
    return Sender(
        name=f"{settings.SENDER_NAME}, {pole.name}" if pole else settings.SENDER_NAME,
        reply_to=(pole.email if pole else "") or from_address(),
        # the name stands on the line above
        postal_address=(pole.postal_address if pole else "")
        or settings.SENDER_POSTAL_ADDRESS.removeprefix(f"{settings.SENDER_NAME}, "),
        phone=pole.phone if pole else "",
    )


def _render(draft: Draft, pole: Pole | None) -> RenderedEmail:
    context: dict[str, Any] = {"recipient": draft.recipient, "sender": sender_for(pole), "pole": pole}
    if draft.organisation:
        context["organisation"] = context["name"] = draft.organisation.name
    return render_email(draft.email, context={**context, **draft.context}, language=draft.spoken)


def _message(draft: Draft, rendered: RenderedEmail, pole: Pole | None) -> Message:
    """The row of a mail, not stored yet."""
    signed = sender_for(pole)
    headers = {"Content-Language": languages.tag(draft.spoken), **draft.headers}
    message = Message(
        recipient=draft.recipient,
        address=draft.to,
        kind=draft.email.kind,
        subject=draft.subject,
        version=draft.version,
        title=one_line(rendered.title)[:200],
        text=rendered.text,
        html=rendered.html,
        sender_name=one_line(signed.name)[:120],
        reply_to=draft.reply_to or signed.reply_to,
        headers={one_line(name): one_line(value) for name, value in headers.items()},
        message_id=f"<{uuid.uuid4().hex}@{from_address().rpartition('@')[2]}>",
        purpose=draft.email.purpose,
        pole=pole,
        is_secret=draft.email.is_secret,
        members_of=draft.members_of,
        instead_of=draft.instead_of,
        haste=_haste(draft),
    )
    if draft.decision:
        message.decision = draft.decision
        message.next_attempt_at = message.created_at + decision_hold()
    elif draft.instead_of and draft.instead_of.decision:
        message.decision = draft.instead_of.decision
        message.next_attempt_at = draft.instead_of.next_attempt_at
    try:
        validate_email(draft.to)
    except ValidationError:  # kept and shown to staff: a wrong address must not undo what caused the mail
        with staff_language():
            message.last_error = _("L’adresse n’est pas valide.")
        message.status = Attempted.Status.FAILED
    return message


def _haste(draft: Draft) -> Message.Haste:
    if draft.email.kind.startswith(ACCOUNT_KINDS):
        return Message.Haste.ACCOUNT
    return Message.Haste.DIGEST if draft.is_digest else Message.Haste.AT_ONCE


def _mentions(draft: Draft, message: Message) -> list[Mention]:
    return [
        Mention(recipient=draft.recipient, notice=notice, version=version, open_until=until, message=message)
        for notice, version, until in draft.mentions
    ]


def _wake(*messages: Message) -> None:
    now = timezone.now()
    wake_on_commit(*(m for m in messages if m.status == Attempted.Status.QUEUED and m.next_attempt_at <= now))


def _neither_written_nor_refused(drafts: Sequence[Draft]) -> list[Draft]:
    """Less those written before, and those whose reader has not consented to their purpose."""
    if not drafts:
        return []
    addresses, kinds, subjects, versions = (set(part) for part in zip(*(d.key for d in drafts), strict=True))
    written = set(
        Message.objects.filter(
            address__in=addresses, kind__in=kinds, subject__in=subjects, version__in=versions
        ).values_list("address", "kind", "subject", "version")
    )
    consented: set[tuple[int, str]] = set()
    if purposes := {draft.email.purpose for draft in drafts} - {""}:
        consents = Consent.objects.standing().filter(
            user__in={draft.recipient for draft in drafts if draft.recipient}, purpose__in=purposes
        )
        consented = set(consents.values_list("user", "purpose"))
    return [
        draft
        for draft in drafts
        if draft.key not in written
        and (
            not draft.email.purpose
            or (draft.recipient is not None and (draft.recipient.pk, draft.email.purpose) in consented)
        )
    ]
