"""Writing a mail: rendered and stored in the transaction that causes it; a worker hands it over afterwards.

A message is unique per (address, kind, subject, version): writing it again changes nothing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.accounts import consents
from marketplace.accounts.models import User
from marketplace.outbox import rendering, waking
from marketplace.outbox.attempts import for_staff
from marketplace.outbox.models import Attempted, Mention, Message
from marketplace.outbox.senders import from_address, sender
from marketplace.territories.models import Pole
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
    language = recipient.language if recipient else language or translation.get_language() or "fr"
    body = rendering.render(
        template=template,
        context={"title": title, "recipient": recipient, "sender": sender(pole), "pole": pole, **context},
        language=language,
    )
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
        headers={"Content-Language": "fr-CA" if language == "fr" else language, **(headers or {})},
        mentions=mentions,
        secret=secret,
    )


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
    address = address.strip().lower()
    if mentions and recipient is None:
        raise ValueError("a mention needs a recipient")
    if purpose and (recipient is None or not consents.stands(recipient, purpose)):
        return None
    signed = sender(pole)
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
        with for_staff():
            message.last_error = _("L’adresse n’est pas valide.")
        message.status = Attempted.Status.FAILED
    try:
        with transaction.atomic():
            message.save()
            Mention.objects.bulk_create(
                Mention(recipient=recipient, notice=notice, version=notice_version, message=message)
                for notice, notice_version in mentions
            )
    except IntegrityError:  # written before, or at the same moment by another worker
        return None
    if message.status == Attempted.Status.QUEUED:
        waking.on_commit("outbox.send", message.pk)
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
    waking.on_commit("outbox.send", message.pk)


def unsubscribe_headers(*, url: str, reply_to: str, reference: str) -> dict[str, str]:
    """RFC 2369 and RFC 8058: the mail program's own « Se désabonner » button. `reference` names no one."""
    return {
        "List-Unsubscribe": f"<{url}>, <mailto:{reply_to}?subject=desabonnement-{reference}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def one_line(value: object) -> str:
    """A header's value on one line without control characters: what people write cannot add a header."""
    printable = "".join(c if c.isprintable() or c == "\u00a0" else " " for c in str(value))
    return re.sub(" {2,}", " ", printable).strip()


def _is_written(*, address: str, kind: str, subject: str, version: str) -> bool:
    return Message.objects.filter(
        address=address.strip().lower(), kind=kind, subject=subject, version=version
    ).exists()
