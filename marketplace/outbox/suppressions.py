"""Addresses that refuse our mail: when that begins, what it stops, how it ends (docs/adr/0037).

Nothing but account mail is sent to them: who asks for a new password waits at the screen, and may know better than a server.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.retention import BATCH, months_ago
from marketplace.outbox.models import Attempted, Message, Suppression
from marketplace.outbox.queue import staff_language
from marketplace.outbox.refusals import refusal_words, refuses_address
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

log = structlog.get_logger("outbox")


@verb
def note_refusal(*, message: Message, status: str, said: str, source: str, by: None) -> None:
    """A server refused for good a mail that another had accepted: the mail says why, the address may be suppressed."""
    with staff_language():
        reason = refusal_words(status)
    sent = Message.objects.filter(pk=message.pk, status=Attempted.Status.DONE)
    sent.update(status=Attempted.Status.FAILED, last_error=f"{said[:2000]}\n{reason}")
    log.info("mail_refused_later", message=message.pk, status=status, source=source)
    if refuses_address(status):
        suppress_address(
            message=message, reason=Suppression.Reason.REFUSED, said=said, source=source, by=None
        )


@verb
def note_complaint(*, message: Message, said: str, source: str, by: None) -> None:
    """The reader pressed « courrier indésirable »."""
    suppress_address(message=message, reason=Suppression.Reason.COMPLAINT, said=said, source=source, by=None)


@verb
def suppress_address(*, message: Message, reason: str, said: str, source: str, by: None) -> None:
    """Write nothing more to the address that this mail went to. Said twice, it changes nothing."""
    if Suppression.objects.standing().filter(address=message.address).exists():
        return
    try:
        with transaction.atomic():
            Suppression.objects.create(
                address=message.address, recipient=message.recipient, pole=message.pole, message=message,
                reason=reason, source=source, said=said[:2000],
            )  # fmt: skip
    except IntegrityError:  # said at the same moment by another server
        return
    log.info("address_suppressed", message=message.pk, reason=reason, source=source)


@verb
def lift_suppression(*, suppression: Suppression, by: User | None) -> None:
    """Write to this address again: somebody asked, or its provider mended it."""
    if by is not None and not (by.is_superuser or suppression.pole_id in by.pole_codes):
        raise NotAllowed(_("Cette adresse n’est pas de votre pôle."))
    standing = Suppression.objects.standing().filter(pk=suppression.pk)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by):
        raise WrongMove(_("Cette adresse n’est plus retenue."))


@verb
def note_address_works(*, address: str, by: User | None) -> None:
    """A link that was mailed there has just been opened."""
    standing = Suppression.objects.standing().filter(address=address.lower())
    standing.update(lifted_at=timezone.now(), lifted_by=by)


@verb
def forget_suppressions(*, by: None) -> int:
    """Once they were lifted for long, and of addresses that no account has: how many went."""
    old = months_ago(settings.KEEP_INVITATIONS_MONTHS)
    nobodys = Q(since__lt=months_ago(settings.KEEP_DECIDED_MONTHS), recipient=None)
    rows = Suppression.objects.filter(Q(lifted_at__lt=old) | nobodys).order_by("pk")[:BATCH]
    return Suppression.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()[0]


def suppressed_among(messages: Iterable[Message]) -> set[str]:
    """The addresses of these mails that refuse ours, account mail apart. One query, if there is any to ask about."""
    addresses = {message.address for message in messages if not message.is_account_mail}
    if not addresses:
        return set()
    standing = Suppression.objects.standing().filter(address__in=addresses)
    return set(standing.values_list("address", flat=True))
