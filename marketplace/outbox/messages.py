"""Writing a mail: rendered and stored in the transaction that causes it; a worker hands it over afterwards.

A message is unique per (address, kind, subject, version): writing it again changes nothing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.accounts import consents
from marketplace.accounts.models import Consent, Organisation, User
from marketplace.outbox import rendering
from marketplace.outbox.delivery import staff_language, wake_on_commit
from marketplace.outbox.models import Attempted, Mention, Message
from marketplace.outbox.senders import from_address, pole_for, sender
from marketplace.territories.models import Pole
from marketplace.web import languages
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb


@transaction.atomic(savepoint=False)
def write(
    *,
    recipient: User | None,
    address: str,
    kind: str,
    subject: str,
    version: str,
    title: str,
    template: str,
    context: dict[str, Any],
    pole: Pole | None = None,
    purpose: str = "",
    headers: dict[str, str] | None = None,
    mentions: Sequence[tuple[str, str]] = (),
    secret: bool = False,
    language: str = "",
) -> Message | None:
    """Render `templates/mail/<template>` and store the mail; the worker sends it once this is committed.

    None where it was already written, where the consent that `purpose` names is missing, or where a mail to this
    person already names one of `mentions`, pairs of (notice, version).
    `secret`: the body holds a link that signs someone in; it is blanked once sent.
    `language`: of a reader without an account; a recipient's own comes first.
    """
    if _is_written(address=address, kind=kind, subject=subject, version=version):
        return None
    language = _language(recipient, language)
    body = _body(template, context, title, recipient, pole, language)
    return write_raw(
        address=address,
        kind=kind,
        subject=subject,
        version=version,
        title=title,
        text=body.text,
        html=body.html,
        recipient=recipient,
        pole=pole,
        purpose=purpose,
        headers={**_content_language(language), **(headers or {})},
        mentions=mentions,
        secret=secret,
    )


#: Title and context of a mail, said while its reader's language is active.
Words = Callable[[], tuple[str, dict[str, Any]]]


def write_about(
    *,
    organisation: Organisation,
    reader: User | None,
    say: Words,
    address: str = "",
    pole: Pole | None = None,
    **letter: Any,
) -> Message | None:
    """`write` to someone about an organisation, in the reader's language, in the name of the pôle that looks after it.

    `reader` is None where `address` has no account. `letter` is the rest of what `write` takes.
    """
    language = reader.language if reader else settings.LANGUAGE_CODE
    with translation.override(language):
        title, context = say()
    return write(
        recipient=reader,
        address=reader.email if reader else address,
        title=title,
        context={"organisation": organisation.name, **context},
        pole=pole or pole_for(organisation),
        language=language,
        **letter,
    )


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What `write` takes, for a mail that is written together with others."""

    recipient: User
    kind: str
    subject: str
    version: str
    title: str
    template: str
    context: dict[str, Any]
    pole: Pole | None = None
    purpose: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    mentions: Sequence[tuple[str, str]] = ()

    @property
    def address(self) -> str:
        return self.recipient.email

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a mail is unique by."""
        return (self.address.strip().lower(), self.kind, self.subject, self.version)


@transaction.atomic(savepoint=False)
def write_together(drafts: Sequence[Draft]) -> list[Message]:
    """`write` for several mails, in a few statements for all instead of six for each; those that were written.

    Where one of them cannot stand beside what another worker wrote at the same moment, each is written by itself.
    """
    wanted = _neither_written_nor_refused(drafts)
    if not wanted:
        return []
    stored: list[Message] = []
    for draft in wanted:
        language = _language(draft.recipient, "")
        body = _body(draft.template, draft.context, draft.title, draft.recipient, draft.pole, language)
        stored.append(
            _message(
                recipient=draft.recipient,
                address=draft.address,
                kind=draft.kind,
                subject=draft.subject,
                version=draft.version,
                title=draft.title,
                text=body.text,
                html=body.html,
                headers={**_content_language(language), **draft.headers},
                purpose=draft.purpose,
                pole=draft.pole,
                secret=False,
            )
        )
    try:
        with transaction.atomic():
            Message.objects.bulk_create(stored)
            Mention.objects.bulk_create(
                Mention(recipient=draft.recipient, notice=notice, version=version, message=message)
                for draft, message in zip(wanted, stored, strict=True)
                for notice, version in draft.mentions
            )
    except IntegrityError:
        alone = [write(address=draft.address, **vars(draft)) for draft in wanted]
        return [message for message in alone if message is not None]
    for message in stored:
        _wake(message)
    return stored


@transaction.atomic(savepoint=False)
def write_raw(
    *,
    address: str,
    kind: str,
    subject: str,
    version: str,
    title: str,
    text: str,
    html: str,
    recipient: User | None = None,
    pole: Pole | None = None,
    purpose: str = "",
    headers: dict[str, str] | None = None,
    mentions: Sequence[tuple[str, str]] = (),
    secret: bool = False,
) -> Message | None:
    """Store a mail whose parts are ready; see `write`."""
    if mentions and recipient is None:
        raise ValueError("a mention needs a recipient")
    if purpose and (recipient is None or not consents.stands(recipient, purpose)):
        return None
    message = _message(
        recipient=recipient,
        address=address,
        kind=kind,
        subject=subject,
        version=version,
        title=title,
        text=text,
        html=html,
        headers=headers,
        purpose=purpose,
        pole=pole,
        secret=secret,
    )
    try:
        with transaction.atomic():
            message.save()
            Mention.objects.bulk_create(
                Mention(recipient=recipient, notice=notice, version=notice_version, message=message)
                for notice, notice_version in mentions
            )
    except IntegrityError:  # written before, or at the same moment by another worker
        return None
    _wake(message)
    return message


@verb
def retry(*, message: Message, by: User | None) -> None:
    """Try again a mail that was given up, as if for the first time."""
    if by is not None and not (by.is_superuser or message.pole_id in by.pole_codes):
        raise NotAllowed(_("Ce courriel n’est pas de votre pôle."))
    changed = Message.objects.failed().filter(pk=message.pk)
    if not changed.update(
        status=Attempted.Status.QUEUED, attempts=0, next_attempt_at=timezone.now(), leased_until=None
    ):
        raise WrongMove(_("Seul un courriel en échec peut être réessayé."))
    message.refresh_from_db()
    wake_on_commit(message)


def unsubscribe_headers(*, url: str, reply_to: str, reference: str) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the mail program's own « Se désabonner » button. `reference` names no one."""
    return {
        "List-Unsubscribe": f"<{url}>, <mailto:{reply_to}?subject=desabonnement-{reference}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def one_line(value: object) -> str:
    """A header's value on one line without control characters: what people write cannot add a header."""
    text = str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)
    return re.sub(" {2,}", " ", text).strip()


def _message(
    *,
    recipient: User | None,
    address: str,
    kind: str,
    subject: str,
    version: str,
    title: str,
    text: str,
    html: str,
    headers: dict[str, str] | None,
    purpose: str,
    pole: Pole | None,
    secret: bool,
) -> Message:
    """The row of a mail, not stored yet."""
    signed = sender(pole)
    address = address.strip().lower()
    message = Message(
        recipient=recipient,
        address=address,
        kind=kind,
        subject=subject,
        version=version,
        title=one_line(title)[:200],
        text=text,
        html=html,
        sender_name=one_line(signed.name)[:120],
        reply_to=signed.reply_to,
        headers={one_line(name): one_line(value) for name, value in (headers or {}).items()},
        message_id=f"<{uuid.uuid4().hex}@{from_address().rpartition('@')[2]}>",
        purpose=purpose,
        pole=pole,
        is_secret=secret,
    )
    try:
        validate_email(address)
    except ValidationError:  # kept and shown to staff: a wrong address must not undo what caused the mail
        with staff_language():
            message.last_error = _("L’adresse n’est pas valide.")
        message.status = Attempted.Status.FAILED
    return message


def _wake(message: Message) -> None:
    if message.status == Attempted.Status.QUEUED:
        wake_on_commit(message)


def _language(recipient: User | None, asked: str) -> str:
    return recipient.language if recipient else asked or translation.get_language() or "fr"


def _content_language(language: str) -> dict[str, str]:
    return {"Content-Language": languages.tag(language)}


def _body(
    template: str,
    context: dict[str, Any],
    title: str,
    recipient: User | None,
    pole: Pole | None,
    language: str,
) -> rendering.Body:
    whole = {"title": title, "recipient": recipient, "sender": sender(pole), "pole": pole, **context}
    return rendering.render(template=template, context=whole, language=language)


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
    consented = set(
        Consent.objects.standing()
        .filter(user__in={d.recipient.pk for d in drafts}, purpose__in={d.purpose for d in drafts})
        .values_list("user", "purpose")
    )
    return [
        draft
        for draft in drafts
        if draft.key not in written
        and (not draft.purpose or (draft.recipient.pk, draft.purpose) in consented)
    ]


def _is_written(*, address: str, kind: str, subject: str, version: str) -> bool:
    return Message.objects.filter(
        address=address.strip().lower(), kind=kind, subject=subject, version=version
    ).exists()
