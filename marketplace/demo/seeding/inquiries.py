"""Seeded questions to suppliers, each state inhabited: waiting, answered on the site and by mail, refused, arrived from
another address, not sent, reported, closed.

The first leaves by mail to the demo's logins alone, so that one of them can answer it from « Courriels ».
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db.models import Case, When
from django.utils import timezone

from buyers.models import Buyer
from marketplace.accounts.models import User
from marketplace.dealings.inquiries.emails import send_question
from marketplace.dealings.inquiries.parties import readers_of_suppliers
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient, InquiryReport
from suppliers.models import Contact, Supplier

from .seed_data import read_seed_data

_DATA = read_seed_data("inquiries.json")
Side, State = InquiryMessage.Side, InquiryRecipient.State


def seed_inquiries(*, member_of: Supplier, shop: Buyer, rng: Random, day: date) -> int:
    """Write them; how many exchanges. `member_of` and `shop` are what the demo's logins are members of."""
    shopper = User.objects.filter(memberships__organisation=shop.organisation_id).order_by("pk").first()
    near = Case(
        When(organisation__mrc=member_of.organisation.mrc_id, then=0),
        When(organisation__region=member_of.organisation.region_id, then=1),
        default=2,
    )
    reached = Contact.objects.filter(email__gt="").values("supplier")
    around = Supplier.objects.published().filter(pk__in=reached).exclude(pk=member_of.pk)
    others = list(around.select_related("organisation").order_by(near, "pk")[:7])
    if shopper is None or len(others) < 7:
        return 0
    opened = _ask("open", shop, shopper, day - timedelta(days=3), day, rng)
    waiting = _recipient(opened, member_of)
    send_question(opened, [waiting], readers_of_suppliers([member_of]))
    _answer(_recipient(opened, others[0], read=True), _DATA["answers"][0], hours=5)
    by_mail = _recipient(opened, others[1])
    answered = _answer(by_mail, _DATA["answers"][1], hours=20, by_mail=True)
    _write(by_mail, Side.BUYER, _DATA["follow_up"], hours=26, author=shopper)
    _decline(_recipient(opened, others[2], read=True), _DATA["refusal"], hours=8)
    held = _recipient(opened, others[3])
    _write(held, Side.SUPPLIER, _DATA["held"], hours=30, by_mail=True, is_held=True, from_address="ginette@courriel.example")  # fmt: skip
    _recipient(opened, others[4], state=State.UNSENT, reason=InquiryRecipient.Reason.NO_ADDRESS)

    closed = _ask("closed", shop, shopper, day - timedelta(days=60), day, rng)
    for number, supplier in enumerate((member_of, others[5], others[6])):
        _answer(
            _recipient(closed, supplier, read=True), _DATA["answers"][(number + 1) % 3], hours=30 + number
        )
    closed.closed_at = closed.asked_at + timedelta(days=25)
    closed.save(update_fields=["closed_at"])

    alone = _ask(
        "alone", None, User.objects.get(email="admin@demo.example"), day - timedelta(days=9), day, rng
    )
    _recipient(alone, member_of, read=True)
    InquiryReport.objects.create(
        recipient=by_mail,
        message=answered,
        side=Side.BUYER,
        why=_DATA["report"],
        by=shopper,
        at=answered.at + timedelta(hours=2),
    )
    return InquiryRecipient.objects.count()


def _ask(what: str, shop: Buyer | None, by: User, asked_on: date, day: date, rng: Random) -> Inquiry:
    said: dict[str, Any] = _DATA[what]
    return Inquiry.objects.create(
        key=uuid.UUID(int=rng.getrandbits(128)),
        organisation=shop.organisation if shop else None,
        asked_by=by,
        kind=said["kind"],
        subject=said["subject"],
        body=said["body"],
        answer_by=day + timedelta(days=said["days"]),
        asked_at=timezone.make_aware(datetime.combine(asked_on, time(9, 20))),
    )


def _recipient(
    inquiry: Inquiry, supplier: Supplier, *, read: bool = False, **fields: Any
) -> InquiryRecipient:
    opened = inquiry.asked_at + timedelta(hours=3) if read else None
    return InquiryRecipient.objects.create(inquiry=inquiry, supplier=supplier, opened_at=opened, **fields)


def _write(
    recipient: InquiryRecipient, side: InquiryMessage.Side, body: str, *, hours: int, **fields: Any
) -> InquiryMessage:
    contact = Contact.objects.filter(supplier=recipient.supplier_id).order_by("pk").first()
    author = fields.get("author")
    name = author.get_full_name() if author else contact.name if contact and not fields.get("is_held") else ""
    whole = f"{body}\n\n{_DATA['signed']}" if fields.get("by_mail") else ""
    if fields.get("by_mail") and contact:
        fields.setdefault("from_address", contact.email)
    return InquiryMessage.objects.create(
        recipient=recipient,
        side=side,
        body=body,
        whole=whole,
        author_name=name,
        at=recipient.inquiry.asked_at + timedelta(hours=hours),
        **fields,
    )


def _answer(recipient: InquiryRecipient, body: str, *, hours: int, by_mail: bool = False) -> InquiryMessage:
    check = InquiryMessage.SenderCheck.PASSED if by_mail else InquiryMessage.SenderCheck.UNKNOWN
    message = _write(recipient, Side.SUPPLIER, body, hours=hours, by_mail=by_mail, sender_check=check)
    recipient.state, recipient.answered_at = State.ANSWERED, message.at
    recipient.save(update_fields=["state", "answered_at"])
    return message


def _decline(recipient: InquiryRecipient, body: str, *, hours: int) -> None:
    message = _write(recipient, Side.SUPPLIER, body, hours=hours)
    recipient.state, recipient.reason = State.DECLINED, InquiryRecipient.Reason.DATES
    recipient.answered_at = message.at
    recipient.save(update_fields=["state", "reason", "answered_at"])
