"""The mails of an exchange. Each is answered at the exchange's own address, where this installation receives mail.

No mail gives the other side's address: it is known once someone has answered, on the page of the exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.dealings.inquiries.parties import (
    Readers,
    asker_name,
    person_name,
    readers_of_asker,
    readers_of_suppliers,
)
from marketplace.dealings.inquiries.reply_addresses import reply_address
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient
from marketplace.outbox.compose import Draft, send_emails
from marketplace.web.emails import Email, site_link
from marketplace.web.typography import format_day_short

Side = InquiryMessage.Side

_TO_SUPPLIER = _(
    "Vous recevez ce courriel parce qu’un acheteur écrit à « %(supplier)s », dont vous êtes membre ou personne-ressource."
)
_TO_BUYER = _("Vous recevez ce courriel parce que vous avez écrit à « %(supplier)s » par Maillage.")


def _declared(name: str, title: Any, audience: Any) -> Email:
    return Email(kind=f"inquiry.{name}", audience=audience, title=title, template=f"inquiries/{name}")


# Titles name the parties and no word of what is written: staff read them where a mail does not leave.
QUESTION = _declared("question", _("%(asker)s vous pose une question (%(kind)s)"), _TO_SUPPLIER)
QUESTION_REMINDER = _declared("reminder", _("Rappel : %(asker)s attend votre réponse"), _TO_SUPPLIER)
DEADLINE_MOVED = _declared("extended", _("%(asker)s vous donne jusqu’au %(day)s pour répondre"), _TO_SUPPLIER)
INQUIRY_CLOSED = _declared("closed", _("%(asker)s n’attend plus de réponse"), _TO_SUPPLIER)
MESSAGE_TO_SUPPLIER = _declared("followed", _("%(asker)s vous écrit de nouveau"), _TO_SUPPLIER)
MESSAGE_TO_BUYER = _declared("answered", _("%(supplier)s répond à votre question"), _TO_BUYER)
HELD_FOR_BUYER = _declared("held", _("Une réponse est arrivée d’une autre adresse : %(supplier)s"), _TO_BUYER)
REFUSAL_TO_BUYER = _declared(
    "declined", _("%(supplier)s ne peut pas donner suite à votre demande"), _TO_BUYER
)
REPLY_NOT_KEPT = _declared(
    "not_kept",
    _("Votre réponse à %(other)s n’est pas arrivée en entier"),
    _("Vous recevez ce courriel parce que vous venez de répondre à un message reçu par Maillage."),
)

_kind_label = lazy(lambda kind: str(Inquiry.Kind(kind).label), str)
_reason_label = lazy(lambda reason: str(InquiryRecipient.Reason(reason).label), str)
_day = lazy(format_day_short, str)


def send_question(
    inquiry: Inquiry, recipients: Sequence[InquiryRecipient], readers: Mapping[int, Readers]
) -> None:
    """To each supplier, apart."""
    _send_to_suppliers(QUESTION, inquiry, recipients, version="1", readers=readers)


def send_reminders(recipients: Sequence[InquiryRecipient], *, version: str) -> None:
    """To suppliers that have not answered."""
    for inquiry, rows in _by_inquiry(recipients):
        _send_to_suppliers(QUESTION_REMINDER, inquiry, rows, version=version)


def send_deadline_moved(inquiry: Inquiry, recipients: Sequence[InquiryRecipient]) -> None:
    """To suppliers that have not answered: they have more time."""
    _send_to_suppliers(DEADLINE_MOVED, inquiry, recipients, version=str(inquiry.answer_by))


def send_inquiry_closed(inquiry: Inquiry, recipients: Sequence[InquiryRecipient]) -> None:
    """To suppliers that have not answered: nobody waits for them any more."""
    _send_to_suppliers(INQUIRY_CLOSED, inquiry, recipients, version="1")


def send_message_to_supplier(message: InquiryMessage) -> None:
    recipient = message.recipient
    said = {"message": message.body, "person": person_name(message.author)}
    _send_to_suppliers(
        MESSAGE_TO_SUPPLIER, recipient.inquiry, [recipient], version=f"m{message.pk}", said=said
    )


def send_message_to_buyer(message: InquiryMessage) -> None:
    """An answer, a refusal, or a mail that came from an address nobody knows."""
    recipient = message.recipient
    declined = recipient.state == InquiryRecipient.State.DECLINED and not message.is_held
    email = HELD_FOR_BUYER if message.is_held else REFUSAL_TO_BUYER if declined else MESSAGE_TO_BUYER
    said = {
        "message": message.body,
        "person": message.author_name,
        "is_unverified": message.by_mail and message.sender_check != InquiryMessage.SenderCheck.PASSED,
        "reason": _reason_label(recipient.reason) if declined else "",
        "files": message.files.count(),
    }
    send_emails(
        [
            Draft(
                email=email,
                recipient=reader,
                subject=f"inquiry:{recipient.pk}",
                version=f"m{message.pk}",
                context={**_facts(recipient.inquiry, recipient), **said},
                organisation=recipient.inquiry.organisation,
                members_of=recipient.inquiry.organisation,
                reply_to=reply_address(recipient_id=recipient.pk, side=Side.BUYER),
            )
            for reader in readers_of_asker(recipient).people
        ]
    )


def send_reply_not_kept(
    recipient: InquiryRecipient,
    *,
    to: str,
    reader: User | None,
    side: InquiryMessage.Side,
    version: str,
    why: Sequence[str],
) -> None:
    """To whoever answered by mail: what of it is not in the exchange, and why."""
    send_emails(
        [
            Draft(
                email=REPLY_NOT_KEPT,
                recipient=reader,
                address=to,
                subject=f"inquiry:{recipient.pk}",
                version=version,
                context={
                    **_facts(recipient.inquiry, recipient),
                    "why": list(why),
                    "other": asker_name(recipient.inquiry)
                    if side == Side.SUPPLIER
                    else recipient.supplier.organisation.name,
                },
                organisation=recipient.supplier.organisation,
            )
        ]
    )


def _send_to_suppliers(
    email: Email,
    inquiry: Inquiry,
    recipients: Sequence[InquiryRecipient],
    *,
    version: str,
    readers: Mapping[int, Readers] | None = None,
    said: Mapping[str, Any] | None = None,
) -> None:
    readers = readers or readers_of_suppliers([recipient.supplier for recipient in recipients])
    drafts = []
    for recipient in recipients:
        shared: dict[str, Any] = {
            "email": email,
            "subject": f"inquiry:{recipient.pk}",
            "version": version,
            "organisation": recipient.supplier.organisation,
            "reply_to": reply_address(recipient_id=recipient.pk, side=Side.SUPPLIER),
        }
        facts = {**_facts(inquiry, recipient), **(said or {})}
        found = readers[recipient.supplier_id]
        for reader in found.people:
            drafts.append(
                Draft(
                    recipient=reader,
                    members_of=recipient.supplier.organisation,
                    context=facts,
                    **shared,
                )
            )
        for address in found.addresses:
            drafts.append(
                Draft(recipient=None, address=address, context={**facts, "has_account": False}, **shared)
            )
    send_emails(drafts)


def _facts(inquiry: Inquiry, recipient: InquiryRecipient) -> dict[str, Any]:
    return {
        "inquiry": inquiry,
        "asker": asker_name(inquiry),
        "asked_person": person_name(inquiry.asked_by),
        "supplier": recipient.supplier.organisation.name,
        "subject": inquiry.subject,
        "kind": _kind_label(inquiry.kind),
        "day": _day(inquiry.answer_by),
        "link": site_link("dealings:exchange", recipient.pk),
        "claim": site_link("suppliers:claim", recipient.supplier.slug),
        "can_reply": bool(reply_address(recipient_id=recipient.pk, side=Side.SUPPLIER)),
        "has_account": True,
    }


def _by_inquiry(
    recipients: Iterable[InquiryRecipient],
) -> list[tuple[Inquiry, list[InquiryRecipient]]]:
    found: dict[int, tuple[Inquiry, list[InquiryRecipient]]] = {}
    for recipient in recipients:
        found.setdefault(recipient.inquiry_id, (recipient.inquiry, []))[1].append(recipient)
    return list(found.values())
