"""What the two sides of an exchange do in it: open it, write, refuse with a reason, say whose a strange mail is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation, User
from marketplace.dealings.inquiries.emails import send_message_to_buyer, send_message_to_supplier
from marketplace.dealings.inquiries.parties import person_name, side_of
from marketplace.dealings.models import InquiryFile, InquiryMessage, InquiryRecipient
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import Checked, store_private_file
from marketplace.web.verbs import verb

Side = InquiryMessage.Side
State = InquiryRecipient.State
#: Messages of one side of one exchange within an hour: people do not write that often, machines do.
MOST_AN_HOUR = 20


class SomeoneWrote(WrongMove):
    """A colleague, or the other side, wrote meanwhile: the page shows it before anything more is sent."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one side writes on the site. `seen`: the number of the last message that their page showed."""

    body: str
    file: Checked | None = None
    seen: int | None = None


@verb
def open_exchange(*, recipient: InquiryRecipient, by: User) -> None:
    """A member of the supplier has the question on screen: the buyer reads when, the first time only."""
    if side_of(by, recipient) == Side.SUPPLIER and recipient.opened_at is None:
        InquiryRecipient.objects.filter(pk=recipient.pk, opened_at=None).update(opened_at=timezone.now())


@verb
def write_message(*, recipient: InquiryRecipient, words: Words, by: User) -> InquiryMessage:
    """One side writes to the other; the supplier's first is its answer. Raises `SomeoneWrote`, and keeps nothing, where
    the page that it was written on was not the last."""
    held, side = hold_exchange(recipient, by)
    _check_nothing_new(held, words.seen)
    check_pace(held, side)
    message = InquiryMessage.objects.create(
        recipient=held, side=side, author=by, author_name=person_name(by), body=words.body
    )
    if words.file is not None:
        keep_file(message, words.file, by=by)
    _sent(held, message)
    return message


@verb
def decline_inquiry(*, recipient: InquiryRecipient, reason: str, words: Words, by: User) -> None:
    """The supplier cannot: a reason of the list, and a word if it wishes. It may still answer while the question is open."""
    held, side = hold_exchange(recipient, by)
    if side != Side.SUPPLIER:
        raise NotAllowed
    _check_nothing_new(held, words.seen)
    check_pace(held, side)
    held.state, held.reason, held.answered_at = State.DECLINED, reason, timezone.now()
    held.save(update_fields=["state", "reason", "answered_at"])
    body = words.body or str(InquiryRecipient.Reason(reason).label)
    message = InquiryMessage.objects.create(
        recipient=held, side=side, author=by, author_name=person_name(by), body=body
    )
    message.recipient = held
    send_message_to_buyer(message)


@verb
def accept_held_message(*, message: InquiryMessage, by: User) -> None:
    """Whoever received it says that a mail from another address is the other side's: it counts from now on."""
    held, side = hold_exchange(message.recipient, by)
    row = InquiryMessage.objects.select_for_update(of=("self",)).get(pk=message.pk, recipient=held)
    if row.side == side:
        raise NotAllowed
    if not row.is_held:
        return
    row.is_held = False
    row.save(update_fields=["is_held"])
    if row.side == Side.SUPPLIER:
        note_answer(held)


def hold_exchange(recipient: InquiryRecipient, by: User) -> tuple[InquiryRecipient, InquiryMessage.Side]:
    """The exchange under lock, and the side on which `by` stands. Raises where it is not theirs or takes no more."""
    held = (
        InquiryRecipient.objects.select_for_update(of=("self",))
        .select_related("inquiry__organisation", "inquiry__asked_by", "supplier__organisation")
        .get(pk=recipient.pk)
    )
    side = side_of(by, held)
    if side is None or (side == Side.SUPPLIER and held.state == State.UNSENT):
        raise NotAllowed
    if not held.is_open:
        raise WrongMove(_("Cet échange est fermé : on n’y écrit plus."))
    return held, side


def check_pace(held: InquiryRecipient, side: InquiryMessage.Side) -> None:
    """Raises where one side has written more than people do."""
    hour_ago = timezone.now() - timedelta(hours=1)
    if held.messages.filter(side=side, at__gt=hour_ago).count() >= MOST_AN_HOUR:
        raise WrongMove(_("Vous avez écrit beaucoup de messages depuis une heure. Réessayez plus tard."))


def keep_file(message: InquiryMessage, upload: Checked | File[Any], *, by: User | None) -> None:
    """In the room of whose side it comes from. Raises `Refused` with what is wrong, or what is left."""
    file = store_private_file(upload=upload, by=by, holder=_holder(message))
    InquiryFile.objects.create(message=message, file=file)


def _holder(message: InquiryMessage) -> Organisation | User:
    recipient = message.recipient
    if message.side == Side.SUPPLIER:
        return recipient.supplier.organisation
    found = recipient.inquiry.organisation or message.author or recipient.inquiry.asked_by
    if found is None:
        raise WrongMove
    return found


def note_answer(held: InquiryRecipient) -> None:
    """The supplier has answered, also where it had said no before."""
    held.state, held.reason = State.ANSWERED, ""
    held.answered_at = held.answered_at or timezone.now()
    held.save(update_fields=["state", "reason", "answered_at"])


def tell_other_side(message: InquiryMessage) -> None:
    """By mail."""
    if message.side == Side.SUPPLIER:
        send_message_to_buyer(message)
    else:
        send_message_to_supplier(message)


def _sent(held: InquiryRecipient, message: InquiryMessage) -> None:
    if message.side == Side.SUPPLIER:
        note_answer(held)
    message.recipient = held
    tell_other_side(message)


def _check_nothing_new(held: InquiryRecipient, seen: int | None) -> None:
    last = held.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    if seen is not None and last != seen:
        raise SomeoneWrote(
            _("Un message est arrivé pendant que vous écriviez. Le vôtre n’est pas parti : relisez l’échange, puis envoyez-le.")
        )  # fmt: skip


def last_number(messages: Sequence[InquiryMessage]) -> int:
    """What a page says that it showed."""
    return max((message.pk for message in messages), default=0)
